/** A community of the long log: a pledge book that grows, and the reports that follow from it, each under real keys. */
import { join } from "node:path";
import { sha256url, utf8 } from "../../shared/bytes.ts";
import { applyBookEntries } from "../../shared/book/fold.ts";
import { emptyBook, type RulesOf } from "../../shared/book/state.ts";
import { reportTotals } from "../../shared/book/totals.ts";
import type { BookEntry } from "../../shared/protocol/book-entry.ts";
import { encodeEntry } from "../../shared/signing/book-entry.ts";
import { generateEd25519, signer, type PrivateJwk } from "../../shared/signing/ed25519.ts";
import { signKeyChange } from "../../shared/signing/key-change.ts";
import { makeNodeKeys } from "../../shared/signing/keys.ts";
import { parseStatement, signStatement } from "../../shared/signing/statement.ts";
import type { Claims } from "../../shared/protocol/statement.ts";
import { folderLog, type FolderLog } from "./folder.ts";

type Kind = "node-join+jwt" | "node-key+jwt" | "demand-report+jwt";
export interface Signed<K extends Kind> {
  kind: K;
  claims: Claims<K>;
  jws: string;
}

export interface LongCommunity {
  readonly origin: string;
  readonly book: FolderLog;
  /** leaf of its newest entry in the hub's log, and the number of its newest report */
  prev: string;
  seq: number;
  /** heads of the chains it could revise or withdraw, by campaign */
  readonly heads: Map<string, string[]>;
  write(entry: BookEntry): Promise<string>;
  /** a text that no entry of this book has had */
  fresh(length: number): string;
  join(iat: number): Promise<Signed<"node-join+jwt">>;
  /** a new report key; `last` is the leaf of its newest key change, or of its join */
  rotate(iat: number, last: string): Promise<Signed<"node-key+jwt">>;
  report(iat: number): Promise<Signed<"demand-report+jwt">>;
}

export async function longCommunity(
  name: string,
  place: { folder: string; url: string; hub: string; rulesOf: RulesOf },
): Promise<LongCommunity> {
  const { folder, url, hub, rulesOf } = place;
  const origin = `${name}.example`;
  const { secrets, vkey } = await makeNodeKeys(origin);
  let statements = await signer(JSON.parse(secrets.REPORT_JWK) as PrivateJwk);
  const book = await folderLog(join(folder, name, "book"), `${origin}/book`, secrets.BOOK_KEY);
  const state = emptyBook();
  const profile = { name: `Community ${name}`, region: "NL-ZH", languages: ["nl", "en"], members: 240 };
  const fromNode = (iat: number) => ({ iss: origin, aud: hub, iat, v: 1 }) as const;
  let drawn = 0;

  const community: LongCommunity = {
    origin,
    book,
    prev: "",
    seq: 0,
    heads: new Map(),
    async write(entry) {
      const { index, leaf } = await book.append(encodeEntry(entry));
      const { problems } = applyBookEntries(state, [{ index, leaf, entry }], rulesOf);
      if (problems.length > 0) throw new Error(`${origin} wrote what its own book refuses: ${problems[0]?.code}`);
      return leaf;
    },
    fresh: (length) => sha256url(utf8(`${origin} ${(drawn += 1)}`)).slice(0, length),
    async join(iat) {
      const claims = {
        ...fromNode(iat),
        url: `${url}/${name}`,
        report_jwk: statements.publicJwk,
        book: { vkey, checkpoint: await book.checkpoint() },
        recovery_sha256: secrets.RECOVERY_SHA256,
        profile,
      };
      return { kind: "node-join+jwt", claims, jws: await signStatement(statements, "node-join+jwt", claims) };
    },
    async rotate(iat, last) {
      const next = await signer(await generateEd25519());
      const draft = {
        ...fromNode(iat),
        act: "rotate" as const,
        prev: last,
        keys: [{ role: "report" as const, key: next.publicJwk.x }],
      };
      const jws = await signKeyChange(statements, "node-key+jwt", draft, {
        report: { new: async (message) => await next.sign(message) },
      });
      statements = next;
      return { kind: "node-key+jwt", claims: claimsOf(jws), jws };
    },
    async report(iat) {
      community.seq += 1;
      const claims = {
        ...fromNode(iat),
        seq: community.seq,
        prev: community.prev,
        book: await book.checkpoint(),
        profile,
        totals: reportTotals(state),
      };
      return { kind: "demand-report+jwt", claims, jws: await signStatement(statements, "demand-report+jwt", claims) };
    },
  };
  await community.write({ t: "genesis", iss: origin, v: 1, n: community.fresh(22) });
  return community;
}

function claimsOf(jws: string): Claims<"node-key+jwt"> {
  const parsed = parseStatement(jws);
  if (!parsed.ok || parsed.value.statement.kind !== "node-key+jwt") throw new Error("not a change of keys");
  return parsed.value.statement.claims;
}
