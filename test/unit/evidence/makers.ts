/** Parties that misbehave, and the documents that show it: made from what anyone can download. */
import { answerTo } from "../../../shared/audit/answer.ts";
import { rhoOf, signBeacon } from "../../../shared/audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { fromUtf8, sha256url, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { inclusionProof } from "../../../shared/log/tiles.ts";
import { AUDIT_ANSWER_S, type Beacon } from "../../../shared/protocol/audit.ts";
import type { Anchor, Evidence, EvidenceOf } from "../../../shared/protocol/evidence.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { signReceipt } from "../../../shared/signing/entry-receipt.ts";
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import type { makeWorld, TestHub, TestLog, TestNode } from "../verify/world.ts";

export type World = Awaited<ReturnType<typeof makeWorld>>;

export async function anchorOf(hub: TestHub, index: number): Promise<Anchor> {
  const jws = fromUtf8(hub.log.entries[index]!);
  return { jws, proof: (await hub.log.proof(statementLeaf(jws)))! };
}
export function policyOf(hub: TestHub): Promise<Anchor> {
  return anchorOf(hub, 0);
}
export function joinOf(hub: TestHub, node: TestNode): Promise<Anchor> {
  const index = hub.log.entries.findIndex((entry) => statementLeaf(fromUtf8(entry)) === node.join);
  return anchorOf(hub, index);
}

export function about(hub: TestHub, anchors: Anchor[]): Pick<Evidence, "v" | "hub" | "anchors"> {
  return { v: 1, hub: { origin: hub.log.origin, vkey: hub.vkey }, anchors };
}

/** The sibling hashes of the subtree of 2^level leaves at `index`, and its own hash. */
export function placeIn(log: TestLog, level: number, index: number): { hash: string; proof: string[] } {
  const leaves = log.entries.map((entry) => leafHash(entry));
  const width = 2 ** level;
  const nodes = Array.from({ length: Math.ceil(leaves.length / width) }, (_, at) =>
    rootOf(leaves.slice(at * width, (at + 1) * width)),
  );
  const tile = Uint8Array.from(nodes.flatMap((node) => [...node]));
  const proof = inclusionProof(index, nodes.length, () => tile).map(toBase64url);
  return { hash: toBase64url(nodes[index]!), proof };
}

export async function reportJws(
  hub: TestHub,
  node: TestNode,
  changes: Partial<Claims<"demand-report+jwt">> = {},
): Promise<string> {
  return await signStatement(node.signer, "demand-report+jwt", {
    iss: node.origin,
    aud: hub.log.origin,
    iat: hub.now,
    v: 1,
    seq: node.seq + 1,
    prev: node.prev,
    book: await node.book.checkpoint(),
    profile: { name: node.origin, region: "NL", languages: ["nl"], members: 10 },
    totals: [],
    ...changes,
  });
}

/** The book of `a` is rewritten: both versions are signed. */
export async function forkedBook({ hub, a, campaign }: World): Promise<EvidenceOf<"fork">> {
  const first = await a.book.checkpoint();
  a.book.entries.splice(2, 1);
  a.pledge(campaign, "9", 1);
  const notes: [string, string] = [first, await a.book.checkpoint()];
  return { ...about(hub, [await joinOf(hub, a)]), kind: "fork", log: `${a.origin}/book`, notes, place: null };
}

/** Two trees of different sizes, with another hash for the subtree of 2^level leaves at one place. */
export async function forkedPlace({ hub, a, campaign }: World, level: number): Promise<EvidenceOf<"fork">> {
  const index = level === 0 ? 1 : 0;
  for (let i = 0; i < 5; i += 1) a.pledge(campaign, "1", 0);
  const before = { note: await a.book.checkpoint(), ...placeIn(a.book, level, index) };
  a.book.entries.splice(1, 1);
  for (let i = 0; i < 6; i += 1) a.pledge(campaign, "2", 0);
  const after = { note: await a.book.checkpoint(), ...placeIn(a.book, level, index) };
  return {
    ...about(hub, [await joinOf(hub, a)]),
    kind: "fork",
    log: `${a.origin}/book`,
    notes: [before.note, after.note],
    place: { level, index, hashes: [before.hash, after.hash], proofs: [before.proof, after.proof] },
  };
}

