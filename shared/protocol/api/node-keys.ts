/** A node's keys as its steward sees them: what the server was given, and what each hub's log holds. No private key. */
import { z } from "zod";
import { hash, logOrigin } from "../primitives.ts";
import { keyView, pendingRecovery } from "./keys.ts";

export const nodeKeys = z.object({
  /** what this server signs with; `next` waits to take the other's place */
  held: z.array(z.object({ role: z.enum(["report", "book", "witness"]), key: z.string(), next: z.boolean() })),
  hubs: z.array(
    z.object({
      origin: logOrigin,
      name: z.string(),
      /** null: the hub did not answer, or has not admitted this community */
      keys: z.array(keyView).nullable(),
      pending: pendingRecovery.nullable(),
    }),
  ),
});
export type NodeKeysView = z.infer<typeof nodeKeys>;

export const objectBody = z.strictObject({ hub: logOrigin, recovery: hash });
