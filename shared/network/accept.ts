/**
 * Whether a submitted statement may enter the log (docs/protocol.md §3, §4), from values only. Acceptance is about
 * who speaks and in which order; whether the numbers are right is the verdict: shared/book/judge.ts.
 * The signature over the statement is the caller's first check (`verifyJws` with the key named here).
 */
import { type Checkpoint, openCheckpoint } from "../log/checkpoint.ts";
import { readCosignatures } from "../log/cosignature.ts";
import { parseCosignerVkey, parseVkey } from "../log/note.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import { type Claims, MAX_SKEW_S } from "../protocol/statement.ts";
import { type Result, fail, ok } from "../result.ts";
import { thumbprint } from "../signing/ed25519.ts";
import { bookOrigin, generationOf } from "./book-origin.ts";
import { isNewBook } from "./resets.ts";
import type { Community } from "./state.ts";

/** Log time, or the hub's clock where a quiet log's time lags behind it. */
export interface HubTime {
  log_time: number;
  now: number;
}

export type ReportRefusal = Extract<
  ProblemCode,
  | "issuer-unknown"
  | "issuer-suspended"
  | "issuer-frozen"
  | "kid-unknown"
  | "audience-wrong"
  | "issued-in-future"
  | "too-often"
  | "seq-gap"
  | "book-reset-invalid"
>;
/** What a community says in its own sequence. */
export type OwnClaims = Claims<"demand-report+jwt"> | Claims<"book-reset+jwt">;

/**
 * A report or a new book whose seq is already taken is not for this function: see `compareSameSeq`. The sequence comes last, so
 * that its answer (`expected_seq`, `last_leaf`) is given to the issuer's own key only.
 */
export function acceptReport(question: {
  claims: OwnClaims;
  kid: string;
  community: Community | undefined;
  /** origin of this log */
  log: string;
  time: HubTime;
  /** when this community's last report arrived, and how long it must wait */
  pace: { last_received: number | null; interval_s: number };
}): Result<null, ReportRefusal> {
  const { claims, kid, community, log, time, pace } = question;
  if (community === undefined || community.status === "joined") return fail("issuer-unknown");
  if (community.status !== "admitted") return fail("issuer-suspended");
  if (community.keys.pending !== null) return fail("issuer-frozen");
  if (kid !== thumbprint(community.report_jwk)) return fail("kid-unknown");
  if (claims.aud !== log) return fail("audience-wrong");
  if (isFuture(claims.iat, time)) return fail("issued-in-future");
  if (claims.seq !== community.last_seq + 1 || claims.prev !== community.last_leaf) return fail("seq-gap");
  if (!("totals" in claims) && !isNewBook(community, claims)) return fail("book-reset-invalid");
  if (pace.last_received !== null && time.now - pace.last_received < pace.interval_s) return fail("too-often");
  return ok(null);
}

export type JoinRefusal = Extract<
  ProblemCode,
  "kid-unknown" | "audience-wrong" | "issued-in-future" | "statement-invalid" | "book-checkpoint-invalid"
>;

/** A join proves its keys: signed by the report key it names, with a checkpoint by the book key and the witness key. */
export async function acceptJoin(question: {
  claims: Claims<"node-join+jwt">;
  kid: string;
  log: string;
  time: HubTime;
}): Promise<Result<Checkpoint, JoinRefusal>> {
  const { claims, kid, log, time } = question;
  if (kid !== thumbprint(claims.report_jwk)) return fail("kid-unknown");
  if (claims.aud !== log) return fail("audience-wrong");
  if (isFuture(claims.iat, time)) return fail("issued-in-future");
  const key = parseVkey(claims.book.vkey);
  if (!key.ok || key.value.name !== bookOrigin(claims.iss)) return fail("statement-invalid");
  if (claims.witness !== undefined && !(await holdsWitnessKey(claims.iss, claims.witness, claims.book.checkpoint))) {
    return fail("statement-invalid");
  }
  const { vkey, checkpoint } = claims.book;
  return openBookCheckpoint(bookOrigin(claims.iss, generationOf(checkpoint, claims.iss)), [vkey], checkpoint);
}

/** The witness key is the node's own, and has cosigned the checkpoint in its join. */
async function holdsWitnessKey(node: string, vkey: string, note: string): Promise<boolean> {
  const key = parseCosignerVkey(vkey);
  if (!key.ok || key.value.name !== `${node}/witness`) return false;
  const cosigned = await readCosignatures(note, [vkey]);
  return cosigned.ok && cosigned.value.length === 1;
}

/** The tree head a report or join carries, if it is of this book and one of these keys signed it (`bookKeysOf`). */
export async function openBookCheckpoint(
  origin: string,
  vkeys: readonly string[],
  note: string,
): Promise<Result<Checkpoint, "book-checkpoint-invalid">> {
  for (const vkey of vkeys) {
    const opened = await openCheckpoint(note, vkey, origin);
    if (opened.ok) return opened;
  }
  return fail("book-checkpoint-invalid");
}

/**
 * Two compact JWS with one issuer and seq. Same bytes: answered as before. Same payload under another signature:
 * the first stands. Another payload, under a valid signature: equivocation.
 */
export function compareSameSeq(stored: string, submitted: string): "same" | "resigned" | "equivocation" {
  if (stored === submitted) return "same";
  return payloadOf(stored) === payloadOf(submitted) ? "resigned" : "equivocation";
}

function payloadOf(jws: string): string {
  return jws.split(".")[1] ?? "";
}

export function isFuture(iat: number, { log_time, now }: HubTime): boolean {
  return iat > Math.max(log_time, now) + MAX_SKEW_S;
}