export async function equivocation({ hub, a }: World): Promise<EvidenceOf<"equivocation">> {
  const statements: [string, string] = [await reportJws(hub, a), await reportJws(hub, a, { iat: hub.now - 1 })];
  return { ...about(hub, [await joinOf(hub, a)]), kind: "equivocation", statements };
}

/** A receipt for the report of `a` that stands at `index` of an honest log. */
export async function receiptAt(hub: TestHub, a: TestNode, index: number, changes: { leaf?: string } = {}) {
  const leaf = changes.leaf ?? toBase64url(leafHash(hub.log.entries[index] ?? utf8("dropped")));
  const entry = { iss: hub.log.origin, leaf, node: a.origin, seq: 1, index, received: hub.now };
  return await signReceipt(hub.signer, entry);
}

/** The hub gave a receipt and logged something else there. */
export async function droppedReport({ hub, a }: World): Promise<EvidenceOf<"broken-promise">> {
  const index = hub.log.size - 1;
  const receipt = await receiptAt(hub, a, index, { leaf: statementLeaf(await reportJws(hub, a)) });
  const { hash, proof } = placeIn(hub.log, 0, index);
  const shown = { by: "other" as const, note: await hub.log.checkpoint(), leaf: hash, proof };
  return { ...about(hub, [await policyOf(hub)]), kind: "broken-promise", receipt, shown };
}

/** The hub gave a receipt, and its log goes on in time but not in size. */
export async function missingReport(world: World, after = 601): Promise<EvidenceOf<"broken-promise">> {
  const { hub, a } = world;
  const receipt = await receiptAt(hub, a, hub.log.size + 5, { leaf: statementLeaf(await reportJws(hub, a)) });
  hub.now += after;
  await hub.publishTotals();
  const index = hub.log.size - 1;
  const shown = {
    by: "absent" as const,
    note: await hub.log.checkpoint(),
    entry: fromUtf8(hub.log.entries[index]!),
    index,
    proof: placeIn(hub.log, 0, index).proof,
  };
  return { ...about(hub, [await policyOf(hub)]), kind: "broken-promise", receipt, shown };
}

export async function totalsJws(hub: TestHub, changes: Partial<Claims<"totals+jwt">>): Promise<string> {
  const payload = hub.totals.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
  const claims = JSON.parse(atob(payload)) as Claims<"totals+jwt">;
  return await signStatement(hub.signer, "totals+jwt", { ...claims, ...changes });
}

