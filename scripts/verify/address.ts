/** Which addresses the commands read from, and how: https, or plain http where the key is pinned or all is on this machine. */
import { setTimeout as pause } from "node:timers/promises";
import { type Source, Unreachable, httpSource } from "../../shared/verify/source.ts";
import { Wrong } from "../command.ts";

const TIMEOUT_MS = 30_000;

/** Where the log's key is not known beforehand it comes over this address, so it must be https or this machine. */
export function addressOf(text: string, isPinned: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new Wrong(`Not an address: ${text}`);
  if (url.protocol === "http:" && !isPinned && !isLoopback(url))
    throw new Wrong(`Over plain http, pin the log's key with --vkey: ${text}`);
  return url.href;
}

export function isLoopback(url: URL): boolean {
  return (
    url.hostname === "localhost" ||
    url.hostname === "[::1]" ||
    /^127(\.[0-9]+){3}$/.test(url.hostname) ||
    url.hostname.endsWith(".localhost")
  );
}

/** Addresses of nodes come out of a log that may be hostile: no plain http, unless everything is on this machine. */
export function bookSource(address: string, isLocal: boolean): Source {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isAllowed = url !== null && (url.protocol === "https:" || (isLocal && isLoopback(url)));
  if (!isAllowed)
    return {
      name: address,
      get: () => Promise.reject(new Unreachable(`${address} is not an address to read a book from`)),
    };
  return sourceAt(url.href);
}

export function sourceAt(address: string): Source {
  return httpSource(
    address,
    (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    (ms) => pause(ms),
  );
}
