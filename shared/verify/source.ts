/**
 * Where the verifier reads from: an address is only transport, so a mirror or a proxy will do. Everything read is
 * checked against a log's key, and nothing larger than asked for is read.
 */
import type { Bytes } from "../bytes.ts";

export interface Source {
  /** What the reader is told the source is, in messages. */
  readonly name: string;
  /**
   * `path` begins with a slash and is relative to the base address. Rejects with `Unreachable` when no answer came,
   * and with `TooLarge` when the body is longer than `maxBytes`.
   */
  get(path: string, maxBytes: number): Promise<{ status: number; bytes: Bytes }>;
}

export class Unreachable extends Error {
  override name = "Unreachable";
}
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** The part of `fetch` that is needed; shared code has no fetch of its own. */
export type Fetch = (
  url: string,
  init: { redirect: "error"; credentials: "omit"; cache: "no-store" },
) => Promise<{ status: number; body: { getReader(): Reader } | null }>;
interface Reader {
  read(): Promise<{ done: boolean; value?: Bytes | undefined }>;
  cancel(): Promise<void>;
}

const ATTEMPTS = 3;
/** A rate limit is waited for a few times, as the network may be read by many at once. */
const PAUSES_MS = [300, 1500];

export function httpSource(base: string, fetch: Fetch, pause: (ms: number) => Promise<void>): Source {
  const prefix = base.replace(/\/+$/, "");
  return {
    name: prefix,
    async get(path, maxBytes) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const answer = await readOnce(prefix + path, fetch, maxBytes);
          if (attempt === ATTEMPTS || !(answer.status === 429 || answer.status >= 500)) return answer;
        } catch (error) {
          if (error instanceof TooLarge || attempt === ATTEMPTS) throw error;
        }
        await pause(PAUSES_MS[attempt - 1] ?? 0);
      }
    },
  };
}

async function readOnce(url: string, fetch: Fetch, maxBytes: number): Promise<{ status: number; bytes: Bytes }> {
  try {
    const { status, body } = await fetch(url, { redirect: "error", credentials: "omit", cache: "no-store" });
    const reader = body?.getReader();
    const parts: Bytes[] = [];
    let size = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      if (part.value === undefined) continue;
      size += part.value.length;
      if (size > maxBytes) {
        await reader?.cancel();
        throw new TooLarge(`${url} is longer than ${maxBytes} bytes`);
      }
      parts.push(part.value);
    }
    const [whole] = parts;
    if (whole !== undefined && parts.length === 1) return { status, bytes: whole };
    const bytes: Bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { status, bytes };
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Unreachable(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
