/**
 * Two cookies: the session, and before there is one the browser's half of a ceremony. `__Host-` pins them to
 * this host over https; on one machine many instances share a host name, so the port is in the name there.
 */
import { getCookie, setCookie } from "hono/cookie";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";

export type CookieKind = "session" | "browser";

export function cookieName(publicUrl: string, kind: CookieKind): string {
  const url = new URL(publicUrl);
  const base = url.protocol === "https:" ? "__Host-cocoon" : `cocoon_${url.port || "80"}`;
  return kind === "session" ? base : `${base}_browser`;
}

export function readCookie<C extends CommonConfig>(c: AppContext<C>, kind: CookieKind): string | null {
  const value = getCookie(c, cookieName(c.get("config").publicUrl, kind));
  return value !== undefined && /^[A-Za-z0-9_-]{22,64}$/.test(value) ? value : null;
}

export function writeCookie<C extends CommonConfig>(
  c: AppContext<C>,
  kind: CookieKind,
  value: string,
  maxAgeS: number,
): void {
  const { publicUrl } = c.get("config");
  setCookie(c, cookieName(publicUrl, kind), value, {
    path: "/",
    httpOnly: true,
    secure: publicUrl.startsWith("https:"),
    sameSite: "Lax",
    maxAge: maxAgeS,
  });
}

export function clearCookie<C extends CommonConfig>(c: AppContext<C>, kind: CookieKind): void {
  writeCookie(c, kind, "", 0);
}
