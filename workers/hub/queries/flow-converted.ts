/**
 * The movements of a period in another currency (docs/flows.md §5). Transfers of one day between the same accounts and
 * for the same reason are one sum, converted once at that day's rate; what undoes a transfer has the rate of what it
 * undoes. Read by the index (currency, on_day).
 */
import { type CodeSums, addToCodes } from "../../../shared/capital/sums.ts";
import { type Conversion } from "../../../shared/flows/derive.ts";
import { type LinkedAward, type RawLink, linksOf } from "../../../shared/flows/link.ts";
import { type PublishedDay, ratesByDay } from "../../../shared/money/rate-days.ts";
import { minorFactor, roundHalfEven } from "../../../shared/money/rates.ts";
import type { Flows } from "../../../shared/protocol/api/capital.ts";
import type { Transfer, Use } from "../../../shared/protocol/fund.ts";
import { Refused } from "../../lib/problem.ts";
import { MAX_CONVERTED_ROWS, MAX_CONVERTED_TRANSFERS } from "../limits.ts";
import { publishedDay, ratesQuery, refuseUnquoted } from "./rates.ts";

interface ConvertedPeriod extends Conversion {
  codes: CodeSums;
  /** after the picture was made: which days' rates it took */
  used: () => Flows["conversion"];
}

interface DaySum {
  rate_on: string;
  from_path: string;
  to_path: string;
  code: Transfer["code"];
  regranted: number;
  is_reversal: number;
  fund: string | null;
  use: Use | null;
  amount: string;
}

const DAY_SUMS_SQL = `SELECT coalesce(undone.on_day, moved.on_day) AS rate_on, moved.from_path, moved.to_path, moved.code,
    moved.regranted, moved.reverses IS NOT NULL AS is_reversal, award.fund, award.data ->> '$.event.use' AS use,
    CAST(sum(moved.amount) AS TEXT) AS amount
  FROM transfer AS moved LEFT JOIN transfer AS undone ON undone.seq = moved.reverses
  LEFT JOIN award ON award.id = moved.award
  WHERE moved.currency = ?1 AND moved.on_day BETWEEN ?2 AND ?3
  GROUP BY rate_on, moved.from_path, moved.to_path, moved.code, moved.regranted, is_reversal, award.fund, use
  LIMIT ${MAX_CONVERTED_ROWS + 1}`;

export async function convertedPeriod(
  db: D1Database,
  asked: { currency: string; convert: string; from: string; to: string },
): Promise<ConvertedPeriod> {
  const { currency, convert, from, to } = asked;
  // By the index alone, and no further than that: a refusal must be cheap.
  const transfers = await db
    .prepare("SELECT count(*) AS n FROM (SELECT 1 FROM transfer WHERE currency = ? AND on_day BETWEEN ? AND ? LIMIT ?)")
    .bind(currency, from, to, MAX_CONVERTED_TRANSFERS + 1)
    .first<number>("n");
  if ((transfers ?? 0) > MAX_CONVERTED_TRANSFERS) throw new Refused("period-too-large");
  const { results: sums } = await db.prepare(DAY_SUMS_SQL).bind(currency, from, to).all<DaySum>();
  if (sums.length > MAX_CONVERTED_ROWS) throw new Refused("period-too-large");
  const eve = dayBefore(from);
  const first = sums.reduce((day, { rate_on }) => (rate_on < day ? rate_on : day), eve);
  const { results: days } = await ratesQuery(db, first, to).all<Parameters<typeof publishedDay>[0]>();
  const rates = dayRates(days.map(publishedDay), currency, convert);
  const period: RawLink[] = [];
  const codes: CodeSums = new Map();
  for (const sum of sums) {
    const transfer = transferOf(sum, currency, rates.at(sum.rate_on, BigInt(sum.amount)));
    const award: LinkedAward | undefined =
      sum.fund === null || sum.use === null ? undefined : { fund: sum.fund, use: sum.use };
    period.push(...linksOf(transfer, award));
    addToCodes(codes, transfer);
  }
  return {
    period,
    codes,
    atOpening: (minor) => rates.at(eve, minor),
    atClosing: (minor) => rates.at(to, minor),
    used: () => rates.used(),
  };
}

function transferOf(sum: DaySum, currency: string, amount: bigint): Transfer {
  return {
    event: 0,
    currency,
    from: sum.from_path,
    to: sum.to_path,
    amount_minor: String(amount),
    code: sum.code,
    on: sum.rate_on,
    ...(sum.regranted === 1 && { regranted: true as const }),
    ...(sum.is_reversal === 1 && { reverses: 0 }),
  };
}

/** Converts at the rates of a day, read once a day, and remembers which were used. */
function dayRates(published: readonly PublishedDay[], currency: string, target: string) {
  const byDay = ratesByDay(published);
  const used = new Map<string, PublishedDay>();
  const factors = new Map<string, { over: bigint; under: bigint }>();
  function factorOn(day: string): { over: bigint; under: bigint } {
    const found = byDay(day);
    if (!found.ok) throw new Refused(found.error, { detail: day });
    const rates = found.value;
    const factor = minorFactor(currency, target, rates);
    if (factor === null) {
      refuseUnquoted(rates, currency);
      refuseUnquoted(rates, target);
      throw new Refused("currency-unknown", { detail: `${currency} to ${target}` });
    }
    used.set(rates.date, rates);
    factors.set(day, factor);
    return factor;
  }
  return {
    at(day: string, minor: bigint): bigint {
      const { over, under } = factors.get(day) ?? factorOn(day);
      return roundHalfEven(minor * over, under);
    },
    used(): Flows["conversion"] {
      const days = [...used.keys()].toSorted();
      const [first] = days;
      const last = days.at(-1);
      if (first === undefined || last === undefined) return null;
      const source = [...new Set([...used.values()].map((day) => day.source))].join(", ");
      return {
        of: currency,
        source,
        first_rate: first,
        last_rate: last,
        days: days.length,
        note: "for information only",
      };
    },
  };
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
