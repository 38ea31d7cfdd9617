import { expect, test } from "vitest";
import { type VerifyOptions, verifyHub } from "../../../shared/verify/hub.ts";
import { type TestHub, makeWorld } from "./world.ts";

export function check(hub: TestHub, options: Partial<VerifyOptions> = {}) {
  return verifyHub(hub.served.source, { now: hub.now, ...options });
}

test("an honest hub passes every check, books included, and its numbers come out of the log alone", async () => {
  const { hub, books } = await makeWorld();
  const report = await check(hub, { books });
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.checks.map(({ id, subject }) => subject ?? id)).toEqual([
    "descriptor",
    "checkpoint",
    "tiles",
    "entries",
    "proofs",
    "totals",
    "network",
    "freshness",
    "a.example",
    "b.example",
  ]);
  expect(report).toMatchObject({ ok: true, exit: 0, size: hub.log.size, vkey: hub.vkey });
  // 2×500 + 3×700 (the reference price, below the band's) + 5×600
  expect(report.network).toMatchObject({
    purchasing_power_minor: "6100",
    pledges: 4,
    communities: 2,
    members_declared: 20,
  });
});
