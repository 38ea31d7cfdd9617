/** Witnessing as JSON: what this worker has cosigned of others' logs, for those who run it. */
import { z } from "zod";
import { count, typed, vkey } from "../primitives.ts";

export const witnessedLog = z.object({
  /** hex SHA-256 of the origin */
  id: z.string(),
  origin: z.string(),
  vkey: z.string(),
  /** why it is witnessed: a hub this community asked to join, the steward's list, the worker's settings, a book of the hub's */
  source: z.enum(["hub", "steward", "settings", "community"]),
  /** the largest tree cosigned; null before the first */
  size: count.nullable(),
  at: z.iso.datetime().nullable(),
  /** checkpoints the log's own key signed that do not follow from what was cosigned */
  refusals: z.array(
    z.object({
      code: z.enum(["witness-proof", "witness-fork"]),
      count: count.min(1),
      first_at: z.iso.datetime(),
      last_at: z.iso.datetime(),
    }),
  ),
});
export type WitnessedLog = z.infer<typeof witnessedLog>;

/** `GET /api/witnessing`; `vkey` is null where this worker has no witness key. */
export const witnessing = z.object({
  vkey: z.string().nullable(),
  /** where checkpoints are submitted: `<url>/add-checkpoint` */
  url: z.string(),
  logs: z.array(witnessedLog),
});
export type Witnessing = z.infer<typeof witnessing>;

export const addWitnessedLog = z.strictObject({ vkey: typed(vkey) });
