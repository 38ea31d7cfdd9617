/** What travels in an audit (docs/protocol.md §8) between hub, witnesses and the audited community; none of it is logged. */
import { z } from "zod";
import { MAX_BEACONS, MAX_OPENINGS, MIN_BEACONS, beacon, opening } from "./audit.ts";
import { hash, logOrigin, unixSeconds, vkey } from "./primitives.ts";

/** A logged audit, and an entry and a proof for each beacon. */
export const MAX_AUDIT_BYTES = 1024 * 1024;
export const MAX_BEACON_BYTES = 64 * 1024;

/** The hub asks a witness: nobody else can, so that nobody draws a lot before the hub does. */
export const beaconRequestClaims = z.strictObject({
  iss: logOrigin,
  iat: unixSeconds,
  v: z.literal(1),
  /** leaf of the report */
  report: hash,
});
export const BEACON_REQUEST = "beacon-request+jwt";

/** `POST <node>/witness/beacon`. */
export const beaconRequest = z.strictObject({
  /** beacon-request+jwt by the hub's statement key */
  request: z.string().max(2048),
  /** the report as logged, and the log's proof that it is */
  report: z.string().max(32_768),
  proof: z.string().max(16_384),
  /** the witness key that the hub's log holds as current: the witness may have another beside it */
  witness: vkey.optional(),
});
export type BeaconRequest = z.infer<typeof beaconRequest>;
export const beaconAnswer = z.object({ signature: beacon.shape.signature });

/** Whoever asks is the hub: the audit and its proofs are public, and what they open is not. */
export const openingRequestClaims = z.strictObject({
  iss: logOrigin,
  iat: unixSeconds,
  v: z.literal(1),
  /** leaf of the audit */
  audit: hash,
});
export const OPENING_REQUEST = "opening-request+jwt";

/** `POST <node>/audit`. */
export const auditRequest = z.strictObject({
  /** opening-request+jwt by the hub's statement key */
  request: z.string().max(2048),
  /** the logged audit+jwt, and the log's proof that it is */
  audit: z.string().max(32_768),
  proof: z.string().max(16_384),
  /** for each beacon, in order: the logged entry that named its key, and the proof */
  keys: z
    .array(z.strictObject({ entry: z.string().max(32_768), proof: z.string().max(16_384) }))
    .min(MIN_BEACONS)
    .max(MAX_BEACONS),
});
export type AuditRequest = z.infer<typeof auditRequest>;

/** 202: the pledges are drawn, and opened a few at a time; the hub asks again. */
export const auditTaken = z.object({ audit: hash });

export const auditAnswer = z.strictObject({
  audit: hash,
  openings: z.array(opening).max(MAX_OPENINGS),
  /** audit-answer+jwt, for the hub's log; the community submits it there as well */
  answer: z.string().max(4096).optional(),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;
