/**
 * Answers to POST /log/entries (docs/protocol.md §4). Refusals of a single entry are problem+json. Each answer carries
 * what the hub signs for it: an entry-receipt+jwt or an entry-refusal+jwt.
 */
import { z } from "zod";
import { count, hash } from "../primitives.ts";
import { problemCodes } from "../problem.ts";

const jws = z.string();

/** The entry is in the log at this index: 202 when new, 200 when it was there before. */
export const entryReceipt = z.object({ leaf: hash, index: count, receipt: jws });

/** A JSON array is answered 207 with one of these per item, in order. */
export const entryResult = z.union([
  entryReceipt.extend({ status: z.union([z.literal(200), z.literal(202)]) }),
  z.object({
    status: z.int(),
    code: z.enum(problemCodes),
    expected_seq: count.optional(),
    last_leaf: hash.optional(),
    retry_after_s: count.optional(),
    /** absent for what is too large to be an entry */
    refusal: jws.optional(),
  }),
]);
export type EntryResult = z.infer<typeof entryResult>;
export const entryResults = z.object({ results: z.array(entryResult) });
