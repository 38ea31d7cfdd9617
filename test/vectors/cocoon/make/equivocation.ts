/** equivocation.json: two reports under one number, the entry by which a hub logs that, and what does not show it (§4, §9). */
import { fromBase64url, fromUtf8, toBase64url, utf8 } from "../../../../shared/bytes.ts";
import { compareSameSeq } from "../../../../shared/network/accept.ts";
import type { Claims } from "../../../../shared/protocol/statement.ts";
import { signStatement, statementLeaf } from "../../../../shared/signing/statement.ts";
import { reportJws } from "../../../unit/evidence/makers.ts";
import { smallWorld } from "./world.ts";

export async function makeEquivocation() {
  const { hub, campaign, a } = await smallWorld(["a.example", "b.example"]);
  a.pledge(campaign, "2", 0);
  const first = await reportJws(hub, a);
  const other = await reportJws(hub, a, { iat: hub.now - 1 });
  const leaf = hub.append(first).leaf;
  const entries = hub.log.entries.map((entry) => fromUtf8(entry));
  const index = hub.log.size;
  const about = { iss: hub.log.origin, iat: hub.now + 1, v: 1 as const, node: a.origin, seq: 1, first: leaf };
  const logged = (says: string, changes: { seq?: number; first?: string; node?: string } = {}) =>
    signStatement(hub.signer, "equivocation+jwt", { ...about, other: says, ...changes });
  const b = hub.state.communities.get("b.example");
  if (b === undefined) throw new Error("b has joined");
  const [, payload = ""] = first.split(".");
  const header = toBase64url(utf8(`{"typ":"demand-report+jwt","kid":"${a.signer.kid}","alg":"Ed25519"}`));
  const resigned = `${header}.${payload}.${toBase64url(await a.signer.sign(utf8(`${header}.${payload}`)))}`;
  const claims = JSON.parse(fromUtf8(fromBase64url(payload))) as Claims<"demand-report+jwt">;
  const byStranger = await signStatement(hub.signer, "demand-report+jwt", { ...claims, iat: claims.iat - 1 });
  const refused = [
    { name: "the same report twice", fault: "equivocation", jws: await logged(first) },
    { name: "the same payload under another header and signature", fault: "equivocation", jws: await logged(resigned) },
    {
      name: "the other report has another number",
      fault: "equivocation",
      jws: await logged(await reportJws(hub, a, { seq: 2 })),
    },
    { name: "no such report is logged", fault: "equivocation", jws: await logged(other, { first: b.join.leaf }) },
    {
      name: "somebody else signed the other report",
      fault: "equivocation",
      jws: await logged(byStranger),
    },
    { name: "another community is accused", fault: "equivocation", jws: await logged(other, { node: "b.example" }) },
  ];
  const jws = await logged(other);
  hub.append(jws);
  const { status, reason } = hub.state.communities.get(a.origin) ?? {};
  return {
    log: hub.log.origin,
    node: a.origin,
    /** the log up to the first report */
    entries,
    first: { jws: first, leaf },
    other: { jws: other, leaf: statementLeaf(other) },
    /** how a report under a number that is taken is answered (§4) */
    compared: [
      { name: "same bytes", jws: first, answer: compareSameSeq(first, first) },
      { name: "same payload, other signature bytes", jws: resigned, answer: compareSameSeq(first, resigned) },
      { name: "other payload", jws: other, answer: compareSameSeq(first, other) },
    ],
    equivocation: { index, jws, after: { status, reason } },
    refused: refused.map((each) => ({ index, ...each })),
  };
}
