/** When the watcher raises its voice: when wrong begins, when it changes, when it ends, and never twice for the same. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNews, judge, type Known } from "../../../scripts/watch/alarm.ts";
import type { VerifyReport } from "../../../shared/verify/hub.ts";

function round(faults: readonly string[], size = 10): VerifyReport {
  const checks = [
    { id: "checkpoint" as const, ok: true, detail: "", facts: {} },
    ...faults.map((code) => ({ id: "totals" as const, ok: false, code, detail: `${code} ${String(size)}`, facts: {} })),
  ];
  return { checks, exit: faults.length === 0 ? 0 : 1, size, root: "r" } as unknown as VerifyReport;
}

function voices(rounds: readonly (readonly string[])[]): string[] {
  let known: Known = "";
  return rounds.map((faults, at) => {
    const judged = judge(known, "https://hub.example.org", round(faults, at), "2026-01-01T00:00:00Z");
    known = judged.known;
    return judged.line.type;
  });
}

describe("a watcher", () => {
  test("says once that something began, once that it changed, once that it is over", () => {
    expect(voices([[], ["stale"], ["stale"], ["sum"], ["sum"], [], []])).toEqual([
      "watch.ok",
      "watch.alarm",
      "watch.still",
      "watch.alarm",
      "watch.still",
      "watch.recovered",
      "watch.ok",
    ]);
  });

  test("has news exactly when what is wrong is not what was wrong before", () => {
    const faults = fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(faults, { minLength: 1, maxLength: 12 }), (rounds) => {
        const key = (one: readonly string[]) => one.toSorted().join();
        const changed = rounds.map((now, at) => key(now) !== key(rounds[at - 1] ?? []));
        const news = voices(rounds).map((type) => isNews({ type } as unknown as Parameters<typeof isNews>[0]));
        expect(news).toEqual(changed);
      }),
    );
  });

  test("names each fault with its code, its place and whom it is about", () => {
    const { line } = judge("", "https://hub.example.org", round(["sum"], 7), "2026-01-01T00:00:00Z");
    expect(line.data).toEqual({
      hub: "https://hub.example.org",
      exit: 1,
      size: 7,
      root: "r",
      faults: [{ check: "totals", code: "sum", index: null, subject: null, detail: "sum 7" }],
    });
  });
});
