/** `/.well-known/cocoon.json`: for discovery only. A key counts by its entry in the hub log, not by this file. */
import { z } from "zod";
import { baseUrl, ed25519Jwk, line, logOrigin, origin, region, vkey } from "./primitives.ts";

export const PROTOCOL = ["cocoon/1"] as const;

const jwks = z.object({
  keys: z
    .array(ed25519Jwk.extend({ kid: z.string().max(64) }))
    .min(1)
    .max(4),
});
/** the key this worker cosigns other logs with, and where it takes their checkpoints: `<url>/add-checkpoint` */
const witness = z.object({ vkey, url: baseUrl });
const tlog = (name: typeof logOrigin) => z.object({ origin: name, vkey, url: baseUrl });

export const hubDescriptor = z.object({
  kind: z.literal("hub"),
  name: line(80),
  origin,
  log: tlog(logOrigin),
  statement_jwks: jwks,
  witness: witness.optional(),
  protocol: z.array(z.string().max(40)).max(16),
  demo: z.boolean(),
});
export const nodeDescriptor = z.object({
  kind: z.literal("node"),
  name: z.string().max(80),
  region: region.nullable(),
  origin,
  book: z.object({ origin: z.string().max(260), vkey, url: baseUrl }),
  report_jwks: jwks,
  witness: witness.optional(),
  hubs: z.array(z.object({ origin: logOrigin, url: baseUrl, status: z.string().max(20) })).max(32),
  protocol: z.array(z.string().max(40)).max(16),
  demo: z.boolean(),
});
export type HubDescriptor = z.infer<typeof hubDescriptor>;
export type NodeDescriptor = z.infer<typeof nodeDescriptor>;
