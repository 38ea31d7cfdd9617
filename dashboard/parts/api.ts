/**
 * The one way pages talk to their worker: JSON in, JSON out, refusals as values with the protocol's problem codes.
 * Types come from shared/protocol as types only; the server is the same origin and already validated what it sends.
 */
import type { Problem, ProblemCode } from "../../shared/protocol/problem.ts";
import type { Result } from "../../shared/result.ts";
import { hasMessage, t } from "./i18n.ts";

export interface ApiError {
  /** `offline` when no answer came at all */
  code: ProblemCode | "offline";
  status: number;
  problem: Problem | null;
}
export type Answer<T> = Result<T, ApiError>;

export interface CallOptions {
  body?: unknown;
  /** sent as it is, with this content type, instead of JSON */
  raw?: { type: string; data: BodyInit };
  signal?: AbortSignal;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const headers = new Headers({ accept: "application/json" });
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  if (options.raw) {
    headers.set("content-type", options.raw.type);
    init.body = options.raw.data;
  } else if (options.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  try {
    const response = await fetch(path, init);
    const text = await response.text();
    const json: unknown = text ? JSON.parse(text) : null;
    if (response.ok) return { ok: true, value: json as T };
    const problem = isProblem(json) ? json : null;
    return { ok: false, error: { code: problem?.code ?? "internal", status: response.status, problem } };
  } catch {
    return { ok: false, error: { code: "offline", status: 0, problem: null } };
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, signal ? { signal } : {}),
  post: <T>(path: string, body: unknown = {}) => call<T>("POST", path, { body }),
  put: <T>(path: string, body: unknown) => call<T>("PUT", path, { body }),
  patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, { body }),
  delete: <T>(path: string) => call<T>("DELETE", path),
  upload: <T>(path: string, type: string, data: BodyInit) => call<T>("POST", path, { raw: { type, data } }),
};

/** What a person reads when something was refused. */
export function problemText(error: ApiError): string {
  const key = `problem.${error.code}`;
  return hasMessage(key) ? t(key) : t("problem.internal");
}
