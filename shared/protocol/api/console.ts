/** What a hub's operator may ask and do. Role `operator`; everything that changes the log is a signed entry. */
import { z } from "zod";
import { count, currency, hash, line, origin, positiveDecimal, prose, region, typed } from "../primitives.ts";
import { productRef } from "../statement.ts";

export const joinRequest = z.object({
  origin,
  url: z.string(),
  name: z.string(),
  region,
  languages: z.array(z.string()),
  members_declared: count,
  report_kid: hash,
  book_vkey: z.string(),
  leaf: hash,
  received_at: z.iso.datetime(),
  /** the node's own descriptor showed the same keys; false: it did not answer */
  confirmed: z.boolean(),
});
export type JoinRequest = z.infer<typeof joinRequest>;
export const joinList = z.object({ joins: z.array(joinRequest) });

/** Answer to POST /api/joins and GET /api/joins/:origin, for the node that asked. */
export const joinStatus = z.object({
  origin,
  leaf: hash,
  status: z.enum(["requested", "declined", "admitted", "suspended", "left"]),
  reason: z.string(),
});

/** Who is left out, or let in again, is told why. */
export const statusReason = z.strictObject({ reason: typed(prose(500).min(1)) });
export const reasonBody = z.strictObject({ reason: typed(prose(500)) });

export const publishCampaign = z.strictObject({
  name: typed(line(80)),
  text: typed(prose(4000)),
  product: productRef,
  unit: typed(line(60)),
  currency,
  reference_price_minor: positiveDecimal,
  bands_minor: z.array(positiveDecimal).min(1).max(32),
  max_qty: positiveDecimal,
  goal_qty: positiveDecimal,
  closes: z.iso.datetime(),
});
export type PublishCampaign = z.infer<typeof publishCampaign>;
export const closeCampaign = z.strictObject({
  outcome: z.enum(["locked", "released"]),
  band: count.max(63).nullable(),
  reason: typed(prose(500)),
});
export const amendCampaign = z.strictObject({
  text: typed(prose(4000)).optional(),
  closes: z.iso.datetime().optional(),
  reason: typed(prose(500)),
});
/** Answer to anything that became a log entry. */
export const logged = z.object({ leaf: hash, index: count });

/** The to-do list, most urgent first. */
export const todo = z.object({
  kind: z.enum([
    "log-halted",
    "witnesses-behind",
    "keys-frozen",
    "join-waiting",
    "report-failed",
    "report-unchecked",
    "campaign-past-closing",
    "community-silent",
    "rates-old",
  ]),
  subject: z.string(),
  label: z.string(),
  since: z.iso.datetime(),
});
export const consoleView = z.object({
  todos: z.array(todo),
  log: z.object({ size: count, pending: count, checkpoint_at: z.iso.datetime().nullable() }),
});
export type ConsoleView = z.infer<typeof consoleView>;
