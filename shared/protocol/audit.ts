/**
 * Audits of pledge books (docs/protocol.md §8): what the hub logs when it asks and when it has judged the answer, and what a
 * community opens. Openings never enter a log.
 */
import { z } from "zod";
import { receipt } from "./document.ts";
import { count, hash, origin, unixSeconds, vkey } from "./primitives.ts";

/** A community is audited at most this often, in log time, where the policy does not say. */
export const AUDIT_INTERVAL_S = 7 * 86_400;
/** Log time within which it must answer. */
export const AUDIT_ANSWER_S = 72 * 3600;
/** Fewer could be one witness's choice. */
export const MIN_BEACONS = 2;
export const MAX_BEACONS = 24;
/** Currencies in which one audit draws; with more, the lot also says in which. */
export const MAX_LOT_CURRENCIES = 4;
const MAX_SAMPLES = 100;
export const MAX_OPENINGS = MAX_SAMPLES * MAX_LOT_CURRENCIES;

/** An Ed25519 signature, unpadded base64url. */
const signature = z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/);

/** One witness's signature over the report that is audited; no part of it could be known before. */
export const beacon = z.strictObject({ vkey, signature });
export type Beacon = z.infer<typeof beacon>;

export const auditClaims = {
  node: origin,
  /** leaf of the report whose book is drawn from */
  report: hash,
  /** ascending by key */
  beacons: z.array(beacon).min(MIN_BEACONS).max(MAX_BEACONS),
  samples: count.min(1).max(MAX_SAMPLES),
  /** how many pledges were drawn, and the SHA-256 of the JCS of their leaves: anyone can draw them again */
  drawn: count.min(1).max(MAX_OPENINGS),
  lot: hash,
  /** log time at which an audit without an answer counts as failed */
  deadline: unixSeconds,
};

/** What was found wrong with openings; `unanswered`: the log holds no answer, and its time is past the deadline. */
export const auditCodes = [
  "unanswered",
  "missing",
  "malformed",
  "commitment",
  "document",
  "signature",
  "key",
  "key-late",
  "account-twice",
] as const;
export const auditCode = z.enum(auditCodes);
export type AuditCode = z.infer<typeof auditCode>;

/**
 * The community's word that it has answered, and with what: it stands in the log, so nobody else decides whether there was an
 * answer. What it opens is not in it: only how many pledges, and the RFC 6962 root over the JCS of the openings, in their order.
 */
export const auditAnswerClaims = {
  audit: hash,
  openings: count.max(MAX_OPENINGS),
  root: hash,
};

export const auditOutcomeClaims = {
  node: origin,
  audit: hash,
  ok: z.boolean(),
  /** pledges that were opened and found in order */
  opened: count.max(MAX_OPENINGS),
  /** drawn pledges of members who had left by then, as the book shows */
  gone: count.max(MAX_OPENINGS),
  /** ascending, empty when ok */
  codes: z.array(auditCode).max(auditCodes.length),
  openings_sha256: hash,
};

/** A drawn pledge opened: what its member could show as well, and the entry that registered the key. */
export const opened = z.strictObject({ leaf: hash, receipt, key_entry: z.string().max(2048) });
/** Or the entry of the book that ended it because the member had left: then nothing is kept that could open it. */
export const gone = z.strictObject({
  leaf: hash,
  gone: z.strictObject({ entry: z.string().max(2048), proof: z.string().max(16_384) }),
});
export const opening = z.union([opened, gone]);
export type Opening = z.infer<typeof opening>;
