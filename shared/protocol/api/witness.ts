/** Witnessing as JSON: what this worker has cosigned of others' logs, for those who run it. */
import { z } from "zod";
import { baseUrl, count, line, origin, prose, typed, vkey } from "../primitives.ts";

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
  /** of a node: its own book as its hubs have witnessed it */
  own: z
    .object({
      size: count,
      /** number of the book; and the times a new one was begun, newest first */
      generation: count.min(1),
      resets: z.array(
        z.object({
          generation: count,
          reason: z.string(),
          at: z.iso.datetime(),
          /** live pledges of the old book that went over, and that did not */
          entered: count,
          let_go: count,
          /** nothing is left to go over */
          done: z.boolean(),
        }),
      ),
      /** since when nothing enters the book, because a hub has seen more of it than the database holds */
      halted: z.object({ since: z.iso.datetime(), by: z.string() }).nullable(),
      cosigners: z.array(
        z.object({
          name: z.string(),
          size: count.nullable(),
          at: z.iso.datetime().nullable(),
          error: z.string().nullable(),
        }),
      ),
    })
    .optional(),
});
export type Witnessing = z.infer<typeof witnessing>;

export const addWitnessedLog = z.strictObject({ vkey: typed(vkey) });

/** One witness of a hub's log. */
export const hubWitness = z.object({
  /** a community's origin, or the name in the key */
  name: z.string(),
  vkey: z.string(),
  /** where it takes checkpoints: `<url>/add-checkpoint` */
  url: z.string(),
  kind: z.enum(["community", "outside"]),
  /** a key that its community has put another in the place of: it signs on as long as a rule counts it */
  former: z.boolean(),
  /** whether the logged rule counts it */
  counted: z.boolean(),
  /** the largest tree it has cosigned, and when; null before the first */
  size: count.nullable(),
  at: z.iso.datetime().nullable(),
  /** whether that is the newest head */
  current: z.boolean(),
  /** why it did not cosign the last time it was asked */
  error: z.string().nullable(),
});

const witnessRule = z.object({
  /** C2SP tlog-policy, as logged; pin it with `npm run verify -- <url> --policy FILE` */
  policy: z.string(),
  k: count,
  n: count,
  leaf: z.string(),
  index: count,
});

/** `GET /api/witnesses`: who watches this hub's log, how many must, and since when that many have. */
export const hubWitnesses = z.object({
  /** the rule in force, and since when; null: none is required */
  rule: witnessRule.extend({ since: z.iso.datetime() }).nullable(),
  /** a logged change, and when it may start */
  pending: witnessRule.extend({ effective: z.iso.datetime() }).nullable(),
  /** the newest head */
  size: count,
  /** the newest head that has the rule's quorum; null where none is required or none has it */
  witnessed: z.object({ size: count, at: z.iso.datetime() }).nullable(),
  /** of those the rule counts (all, without a rule), how many have cosigned the head that is served */
  cosigned: count,
  witnesses: z.array(hubWitness),
  /** since when this log is halted, because a witness has seen more of it than the database holds */
  halted: z.object({ since: z.iso.datetime(), by: z.string() }).nullable(),
});
export type HubWitnesses = z.infer<typeof hubWitnesses>;

export const addOutsideWitness = z.strictObject({ vkey: typed(vkey), url: typed(baseUrl) });

/** Which witnesses count from now on, and how many of them must sign. */
export const changeWitnessRule = z.strictObject({
  vkeys: z.array(vkey).max(64),
  k: count.max(64),
  reason: typed(prose(500)),
});

/** `POST /api/book/new`: the steward types the community's address, so that nobody does it by accident. */
export const beginBook = z.strictObject({ confirm: typed(origin), reason: typed(line(200)) });
