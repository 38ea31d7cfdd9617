/**
 * Suppliers' signals for the public pages: cells by month as they were written, newest first, demand that is paid for,
 * and what can be asked for. Five queries; rows read are bounded by the windows below, whatever is filtered.
 */
import { EVERYWHERE } from "../../../shared/signals/cells.ts";
import type { FundedDemand, RegionCell, SignalCell, Signals } from "../../../shared/protocol/api/signals.ts";
import type { CampaignTerms } from "../../../shared/protocol/statement.ts";
import { isoTime } from "../../../shared/time.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { type AwardRow, awardOf, capitalRowOf } from "../capital-rows.ts";
import { logRefOf } from "./campaign.ts";
import { kOf, policyQuery } from "./demand-curve.ts";

export interface SignalFilter {
  category?: string | undefined;
  /** GTIN */
  product?: string | undefined;
  region?: string | undefined;
  month?: string | undefined;
  campaign?: string | undefined;
}

/** Campaigns by month that one page looks at to find those of a category or product; three rows each. */
const WINDOW = 100;
const MAX_FACETS = 100;
const MAX_FUNDED = 20;

interface MonthRow {
  month: string;
  campaign: string;
  category: string | null;
  /** null: not what was asked for */
  data: string | null;
  terms: string | null;
}

/** The cursor is the month and campaign of the last row that was looked at. */
export async function signalsOf(
  db: D1Database,
  log: string,
  filter: SignalFilter,
  page: { after: string; limit: number },
): Promise<Signals> {
  const isSought = filter.category !== undefined || filter.product !== undefined;
  const window = isSought ? Math.max(WINDOW, page.limit + 1) : page.limit + 1;
  const [heads, rows, funded, facets, networks] = await db.batch([
    headQuery(db),
    monthsQuery(db, filter, page.after, window),
    fundedQuery(db, filter),
    db.prepare("SELECT category, regions, since, month FROM signal_release LIMIT ?").bind(MAX_FACETS),
    policyQuery(db),
  ]);
  const found = rowsOf<MonthRow>(rows);
  const { shown, next } = pageOf(found, page.limit, window);
  return {
    k: kOf(networks),
    cells: shown.flatMap((row) => signalCells(row, filter.region)),
    funded: rowsOf<FundedRow>(funded).map((row) => fundedDemand(row, needsOf(networks))),
    facets: facetsOf(rowsOf<FacetRow>(facets)),
    next,
    log: logRefOf(log, heads?.results ?? []),
  };
}

/** Newest first, by the primary key, or of one campaign by its index. */
function monthsQuery(
  db: D1Database,
  { category, product, month, campaign }: SignalFilter,
  after: string,
  window: number,
): D1PreparedStatement {
  const [afterMonth = "", afterCampaign = ""] = after.split("~");
  const cursor = after === "" ? ["9999-99", "~"] : [afterMonth, afterCampaign];
  const parts = ["(month, campaign) < (?3, ?4)"];
  const values = [];
  if (month !== undefined) values.push(month);
  if (month !== undefined) parts.push(`month = ?${String(5 + values.length)}`);
  if (campaign !== undefined) values.push(campaign);
  if (campaign !== undefined) parts.push(`campaign = ?${String(5 + values.length)}`);
  return db
    .prepare(
      `SELECT m.month, m.campaign, r.category, campaign.terms, CASE WHEN campaign.id IS NOT NULL THEN m.data END AS data
       FROM (SELECT * FROM signal_month WHERE ${parts.join(" AND ")} ORDER BY month DESC, campaign DESC LIMIT ?5) AS m
       JOIN signal_release AS r ON r.campaign = m.campaign
       LEFT JOIN campaign ON campaign.id = m.campaign AND (?1 IS NULL OR r.category = ?1) AND (?2 IS NULL OR r.gtin = ?2)
       ORDER BY m.month DESC, m.campaign DESC`,
    )
    .bind(category ?? null, product ?? null, ...cursor, window, ...values);
}

/** Up to `limit` rows that were asked for; a window that ended before goes on after its last row. */
function pageOf(found: readonly MonthRow[], limit: number, window: number): { shown: MonthRow[]; next: string | null } {
  const shown: MonthRow[] = [];
  let last: MonthRow | undefined;
  for (const row of found) {
    if (shown.length === limit) return { shown, next: cursorOf(last) };
    if (row.data !== null) shown.push(row);
    last = row;
  }
  return { shown, next: found.length === window ? cursorOf(last) : null };
}

