/**
 * The only way out: fetches of peers' addresses, which strangers choose. https and public host names only,
 * no redirects, a deadline, a byte cap that holds while streaming, and schemas for what comes back.
 * The embedded network (LOOPBACK) may also reach http on loopback names with a port.
 */
import type { ZodType } from "zod";
import { type Bytes, concat, fromUtf8 } from "../../shared/bytes.ts";
import { fail, ok, type Result } from "../../shared/result.ts";

export type PeerRefusal = "peer-forbidden" | "peer-unreachable" | "peer-invalid";

export interface PeerResponse {
  status: number;
  contentType: string;
  retryAfterS: number | null;
  bytes: Bytes;
}

export interface PeerOptions {
  timeoutMs?: number;
  maxBytes?: number;
  /** of a post, beside its own */
  headers?: Record<string, string>;
}

export interface Peer {
  get(url: string, options?: PeerOptions): Promise<Result<PeerResponse, PeerRefusal>>;
  post(
    url: string,
    body: string | Bytes,
    contentType: string,
    options?: PeerOptions,
  ): Promise<Result<PeerResponse, PeerRefusal>>;
  /** a 200 answer whose JSON matches the schema, or `peer-invalid` */
  getJson<T>(url: string, schema: ZodType<T>, options?: PeerOptions): Promise<Result<T, PeerRefusal>>;
}

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 1024 * 1024;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|([a-z0-9-]+\.)+localhost)$/;
const RESERVED_SUFFIX = /(^|\.)(localhost|local|internal|home|lan|corp|intranet|private|invalid|test|onion|arpa)$/;
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Whether an address given by a stranger may be fetched at all. Names are not resolved here: the runtime refuses private addresses. */
export function permittedUrl(text: string, loopback: boolean): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return null;
  if (loopback && url.protocol === "http:" && url.port !== "" && LOOPBACK_HOST.test(url.hostname)) return url;
  if (url.protocol !== "https:") return null;
  // A canonical host name with a letter-led last label: the URL parser has turned every spelling of an IPv4
  // address into digits and dots, and IPv6 into brackets, so neither passes.
  if (!HOST_NAME.test(url.hostname) || RESERVED_SUFFIX.test(url.hostname)) return null;
  return url;
}

export function peer(config: { loopback: boolean }, fetcher: typeof fetch = fetch): Peer {
  async function exchange(
    address: string,
    init: RequestInit,
    options: PeerOptions,
  ): Promise<Result<PeerResponse, PeerRefusal>> {
    const url = permittedUrl(address, config.loopback);
    if (url === null) return fail("peer-forbidden");
    const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    try {
      const response = await fetcher(url.href, { ...init, redirect: "manual", signal });
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        return fail("peer-invalid");
      }
      const bytes = await readCapped(response, options.maxBytes ?? MAX_BYTES);
      if (bytes === null) return fail("peer-invalid");
      const after = Number(response.headers.get("retry-after") ?? Number.NaN);
      return ok({
        status: response.status,
        contentType: (response.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
        retryAfterS: Number.isFinite(after) && after >= 0 ? Math.min(after, 86_400) : null,
        bytes,
      });
    } catch {
      // Refused connections, timeouts and broken streams: all the caller can do is to try again later.
      return fail("peer-unreachable");
    }
  }

  const headers = { "user-agent": "cocoon/1" };
  async function get(url: string, options: PeerOptions = {}): Promise<Result<PeerResponse, PeerRefusal>> {
    return await exchange(url, { method: "GET", headers }, options);
  }
  async function post(
    url: string,
    body: string | Bytes,
    contentType: string,
    options: PeerOptions = {},
  ): Promise<Result<PeerResponse, PeerRefusal>> {
    const all = { ...options.headers, ...headers, "content-type": contentType };
    return await exchange(url, { method: "POST", headers: all, body }, options);
  }
  async function getJson<T>(
    url: string,
    schema: ZodType<T>,
    options: PeerOptions = {},
  ): Promise<Result<T, PeerRefusal>> {
    const response = await get(url, options);
    if (!response.ok) return response;
    if (response.value.status >= 500 || response.value.status === 429) return fail("peer-unreachable");
    if (response.value.status !== 200) return fail("peer-invalid");
    return parseJson(response.value.bytes, schema);
  }
  return { get, post, getJson };
}

/** A peer's JSON, or `peer-invalid`. */
export function parseJson<T>(bytes: Bytes, schema: ZodType<T>): Result<T, PeerRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch {
    return fail("peer-invalid");
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? ok(parsed.data) : fail("peer-invalid");
}

async function readCapped(response: Response, maxBytes: number): Promise<Bytes | null> {
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await response.body?.cancel();
    return null;
  }
  if (response.body === null) return new Uint8Array();
  const chunks: Bytes[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...chunks);
    const chunk = value as Bytes;
    size += chunk.length;
    if (size > maxBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(chunk);
  }
}
