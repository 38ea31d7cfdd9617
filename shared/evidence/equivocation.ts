/** Two reports, or beginnings of a book, of one community under one number that say different things, both under one logged key. */
import type { EvidenceOf } from "../protocol/evidence.ts";
import { type Result, fail, ok } from "../result.ts";
import { parseStatement } from "../signing/statement.ts";
import { compareSameSeq } from "../network/accept.ts";
import type { Keys } from "./keys.ts";
import { type Found, refuse } from "./refusal.ts";

export async function checkEquivocation({ hub, statements }: EvidenceOf<"equivocation">, keys: Keys): Promise<Found> {
  const [first, second] = statements;
  const [a, b] = [reportOf(first), reportOf(second)];
  if (!a.ok || !b.ok) return refuse("malformed", "both statements must be of a community's own sequence");
  const { iss, seq } = a.value;
  const isSamePlace =
    b.value.iss === iss && b.value.seq === seq && a.value.aud === hub.origin && b.value.aud === hub.origin;
  if (!isSamePlace) return refuse("no-contradiction", "the reports are not of one community, number and hub");
  // After a change of keys a report that was not logged yet may be signed anew: that is no contradiction.
  if (a.value.kid !== b.value.kid) return refuse("no-contradiction", "the reports are signed with different keys");
  if (compareSameSeq(first, second) !== "equivocation")
    return refuse("no-contradiction", "the reports say the same thing");
  for (const jws of statements) {
    if (!(await keys.hasSigned(iss, jws))) return refuse("signature-invalid", `${iss} has not signed both reports`);
  }
  return ok({
    accused: iss,
    party: "node",
    detail: `${iss} signed two different reports under the number ${seq}`,
    facts: { seq },
  });
}

function reportOf(jws: string): Result<{ iss: string; aud: string; seq: number; kid: string }, null> {
  const parsed = parseStatement(jws);
  if (!parsed.ok) return fail(null);
  const { statement } = parsed.value;
  if (statement.kind !== "demand-report+jwt" && statement.kind !== "book-reset+jwt") return fail(null);
  const { iss, aud, seq } = statement.claims;
  return ok({ iss, aud, seq, kid: parsed.value.kid });
}
