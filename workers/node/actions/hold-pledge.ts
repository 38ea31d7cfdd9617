/**
 * A signed document that waits to be shuffled into the book with others (docs/privacy.md), against the community's signed
 * promise of when. Nothing about it is published until then. Two rows: the document that waits, and the draft it spends.
 */
import type { z } from "zod";
import type { waitingPledge } from "../../../shared/protocol/api/community.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { Refused } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import { type SigningRow, signingQuery } from "../queries/pledge.ts";
import { holdStatements, promised, type WaitingRow } from "../queries/waiting.ts";
import { acceptSigned, type SignRequest } from "./accepted-pledge.ts";

export type HoldOutcome = Result<z.infer<typeof waitingPledge>, ProblemCode>;

export async function holdPledge({ db, config, now }: NodeContext, request: SignRequest): Promise<HoldOutcome> {
  const at = now();
  const row = await signingQuery(db, [request], at).first<SigningRow>();
  if (row === null) return fail("not-signed-in");
  const accepted = await acceptSigned(config, request, row, at);
  if (!accepted.ok) return accepted;
  const { document, cm, signature, salt, keyLeaf, row: booked } = accepted.value;
  const waiting: WaitingRow = {
    member: booked.member,
    campaign: booked.campaign,
    cm,
    seq: document.seq,
    document: canonicalJson(document),
    signature,
    salt,
    key_leaf: keyLeaf,
    received_at: at,
  };
  // No lock was held since the read: the write itself asks whether the draft, the chain and the count are still the same.
  const [held] = await db.batch(holdStatements(db, waiting, { draft: request.draft, replaces: document.replaces }));
  if (held?.results.length !== 1) return fail("pledge-changed");
  const { campaign_name, unit, currency } = booked;
  return ok(await promised(config, { ...waiting, campaign_name, unit, currency }));
}

/** Takes back what is not in the book yet. The session is enough: nothing was published, and nothing is. */
export async function takeBack({ db }: NodeContext, member: string, campaign: string): Promise<void> {
  const { meta } = await db
    .prepare("DELETE FROM waiting WHERE member = ? AND campaign = ?")
    .bind(member, campaign)
    .run();
  if (meta.changes === 0) throw new Refused("pledge-unknown");
}