function cursorOf(row: MonthRow | undefined): string | null {
  return row === undefined ? null : `${row.month}~${row.campaign}`;
}

function signalCells({ month, campaign, category, data, terms }: MonthRow, region: string | undefined): SignalCell[] {
  if (data === null || terms === null) return [];
  const { name, unit, currency, product, ...rest } = JSON.parse(terms) as CampaignTerms;
  const { reference_price_minor, max_qty, goal_qty, closes } = rest;
  const conditions = { reference_price_minor, max_qty, goal_qty, closes: isoTime(closes) };
  return (JSON.parse(data) as RegionCell[])
    .filter((cell) => region === undefined || cell.region === region)
    .map((cell) => ({
      campaign: { id: campaign, name, unit },
      product,
      category,
      month,
      currency,
      terms: conditions,
      ...cell,
    }));
}

interface FacetRow {
  category: string | null;
  regions: string;
  since: string | null;
  month: string;
}

function facetsOf(rows: readonly FacetRow[]): Signals["facets"] {
  const categories = new Set(rows.flatMap(({ category }) => category ?? []));
  const regions = new Set(rows.flatMap((row) => JSON.parse(row.regions) as string[]));
  const first = rows.flatMap(({ since }) => since ?? []).toSorted()[0];
  const last = rows
    .map(({ month }) => month)
    .toSorted()
    .at(-1);
  return {
    categories: [...categories].toSorted(),
    regions: [...regions].toSorted(),
    months: first === undefined || last === undefined ? [] : monthsBetween(first, last),
  };
}

/** Newest first. */
function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  const number = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  for (let at = number(last); at >= number(first); at -= 1) {
    months.push(`${String(Math.floor(at / 12))}-${String((at % 12) + 1).padStart(2, "0")}`);
  }
  return months;
}

interface FundedRow extends AwardRow {
  terms: string;
  cells: string | null;
}

/** By the index on state; the campaign's newest cells by primary key. */
function fundedQuery(db: D1Database, { category, product, campaign }: SignalFilter): D1PreparedStatement {
  return db
    .prepare(
      `SELECT award.*, campaign.terms, m.data AS cells
       FROM award JOIN campaign ON campaign.id = award.campaign
       LEFT JOIN signal_release AS r ON r.campaign = award.campaign
       LEFT JOIN signal_month AS m ON m.month = r.month AND m.campaign = r.campaign
       WHERE award.state IN ('reserved', 'payable', 'active') AND award.instrument = 'price_subsidy'
         AND (?1 IS NULL OR award.campaign = ?1) AND (?2 IS NULL OR r.category = ?2) AND (?3 IS NULL OR r.gtin = ?3)
       ORDER BY award.decided_on DESC, award.id LIMIT ?4`,
    )
    .bind(campaign ?? null, category ?? null, product ?? null, MAX_FUNDED);
}

type Needs = ReturnType<typeof capitalRowOf>["needs"];

function needsOf(result: D1Result | undefined): Needs {
  return capitalRowOf(rowsOf<{ capital: string | null }>(result)[0]?.capital ?? null).needs;
}

function fundedDemand(row: FundedRow, needs: Needs): FundedDemand {
  const { event, payable } = awardOf(row);
  const { name, unit, currency, reference_price_minor } = JSON.parse(row.terms) as CampaignTerms;
  const per = BigInt(event.subsidy?.per_unit_minor ?? "0");
  const most = BigInt(event.subsidy?.max_units ?? "0");
  const price = BigInt(needs.get(event.campaign ?? "")?.expected_price_minor ?? reference_price_minor);
  const buyer = price > per ? price - per : 0n;
  const cells = row.cells === null ? [] : (JSON.parse(row.cells) as RegionCell[]);
  const curve = cells.find(({ region }) => region === EVERYWHERE)?.shown?.curve;
  // What is shown at the next price that is not below the buyer's: never more than would be bought.
  const units = curve?.find(({ price_minor }) => BigInt(price_minor) >= buyer)?.units ?? "0";
  return {
    award: event.id,
    campaign: { id: event.campaign ?? "", name, unit },
    currency,
    buyer_price_minor: String(buyer),
    subsidy_per_unit_minor: String(per),
    max_units: String(most),
    units: curve === undefined ? null : String(BigInt(units) < most ? BigInt(units) : most),
    state: payable > 0n ? "payable" : "reserved",
  };
}
