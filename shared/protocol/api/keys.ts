/** Keys over HTTP: those of a community and of the hub, current and past, with the log indexes between which each held. */
import { z } from "zod";
import { count, hash, logOrigin, origin } from "../primitives.ts";

const role = z.enum(["report", "book", "witness", "statement", "log"]);

export const keyView = z.object({
  role,
  /** the `x` of a JWK, or a vkey */
  key: z.string(),
  /** thumbprint, of report and statement keys */
  kid: hash.nullable(),
  /** log indexes: entries from the one up to and including the other are verified with it */
  from: count,
  until: count.nullable(),
  /** leaf of the entry that replaced it */
  ended_by: hash.nullable(),
});
export type KeyView = z.infer<typeof keyView>;

export const pendingRecovery = z.object({
  leaf: hash,
  index: count,
  roles: z.array(role),
  /** log time at which it takes effect */
  due: z.iso.datetime(),
  objected: z.boolean(),
});

export const communityKeys = z.object({
  origin,
  keys: z.array(keyView),
  /** what the next rotation, and the next recovery, must name as `prev` */
  last: hash,
  last_recovery: hash,
  /** while there is one, nothing else of this community is taken in */
  pending: pendingRecovery.nullable(),
});
export type CommunityKeysView = z.infer<typeof communityKeys>;

export const hubKeysHistory = z.object({
  origin: logOrigin,
  /** leaf of the entry that laid down the first of them: entry 0, or a fork's first own one */
  policy: hash.optional(),
  keys: z.array(keyView),
  last: hash,
  last_recovery: hash,
  /** keys that sign checkpoints now: two while one takes the place of the other */
  signing: z.array(z.string()),
});
export type HubKeysView = z.infer<typeof hubKeysHistory>;
