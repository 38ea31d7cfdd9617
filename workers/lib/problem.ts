/**
 * Refusals on their way to the wire: one error shape (RFC 9457) with the stable codes of
 * shared/protocol/problem.ts. Unexpected exceptions become `internal` and tell the caller nothing.
 */
import { HTTPException } from "hono/http-exception";
import type { ZodError } from "zod";
import { type Problem, type ProblemCode, problems } from "../../shared/protocol/problem.ts";
import type { Result } from "../../shared/result.ts";
import { isTransient } from "./d1.ts";

export interface ProblemExtra {
  detail?: string;
  errors?: { path: string; message: string }[];
  expected_seq?: number;
  last_leaf?: string;
  refusal?: string;
  /** becomes the Retry-After header, seconds */
  retryAfterS?: number;
}

/** A refusal that leaves a handler early. Its code is the interface; `reason` is for the log only. */
export class Refused extends Error {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;
  readonly reason: string | undefined;

  constructor(code: ProblemCode, extra: ProblemExtra = {}, reason?: string) {
    super(code);
    this.name = "Refused";
    this.code = code;
    this.extra = extra;
    this.reason = reason;
  }
}

/** The value of a result whose error is a problem code, or the refusal. */
export function unwrap<T>(result: Result<T, ProblemCode>): T {
  if (result.ok) return result.value;
  throw new Refused(result.error);
}

export function problemBody(code: ProblemCode, extra: ProblemExtra, instance: string | undefined): Problem {
  const [status, title] = problems[code];
  const { retryAfterS: _header, ...members } = extra;
  return {
    type: `urn:cocoon:problem:${code}`,
    title,
    status,
    code,
    ...members,
    ...(instance === undefined ? {} : { instance }),
  };
}

export function problemResponse(code: ProblemCode, extra: ProblemExtra = {}, instance?: string): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (extra.retryAfterS !== undefined) headers.set("retry-after", String(extra.retryAfterS));
  return new Response(JSON.stringify(problemBody(code, extra, instance)), { status: problems[code][0], headers });
}

/** Where and what, without echoing the values that were sent. */
export function schemaProblem(error: ZodError): Refused {
  const errors = error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join(".").slice(0, 200),
    message: issue.code === "unrecognized_keys" ? "Unrecognized field" : issue.message.slice(0, 200),
  }));
  return new Refused("malformed-request", { errors });
}

/** What an exception means to the caller; null for a bug. */
export function refusalOf(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  if (error instanceof HTTPException) {
    if (error.status === 415) return new Refused("unsupported-media-type");
    if (error.status === 413) return new Refused("body-too-large");
    if (error.status === 400) return new Refused("malformed-json");
  }
  if (isTransient(error)) return new Refused("busy", { retryAfterS: 2 }, "D1 failed in passing");
  return null;
}
