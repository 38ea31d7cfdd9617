/** What hubs and nodes say of the evidence they keep. The document itself is at `/api/evidence/<sha256>`. */
import { z } from "zod";
import { evidenceKind } from "../evidence.ts";
import { count, hash } from "../primitives.ts";

export const evidenceView = z.object({
  accused: z.string(),
  kind: evidenceKind,
  party: z.enum(["hub", "node"]),
  /** log origin of the hub in whose log the keys are */
  hub: z.string(),
  sha256: hash,
  received_at: z.iso.datetime(),
  /** at a hub: the log entry that says so */
  index: count.nullable(),
  /** false: its signatures hold, and the entries it rests on are too many to read here. `npm run verify -- evidence` does */
  checked: z.boolean(),
});
export type EvidenceView = z.infer<typeof evidenceView>;

export const evidenceList = z.object({ evidence: z.array(evidenceView) });
