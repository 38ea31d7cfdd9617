/** All money of the hub at a glance, its stages over time, and what was lent: sums of transfers by code. */
import { fundingOf } from "../../../shared/network/summary.ts";
import { type CodeSums, stagesOf } from "../../../shared/capital/sums.ts";
import { decimalOf } from "../../../shared/money/fraction.ts";
import { convertSum } from "../../../shared/money/rates.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { FundingOverview, LoanBook, StageSeries } from "../../../shared/protocol/api/capital.ts";
import type { MoneyStages } from "../../../shared/protocol/api/money.ts";
import type { TransferCode } from "../../../shared/protocol/fund.ts";
import { headQuery } from "../../lib/log-store.ts";
import { awardOf } from "../capital-rows.ts";
import { capitalOf } from "../view-rows.ts";
import { AWARD_SQL, type AwardLine, awardView, scheduleOf } from "./award.ts";
import { logRefOf } from "./campaign.ts";

const COUNTS_SQL = `SELECT (SELECT count(*) FROM fund) AS funds, (SELECT sum(data ->> '$.awards') FROM fund) AS awards,
  (SELECT count(*) FROM funder) AS funders`;
const YEARS_SQL = `SELECT currency, min(data ->> '$.first_on') AS first_on, max(data ->> '$.last_on') AS last_on
  FROM fund WHERE data ->> '$.first_on' IS NOT NULL GROUP BY currency ORDER BY currency`;

export async function fundingOverviewOf(db: D1Database, log: string): Promise<FundingOverview> {
  const [heads, networks, counts, years] = await db.batch([
    headQuery(db),
    db.prepare("SELECT capital, rates, policy FROM network WHERE id = 1"),
    db.prepare(COUNTS_SQL),
    db.prepare(YEARS_SQL),
  ]);
  const network = networks?.results[0] as
    | { capital: string | null; rates: string | null; policy: string | null }
    | undefined;
  const capital = capitalOf(network?.capital ?? null);
  const currencies = capital === null ? [] : fundingOf(capital);
  const count = counts?.results[0] as { funds: number; awards: number | null; funders: number } | undefined;
  return {
    currencies,
    converted: convertedOf(currencies, network),
    funds: count?.funds ?? 0,
    awards: count?.awards ?? 0,
    funders: count?.funders ?? 0,
    transfers: capital?.transfers ?? 0,
    chain: capital?.chain ?? null,
    years: ((years?.results ?? []) as { currency: string; first_on: string; last_on: string }[]).flatMap(yearsOf),
    log: logRefOf(log, heads?.results ?? []),
  };
}

function yearsOf({ currency, first_on, last_on }: { currency: string; first_on: string; last_on: string }) {
  const first = Number(first_on.slice(0, 4));
  const last = Number(last_on.slice(0, 4));
  return Array.from({ length: last - first + 1 }, (_, at) => ({ year: first + at, currency }));
}

/** Sums over currencies at the newest logged rates, each rounded once; a currency without a rate is left out and named. */
function convertedOf(
  currencies: readonly MoneyStages[],
  network: { rates: string | null; policy: string | null } | undefined,
): FundingOverview["converted"] {
  if (currencies.length === 0 || !network?.rates || !network.policy) return null;
  const { claims: rates } = JSON.parse(network.rates) as NonNullable<NetworkState["rates"]>;
  const { currency } = (JSON.parse(network.policy) as NonNullable<NetworkState["policy"]>).claims;
  const sum = (field: "received_minor" | "awarded_minor" | "disbursed_minor" | "available_minor") =>
    convertSum(new Map(currencies.map((stages) => [stages.currency, BigInt(stages[field])])), currency, rates);
  const received = sum("received_minor");
  return {
    currency,
    received_minor: String(received.minor),
    awarded_minor: String(sum("awarded_minor").minor),
    disbursed_minor: String(sum("disbursed_minor").minor),
    available_minor: String(sum("available_minor").minor),
    rates_date: rates.date,
    source: rates.source,
    missing: received.unconverted,
  };
}

/** One row a month; the stages are those at the end of each. */
export async function stageSeriesOf(
  db: D1Database,
  log: string,
  currency: string,
  resolution: "month" | "year",
): Promise<StageSeries> {
  const [heads, rows] = await db.batch([
    headQuery(db),
    db.prepare("SELECT month, codes FROM stage_month WHERE currency = ? ORDER BY month").bind(currency),
  ]);
  const sums: CodeSums = new Map();
  const points = new Map<string, { until: string; stages: MoneyStages }>();
  for (const { month, codes } of (rows?.results ?? []) as { month: string; codes: string }[]) {
    for (const [code, amount] of Object.entries(JSON.parse(codes) as Record<string, number>)) {
      const key = code as TransferCode;
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount));
    }
    const period = resolution === "year" ? month.slice(0, 4) : month;
    points.set(period, { until: lastDayOf(month), stages: stagesOf(currency, sums, { gross: false }) });
  }
  return { currency, resolution, points: [...points.values()], log: logRefOf(log, heads?.results ?? []) };
}

function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

const MAX_LOANS = 60;

/** By the partial index on what is invested. */
export async function loanBookOf(db: D1Database, log: string, currency: string, today: string): Promise<LoanBook> {
  const [heads, rows, networks] = await db.batch([
    headQuery(db),
    db
      .prepare(
        `${AWARD_SQL} WHERE award.currency = ? AND award.instrument IN ('loan', 'recoverable_grant', 'equity')
         ORDER BY award.decided_on DESC LIMIT ?`,
      )
      .bind(currency, MAX_LOANS),
    db.prepare("SELECT capital FROM network WHERE id = 1"),
  ]);
  const lines = (rows?.results ?? []) as AwardLine[];
  const awards = lines.map(awardOf);
  const total = (value: (award: (typeof awards)[number]) => bigint) =>
    String(awards.reduce((sum, award) => sum + value(award), 0n));
  const capital = capitalOf((networks?.results[0] as { capital: string | null } | undefined)?.capital ?? null);
  const stages = stagesOf(currency, capital?.by_currency.get(currency) ?? new Map(), { gross: false });
  const overdue = awards.flatMap((award) =>
    scheduleOf(award, award.event.schedule ?? [], today).filter(({ state }) => state === "overdue"),
  );
  return {
    currency,
    disbursed_minor: total(({ disbursed }) => disbursed),
    outstanding_minor: total(({ outstanding }) => outstanding),
    repaid_minor: total(({ repaid, sold_at_cost }) => repaid + sold_at_cost),
    interest_minor: total(({ interest }) => interest),
    overdue_minor: String(
      overdue.reduce(
        (sum, line) => sum + BigInt(line.principal_minor) + BigInt(line.interest_minor) - BigInt(line.paid_minor),
        0n,
      ),
    ),
    written_off_minor: total(({ written_off }) => written_off),
    converted_minor: total(({ converted }) => converted),
    recycling: recyclingOf(stages),
    awards: lines.map(awardView),
    log: logRefOf(log, heads?.results ?? []),
  };
}

/** (new money + what came back) ÷ new money, four places, half to even. */
function recyclingOf({ received_minor, recycled_minor }: MoneyStages): LoanBook["recycling"] {
  const under = BigInt(received_minor);
  if (under === 0n) return null;
  const over = under + BigInt(recycled_minor);
  return { over: String(over), under: String(under), decimal: decimalOf(over, under, 4) };
}
