/** Totals that the hub signed and that are not those of the entries they speak of (docs/protocol.md §6). */
import { type Bytes, equal, fromBase64, utf8 } from "../bytes.ts";
import { leafHash, rootOf } from "../log/merkle.ts";
import type { NetworkState } from "../network/state.ts";
import { headlineOf, stateHash } from "../network/summary.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import type { Claims } from "../protocol/statement.ts";
import { type Result, ok } from "../result.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { parseStatement } from "../signing/statement.ts";
import { Fault } from "../verify/report.ts";
import { StatementReader, wrongTotals } from "../verify/statements.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead } from "./tree.ts";

type Totals = Claims<"totals+jwt">;

export async function checkWrongTotals({ totals, shown }: EvidenceOf<"wrong-totals">, keys: Keys): Promise<Found> {
  const claims = await openTotals(totals, keys);
  if (!claims.ok) return claims;
  const wrong = await checkShown(shown, claims.value, keys);
  if (!wrong.ok) return wrong;
  const { size } = claims.value;
  const accused = keys.hub.origin;
  return ok({
    accused,
    party: "hub",
    detail: `${accused} signed totals for ${size} entries, ${wrong.value}`,
    facts: { size },
  });
}

async function checkShown(
  shown: EvidenceOf<"wrong-totals">["shown"],
  claims: Totals,
  keys: Keys,
): Promise<Result<string, NotEvidence>> {
  if (shown.by === "entries") return await refold(shown.entries.map(utf8), claims, keys);
  if (shown.by === "totals") {
    const other = await openTotals(shown.totals, keys);
    if (!other.ok) return other;
    const isSame = canonicalJson({ ...other.value, iat: 0 }) === canonicalJson({ ...claims, iat: 0 });
    if (other.value.size !== claims.size || isSame)
      return refuse("no-contradiction", "the totals are of different sizes, or say the same");
    return ok("and others for the same ones");
  }
  const head = await openHead(keys, keys.hub.origin, shown.note);
  if (!head.ok) return head;
  if (head.value.size !== claims.size || equal(head.value.root, fromBase64(claims.root)))
    return refuse("no-contradiction", "the checkpoint is of another size, or has the root of the totals");
  return ok("under another root than its checkpoint of that size");
}

async function refold(entries: readonly Bytes[], claims: Totals, keys: Keys): Promise<Result<string, NotEvidence>> {
  const leaves = entries.map((entry) => leafHash(entry));
  const root = rootOf(leaves);
  if (entries.length !== claims.size || !equal(root, fromBase64(claims.root)))
    return refuse("proof-invalid", "the entries do not lead to the root that the totals name");
  let wrong: string | null = null;
  const onSize = (_: number, state: NetworkState): void => {
    wrong = wrongTotals(claims, { root, headline: headlineOf(state), hash: stateHash(state) });
  };
  const reader = new StatementReader(keys.hub.origin, { sizes: new Set([claims.size]), onSize });
  try {
    await reader.add({ start: 0, entries: [...entries], leaves });
    await reader.finish();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // The hub signed this root: an entry that may not stand there is its fault as well.
    return ok(`one of which breaks a rule: ${error.message}`);
  }
  return wrong === null
    ? refuse("no-contradiction", "the totals are right")
    : ok(`which come to another ${String(wrong)}`);
}

async function openTotals(jws: string, keys: Keys): Promise<Result<Totals, NotEvidence>> {
  const parsed = parseStatement(jws);
  if (!parsed.ok || parsed.value.statement.kind !== "totals+jwt")
    return refuse("malformed", "not a statement of totals");
  const { claims } = parsed.value.statement;
  if (claims.iss !== keys.hub.origin || !(await keys.hasSigned(claims.iss, jws)))
    return refuse("signature-invalid", "the totals are not signed by the hub");
  return ok(claims);
}
