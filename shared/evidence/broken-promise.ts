/** A receipt that the hub's log does not bear out (docs/protocol.md §4): no more than one entry and one proof are needed. */
import { fromBase64url } from "../bytes.ts";
import { isHubSigned } from "../network/rules.ts";
import { type PromiseClaims, type PromiseKind, promiseKinds } from "../protocol/entry-receipt.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { type Result, ok } from "../result.ts";
import { parseJws } from "../signing/jws.ts";
import { parseStatement } from "../signing/statement.ts";
import type { Keys } from "./keys.ts";
import { type Finding, type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead, requireHash } from "./tree.ts";

type Shown = EvidenceOf<"broken-promise">["shown"];
type Receipt = PromiseClaims<"entry-receipt+jwt">;

export async function checkBrokenPromise(document: EvidenceOf<"broken-promise">, keys: Keys): Promise<Found> {
  const receipt = await openSigned("entry-receipt+jwt", document.receipt, keys);
  if (!receipt.ok) return receipt;
  const { node, seq, index, leaf, include_by: deadline } = receipt.value;
  const shown = await checkShown(document.shown, receipt.value, keys);
  if (!shown.ok) return shown;
  const finding: Finding = {
    accused: keys.hub.origin,
    party: "hub",
    detail: `${keys.hub.origin} signed that report ${seq} of ${node} stands at ${index}, and ${shown.value}`,
    facts: { node, seq, index, leaf, include_by: deadline },
  };
  return ok(finding);
}

async function checkShown(shown: Shown, receipt: Receipt, keys: Keys): Promise<Result<string, NotEvidence>> {
  const { index, leaf, include_by: deadline } = receipt;
  if (shown.by === "refusal") {
    const refusal = await openSigned("entry-refusal+jwt", shown.refusal, keys);
    if (!refusal.ok) return refusal;
    // An entry may be refused at first and taken in later; after its deadline it is in the log for good.
    if (refusal.value.leaf !== leaf || refusal.value.at <= deadline)
      return refuse("no-contradiction", "the refusal is of another entry, or not later than the deadline");
    return ok(`refused it afterwards (${refusal.value.code})`);
  }
  const head = await openHead(keys, keys.hub.origin, shown.note);
  if (!head.ok) return head;
  const { size } = head.value;
  if (shown.by === "other") {
    if (shown.leaf === leaf) return refuse("no-contradiction", "the log holds the entry at its place");
    const other = { level: 0, index, hash: fromBase64url(shown.leaf), proof: shown.proof };
    const proven = requireHash(head.value, other);
    return proven.ok ? ok(`another entry stands there in its log of ${size}`) : proven;
  }
  if (size > index) return refuse("no-contradiction", "the log is larger than the index");
  const entry = parseStatement(shown.entry);
  if (!entry.ok || !isHubSigned(entry.value.statement))
    return refuse("malformed", "the entry with the later date is not one of the hub's own");
  const { iss, iat } = entry.value.statement.claims;
  if (iss !== keys.hub.origin || !(await keys.hasSigned(iss, shown.entry)))
    return refuse("signature-invalid", "the entry with the later date is not signed by the hub");
  if (iat <= deadline) return refuse("no-contradiction", "the log is not older than the deadline");
  const place = { level: 0, index: shown.index, hash: fromBase64url(entry.value.leaf), proof: shown.proof };
  const proven = requireHash(head.value, place);
  return proven.ok ? ok(`its log of ${size} entries, which reaches beyond the deadline, ends before it`) : proven;
}

async function openSigned<K extends PromiseKind>(
  kind: K,
  jws: string,
  keys: Keys,
): Promise<Result<PromiseClaims<K>, NotEvidence>> {
  const parsed = parseJws(jws);
  const claims = parsed.ok && parsed.value.typ === kind ? promiseKinds[kind].safeParse(parsed.value.claims) : null;
  if (claims?.success !== true || claims.data.iss !== keys.hub.origin)
    return refuse("malformed", `not an ${kind} of this hub`);
  if (!(await keys.hasSigned(keys.hub.origin, jws)))
    return refuse("signature-invalid", `the ${kind} is not signed by the hub`);
  return ok(claims.data as PromiseClaims<K>);
}
