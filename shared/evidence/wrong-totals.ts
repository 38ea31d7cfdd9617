/** Totals that the hub signed and that are not those of the entries they speak of (docs/protocol.md §6). */
import { equal, fromBase64, utf8 } from "../bytes.ts";
import { headlineOf, stateHash } from "../network/summary.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { type Claims, MAX_LOGGED_BYTES } from "../protocol/statement.ts";
import { type Result, ok } from "../result.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { parseStatement } from "../signing/statement.ts";
import { StatementReader, wrongTotals } from "../verify/statements.ts";
import { type Elsewhere, type Reading, readCarried, readServed, readStatements } from "./entries.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead } from "./tree.ts";

type Totals = Claims<"totals+jwt">;

export async function checkWrongTotals(
  { totals, shown }: EvidenceOf<"wrong-totals">,
  keys: Keys,
  elsewhere: Elsewhere | null,
): Promise<Found> {
  const claims = await openTotals(totals, keys);
  if (!claims.ok) return claims;
  const wrong = await checkShown(shown, claims.value, keys, elsewhere);
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
  elsewhere: Elsewhere | null,
): Promise<Result<string, NotEvidence>> {
  const { origin, vkey } = keys.hub;
  if (shown.by === "entries") {
    const head = { origin, size: claims.size, root: fromBase64(claims.root) };
    return await refold(claims, origin, async (take) => await readCarried(head, shown.entries.map(utf8), take));
  }
  if (shown.by === "totals") {
    const other = await openTotals(shown.totals, keys);
    if (!other.ok) return other;
    const isSame = canonicalJson({ ...other.value, iat: 0 }) === canonicalJson({ ...claims, iat: 0 });
    if (other.value.size !== claims.size || isSame)
      return refuse("no-contradiction", "the totals are of different sizes, or say the same");
    return ok("and others for the same ones");
  }
  const head = await openHead(keys, origin, shown.note);
  if (!head.ok) return head;
  const { size, root } = head.value;
  if (shown.by === "log") {
    if (size < claims.size) return refuse("no-contradiction", "the checkpoint is of a smaller log than the totals");
    const log = elsewhere && { source: elsewhere.hub, prefix: "/log", vkey, origin, maxEntryBytes: MAX_LOGGED_BYTES };
    return await refold(claims, origin, async (take) => await readServed(head.value, log, take));
  }
  if (size !== claims.size || equal(root, fromBase64(claims.root)))
    return refuse("no-contradiction", "the checkpoint is of another size, or has the root of the totals");
  return ok("under another root than its checkpoint of that size");
}

/** What the first entries come to, as many as the totals speak of. */
async function refold(claims: Totals, origin: string, read: Reading): Promise<Result<string, NotEvidence>> {
  let wrong: string | null = null;
  const reader = new StatementReader(origin, {
    sizes: new Set([claims.size]),
    onSize(_, state, root) {
      wrong = wrongTotals(claims, { root, headline: headlineOf(state), hash: stateHash(state) });
    },
  });
  const fault = await readStatements(reader, claims.size, read);
  if (!fault.ok) return fault;
  // The hub signed this root: an entry that may not stand there is its fault as well.
  if (fault.value !== null) return ok(`one of which breaks a rule: ${fault.value.message}`);
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
