/** The claim every network test ends with: a stranger who recomputes everything finds nothing wrong. */
import { expect } from "vitest";
import { verifyHub, type VerifyReport } from "../../shared/verify/hub.ts";
import { httpSource, type Source } from "../../shared/verify/source.ts";
import type { NetworkMember } from "../../scripts/network.ts";
import type { TestNetwork } from "../network.ts";

export function sourceAt(url: string): Source {
  return httpSource(url, fetch, async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
  });
}

/** Without `books` for networks in which someone lied: their books are what the hub refused. */
export async function verifyNow(hub: NetworkMember, books: boolean): Promise<VerifyReport> {
  return await verifyHub(sourceAt(hub.url), {
    vkey: hub.vkey,
    now: Math.floor(Date.now() / 1000),
    ...(books && { books: ({ url }) => sourceAt(url) }),
  });
}

export async function expectHonest({ hub }: TestNetwork, { books = true } = {}): Promise<void> {
  const report = await verifyNow(hub, books);
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.exit).toBe(0);
}
