/**
 * A small fixed-window limiter in the isolate's memory: it costs no query and blunts floods and guessing.
 * It is not accounting: isolates do not share it. Nothing's safety rests on it; tokens have 80 bits or more.
 */
import type { AppContext } from "./app.ts";
import type { CommonConfig } from "./config.ts";
import { Refused } from "./problem.ts";

export interface RateLimiter {
  /** null when the call may go on, else the seconds until it may */
  take(key: string, now: number): number | null;
}

export const MINUTE_MS = 60_000;

const MAX_KEYS = 10_000;

export function rateLimiter(limit: number, windowMs: number): RateLimiter {
  const windows = new Map<string, { ends: number; taken: number }>();
  return {
    take(key, now) {
      const open = windows.get(key);
      if (open === undefined || open.ends <= now) {
        if (windows.size >= MAX_KEYS) forget(windows, now);
        windows.set(key, { ends: now + windowMs, taken: 1 });
        return null;
      }
      open.taken += 1;
      return open.taken > limit ? Math.ceil((open.ends - now) / 1000) : null;
    },
  };
}

/** Ended windows first; if a flood of keys has filled the map, all of them. */
function forget(windows: Map<string, { ends: number }>, now: number): void {
  for (const [key, { ends }] of windows) if (ends <= now) windows.delete(key);
  if (windows.size >= MAX_KEYS) windows.clear();
}

/** Refuses with Retry-After. The embedded network, where everyone has one address, is not limited. */
export function limitBy<C extends CommonConfig>(c: AppContext<C>, limiter: RateLimiter, key: string): void {
  if (c.get("config").loopback) return;
  const retryAfterS = limiter.take(key, c.get("now")());
  if (retryAfterS !== null) throw new Refused("rate-limited", { retryAfterS });
}

/** The caller's address as Cloudflare states it; an IPv6 caller owns its /64. */
export function addressOf<C extends CommonConfig>(c: AppContext<C>): string {
  const address = c.req.header("cf-connecting-ip") ?? "unknown";
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
}
