/** Books of more campaigns than a report has room for (docs/protocol.md §3). */
import { describe, expect, test } from "vitest";
import { compareTotals } from "../../../shared/book/judge.ts";
import { emptyTally, type Tally } from "../../../shared/book/state.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import { MAX_STATEMENT_BYTES } from "../../../shared/protocol/statement.ts";
import { privateJwkOf, signer } from "../../../shared/signing/ed25519.ts";
import { parseStatement, signStatement } from "../../../shared/signing/statement.ts";
import { fitReport } from "../../../workers/node/jobs/fit-report.ts";

const hash = (text: string): string => sha256url(utf8(text));
const key = await signer(await privateJwkOf(new Uint8Array(32).fill(1)));
const profile = { name: "Grüne Straße", region: "NL", languages: ["nl"], members: 12 };
const base = {
  iss: "a.example",
  aud: "hub.example/log",
  iat: 1,
  v: 1 as const,
  seq: 1,
  prev: hash("join"),
  book: "note",
  profile,
};

/** The newest first; every third one is live, the others are bought and done. */
function bookOf(campaigns: number, bands: number) {
  const tallies = new Map<string, Tally>();
  for (let at = 0; at < campaigns; at += 1) {
    const tally = emptyTally(bands);
    if (at % 3 === 0) tally.units[0] = 5n;
    else Object.assign(tally, { purchased: 10n ** 12n, locked: 10n ** 12n, ended: { index: 9, band: 0 } });
    tallies.set(hash(`campaign ${at}`), tally);
  }
  return { state: { tallies }, newest: [...tallies.keys()] };
}

describe("a report", () => {
  test("tells every campaign while there is room, and says nothing of leaving out", () => {
    const { state, newest } = bookOf(100, 3);
    const report = fitReport(base, reportTotals(state), newest);
    expect([report.totals.length, report.omitted]).toEqual([100, undefined]);
    expect(compareTotals(report, state)).toEqual({ ok: true });
  });

  test("of more than a hundred tells what is live, then what is new, and how many it leaves out", () => {
    const { state, newest } = bookOf(150, 3);
    const report = fitReport(base, reportTotals(state), newest);
    expect([report.totals.length, report.omitted]).toEqual([100, 50]);
    const told = new Set(report.totals.map(({ c }) => c));
    const live = newest.filter((_, at) => at % 3 === 0);
    const done = newest.filter((_, at) => at % 3 !== 0);
    expect([...live, ...done.slice(0, 50)].every((campaign) => told.has(campaign))).toBe(true);
    expect(report.totals.map(({ c }) => c)).toEqual([...told].sort());
    expect(compareTotals(report, state)).toEqual({ ok: true });
  });

  test("with many bands is as full as 32 KiB allow", async () => {
    const { state, newest } = bookOf(90, 32);
    const report = fitReport(base, reportTotals(state), newest);
    const jws = await signStatement(key, "demand-report+jwt", report);
    expect(jws.length).toBeLessThanOrEqual(MAX_STATEMENT_BYTES);
    expect(jws.length).toBeGreaterThan(MAX_STATEMENT_BYTES - 900);
    expect(parseStatement(jws).ok).toBe(true);
    expect(compareTotals(report, state)).toEqual({ ok: true });
  });

  test("that leaves out more or fewer than it says, or tells one wrong, does not hold", () => {
    const { state, newest } = bookOf(150, 3);
    const { omitted: _, ...silent } = fitReport(base, reportTotals(state), newest);
    const wrong = { ok: false, code: "totals-mismatch" };
    expect(compareTotals(silent, state)).toEqual(wrong);
    expect(compareTotals({ ...silent, omitted: 49 }, state)).toEqual(wrong);
    expect(compareTotals({ totals: silent.totals.slice(1), omitted: 50 }, state)).toEqual(wrong);
    expect(compareTotals({ totals: silent.totals.slice(1), omitted: 51 }, state)).toEqual({ ok: true });
    const [first, ...rest] = silent.totals;
    const raised = [{ ...first!, purchased: "7" }, ...rest];
    expect(compareTotals({ totals: raised, omitted: 50 }, state)).toEqual(wrong);
    expect(compareTotals({ totals: [...silent.totals, { ...first!, c: hash("none") }], omitted: 50 }, state)).toEqual(
      wrong,
    );
  });
});