/** Totals whose headline is not what the entries come to. */
export async function inflatedTotals({ hub }: World): Promise<EvidenceOf<"wrong-totals">> {
  await hub.publishTotals({ logged: false });
  const honest = hub.totals;
  const payload = JSON.parse(
    atob(honest.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")),
  ) as Claims<"totals+jwt">;
  const headline = { ...payload.headline, pledges: payload.headline.pledges + 1 };
  const totals = await totalsJws(hub, { headline });
  const shown = { by: "entries" as const, entries: hub.log.entries.map((entry) => fromUtf8(entry)) };
  return { ...about(hub, [await policyOf(hub)]), kind: "wrong-totals", totals, shown };
}

/** A verdict that calls right totals wrong; or, with `isKind`, wrong totals right. */
export async function falseVerdict({ hub, a }: World, isKind: boolean): Promise<EvidenceOf<"wrong-verdict">> {
  if (isKind) await hub.report(a, { changes: { totals: [] }, verdict: { ok: true, code: undefined } });
  else await hub.report(a, { verdict: { ok: false, code: "totals-mismatch" } });
  const verdict = hub.log.size - 1;
  return {
    ...about(hub, []),
    kind: "wrong-verdict",
    verdict,
    note: await hub.log.checkpoint(),
    entries: hub.log.entries.map((entry) => fromUtf8(entry)),
    book: a.book.entries.map(toBase64url),
  };
}

/** A member's pledge, proven to have been in the book, is another one now. */
export async function alteredPledge({ hub, a, campaign }: World): Promise<EvidenceOf<"dropped-entry">> {
  const index = 1;
  const entry = fromUtf8(a.book.entries[index]!);
  const proof = (await a.book.proof(toBase64url(leafHash(utf8(entry)))))!;
  a.book.entries.splice(index, 1);
  a.pledge(campaign, "1", 0);
  const { hash, proof: path } = placeIn(a.book, 0, index);
  const shown = { by: "note" as const, note: await a.book.checkpoint(), leaf: hash, proof: path };
  return { ...about(hub, [await joinOf(hub, a)]), kind: "dropped-entry", entry, proof, shown };
}

/** The book became shorter than the pledge's index; a report signed two days later says so. */
export async function droppedPledge({ hub, a }: World, days = 4): Promise<EvidenceOf<"dropped-entry">> {
  const index = a.book.size - 1;
  const entry = fromUtf8(a.book.entries[index]!);
  const proof = (await a.book.proof(toBase64url(leafHash(utf8(entry)))))!;
  a.book.entries.pop();
  const [, day] = /"d":"([0-9-]+)"/.exec(entry)!;
  const report = await reportJws(hub, a, { iat: Date.parse(day!) / 1000 + days * 86_400 });
  const shown = { by: "report" as const, report };
  return { ...about(hub, [await joinOf(hub, a)]), kind: "dropped-entry", entry, proof, shown };
}

/** The hub asks `a` to open every pledge that a lot draws; `others` give the beacons. */
export async function askAudit({ hub, a }: World, others: readonly TestNode[]) {
  const report = hub.state.communities.get(a.origin)?.counted?.leaf ?? "";
  const beacons: Beacon[] = [];
  for (const other of others) {
    await hub.admit(other, { witness: true });
    const { WITNESS_KEY: skey } = other.made.secrets;
    beacons.push({ vkey: (await cosigner(skey)).vkey, signature: await signBeacon(skey, report) });
  }
  beacons.sort((one, other) => (one.vkey < other.vkey ? -1 : 1));
  const samples = 30;
  const termsOf = (id: string) => hub.state.campaigns.get(id)?.terms;
  const drawn = drawLot({ report, rho: rhoOf(beacons), samples, ballots: ballotsOf(a.reading.state), termsOf });
  const deadline = hub.now + 1 + AUDIT_ANSWER_S;
  const lot = { samples, drawn: drawn.length, lot: lotHash(drawn), deadline };
  const { index, leaf } = await hub.say("audit+jwt", { node: a.origin, report, beacons, ...lot });
  return { index, leaf, drawn: drawn.map((ballot) => ballot.leaf) };
}

/** What the community signs about what it opens. */
export async function answerJws({ hub, a }: World, audit: string, openings: readonly unknown[]): Promise<string> {
  const common = { iss: a.origin, aud: hub.log.origin, iat: hub.now, v: 1 as const };
  return await signStatement(a.signer, "audit-answer+jwt", { ...common, ...answerTo(audit, openings) });
}

/** Nobody answers, log time goes by, and the hub says so; `early` seconds before it may. */
export async function silentAudit(
  world: World,
  others: readonly TestNode[],
  early = 0,
): Promise<EvidenceOf<"failed-audit">> {
  const { hub, a } = world;
  const { index, leaf } = await askAudit(world, others);
  hub.now += AUDIT_ANSWER_S - 1 - early;
  const found = { ok: false, opened: 0, gone: 0, codes: ["unanswered" as const] };
  const openings_sha256 = sha256url(canonicalBytes([]));
  const said = await hub.say("audit-outcome+jwt", { node: a.origin, audit: leaf, ...found, openings_sha256 });
  const shown = { by: "silence" as const, outcome: await anchorOf(hub, said.index) };
  return { ...about(hub, [await policyOf(hub)]), kind: "failed-audit", audit: await anchorOf(hub, index), shown };
}

/** The community signs an answer that leaves one of the drawn pledges out. */
export async function shortAudit(world: World, others: readonly TestNode[]): Promise<EvidenceOf<"failed-audit">> {
  const { hub, a } = world;
  const { index, leaf, drawn } = await askAudit(world, others);
  const answer = await answerJws(world, leaf, drawn.slice(1));
  const anchors = [await policyOf(hub), await joinOf(hub, a)];
  const shown = { by: "short" as const, answer };
  return { ...about(hub, anchors), kind: "failed-audit", audit: await anchorOf(hub, index), shown };
}

export function kindOf(entry: Uint8Array<ArrayBuffer>): string {
  const parsed = parseStatement(entry);
  return parsed.ok ? parsed.value.statement.kind : "";
}

export function leafOf(entry: Uint8Array<ArrayBuffer>): string {
  return toBase64url(leafHash(entry));
}
