/** One person's browser, as far as the public API can tell: a cookie jar, an origin, JSON in and out. */
import type { z } from "zod";
import type { ProblemCode } from "../../shared/protocol/problem.ts";

/** The API said no; `code` is the stable code of its problem document. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: ProblemCode | "unknown";

  constructor(request: string, status: number, body: string) {
    const { code = "unknown", title = body.slice(0, 200), detail, errors } = parseProblem(body);
    super(`${request}: ${status} ${code}: ${detail ?? title}${errors ? ` ${JSON.stringify(errors)}` : ""}`);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

interface ProblemBody {
  code?: ProblemCode;
  title?: string;
  detail?: string;
  errors?: unknown;
}

function parseProblem(body: string): ProblemBody {
  try {
    return JSON.parse(body) as ProblemBody;
  } catch {
    return {};
  }
}

export interface Body {
  type: string;
  content: string;
}

export interface Browser {
  readonly url: string;
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  send<T>(method: string, path: string, body: object | Body | undefined, schema: z.ZodType<T>): Promise<T>;
  /** for tests of refusals and of raw bytes */
  raw(method: string, path: string, body?: object | Body): Promise<Response>;
  cookie(): string;
}

export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>();

  function cookie(): string {
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async function raw(method: string, path: string, body?: object | Body): Promise<Response> {
    const headers: Record<string, string> = { origin: new URL(url).origin, cookie: cookie() };
    if (body !== undefined) headers["content-type"] = isRaw(body) ? body.type : "application/json";
    const response = await fetchAgain(new URL(path, url), {
      method,
      headers,
      redirect: "manual",
      ...(body !== undefined && { body: isRaw(body) ? body.content : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute))) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  async function send<T>(method: string, path: string, body: object | undefined, schema: z.ZodType<T>): Promise<T> {
    const response = await raw(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Refusal(`${method} ${path}`, response.status, text);
    return schema.parse(text === "" ? undefined : JSON.parse(text));
  }

  return { url, cookie, raw, send, get: async (path, schema) => await send("GET", path, undefined, schema) };
}

/** A connection that the worker closed while it was idle is noticed only when it is used: then a second one is opened. */
async function fetchAgain(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof TypeError ? (error.cause as { code?: string } | undefined) : undefined;
    if (cause?.code !== "ECONNRESET") throw error;
    return await fetch(url, init);
  }
}

function isRaw(body: object): body is Body {
  return "content" in body && "type" in body && Object.keys(body).length === 2;
}
