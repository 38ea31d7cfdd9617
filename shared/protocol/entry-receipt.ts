/**
 * What a hub signs for whoever submits an entry (docs/protocol.md §4): a receipt with the place the entry has and the
 * time by which every checkpoint must show it there, or a refusal. Neither is ever an entry of the log itself.
 */
import { z } from "zod";
import { count, hash, logOrigin, origin, unixSeconds } from "./primitives.ts";
import { problemCodes } from "./problem.ts";

/** The promise runs this long, in log time. */
export const INCLUDE_WITHIN_S = 600;
export const MAX_RECEIPT_BYTES = 2048;

const fromHub = { iss: logOrigin, v: z.literal(1) };

export const entryReceiptClaims = z.strictObject({
  ...fromHub,
  /** leaf hash of the entry that stands: of the first one, where the same payload came with another signature */
  leaf: hash,
  /** issuer and number of the entry; 0 for one about keys, which has none */
  node: origin,
  seq: count,
  /** where it stands in the log */
  index: count,
  /** log time at which it was taken in */
  received: unixSeconds,
  /** any checkpoint whose log time is later holds `leaf` at `index` */
  include_by: unixSeconds,
});

export const entryRefusalClaims = z.strictObject({
  ...fromHub,
  /** leaf hash of exactly what was submitted */
  leaf: hash,
  code: z.enum(problemCodes),
  /** the hub's clock */
  at: unixSeconds,
});

/** typ -> schema of what a hub signs outside its log. */
export const promiseKinds = {
  "entry-receipt+jwt": entryReceiptClaims,
  "entry-refusal+jwt": entryRefusalClaims,
} as const;
export type PromiseKind = keyof typeof promiseKinds;
export type PromiseClaims<K extends PromiseKind> = z.infer<(typeof promiseKinds)[K]>;
