/**
 * Moves on what suppliers are shown (docs/signals.md §3), a few campaigns at a time, those that were not looked at for
 * longest first: all reads are one transaction at one log size, all writes of a portion one batch. Of two runs that
 * overlap the later one fails as a whole and is repeated by the next.
 */
import { demandByRegion } from "../../../shared/signals/demand.ts";
import type { Fulfilment } from "../../../shared/signals/likely.ts";
import { smallestGroup } from "../../../shared/signals/recount.ts";
import { advanceRelease, noRelease } from "../../../shared/signals/release.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";
import type { CampaignHistory, ShownCell } from "../../../shared/protocol/api/signals.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import { isoTime } from "../../../shared/time.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import type { Hub } from "../hub.ts";
import { SIGNAL_CAMPAIGNS, SIGNAL_PARTS } from "../limits.ts";
import { type SignalState, everywhere, regionCells, signalStateOf, signalStateText } from "../signal-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";

const SECONDS_PER_DAY = 86_400;

/** What makes a campaign worth another look: its numbers and its end; a new month as long as it is open. */
const SEEN = "campaign.sums || campaign.ended || coalesce(campaign.closing ->> '$.leaf', '')";
/** Scans the campaigns, of which a hub has as many as it can look after. The month is the log's, not this clock's. */
const DUE = `SELECT campaign.*, ${SEEN} AS seen_now, r.size AS release_size, r.data AS release_data, r.month AS release_month,
  r.regions, r.since,
  strftime('%Y-%m', network.log_time, 'unixepoch') AS month_now
  FROM campaign JOIN network ON network.id = 1 LEFT JOIN signal_release AS r ON r.campaign = campaign.id
  WHERE r.campaign IS NULL OR r.seen <> ${SEEN} OR (campaign.ended = 0 AND r.month <> strftime('%Y-%m', network.log_time, 'unixepoch'))
  ORDER BY r.size, campaign.idx LIMIT ?1`;
const DUE_SQL = `SELECT due.*, CASE WHEN json_valid(product.data) THEN product.data ->> '$.categories[0]' END AS category
  FROM (${DUE}) AS due LEFT JOIN product ON product.id = CAST(due.terms ->> '$.product.gtin' AS INTEGER)`;
/** The parts of the same campaigns: a scan of the counted reports. */
const PARTS_SQL = `SELECT part.value ->> '$.c' AS campaign, community.counted ->> '$.profile.region' AS region, community.fresh, part.value AS totals
  FROM community, json_each(community.counted, '$.totals') AS part
  WHERE status = 'admitted' AND counted IS NOT NULL AND part.value ->> '$.c' IN (SELECT id FROM (${DUE}))`;
/** In two halves, because a sum of 18-digit numbers does not fit an integer of SQLite. */
const BILLION = 1_000_000_000;
const half = (value: string, sign: "/" | "%"): string => `sum(${value} ${sign} ${String(BILLION)})`;
const LOCKED = "CAST(part.value ->> '$.locked' AS INTEGER)";
const FULFILLED = `min(${LOCKED}, CAST(part.value ->> '$.purchased' AS INTEGER))`;
const FULFILMENT_SQL = `SELECT ${half(LOCKED, "/")} AS locked_high, ${half(LOCKED, "%")} AS locked_low,
  ${half(FULFILLED, "/")} AS fulfilled_high, ${half(FULFILLED, "%")} AS fulfilled_low, sum(part.value ->> '$.pledges') AS accounts
  FROM community, json_each(community.counted, '$.totals') AS part
  WHERE status = 'admitted' AND counted IS NOT NULL AND part.value ->> '$.locked' <> '0'
  AND part.value ->> '$.c' IN (SELECT id FROM campaign WHERE closing ->> '$.outcome' = 'locked')`;

interface DueRow extends CampaignRow {
  seen_now: string;
  release_size: number | null;
  release_data: string | null;
  release_month: string | null;
  regions: string | null;
  since: string | null;
  month_now: string;
  category: string | null;
}

interface PartRow {
  campaign: string;
  region: string;
  fresh: number;
  totals: string;
}

type FulfilmentRow = Record<
  "locked_high" | "locked_low" | "fulfilled_high" | "fulfilled_low" | "accounts",
  number | null
>;

/** One portion. */
export async function writeSignals(hub: Hub): Promise<void> {
  const { db } = hub;
  const communities = await db
    .prepare(`SELECT (SELECT count(*) FROM community) AS communities FROM (${DUE})`)
    .bind(1)
    .first<number>("communities");
  if (communities === null) return;
  const most = Math.min(SIGNAL_CAMPAIGNS, Math.max(1, Math.floor(SIGNAL_PARTS / Math.max(1, communities))));
  const [heads, networks, due, parts, fulfilments] = await db.batch([
    headQuery(db),
    db.prepare("SELECT log_time, policy FROM network WHERE id = 1"),
    db.prepare(DUE_SQL).bind(most),
    db.prepare(PARTS_SQL).bind(most),
    db.prepare(FULFILMENT_SQL),
  ]);
  const rows = rowsOf<DueRow>(due);
  const network = rowsOf<{ log_time: number; policy: string }>(networks)[0];
  if (rows.length === 0 || network === undefined) return;
  const { size } = headOf(heads?.results ?? []);
  const policy = JSON.parse(network.policy) as NetworkState["policy"];
  const looked: Look = {
    size,
    k: smallestGroup(policy),
    logTime: network.log_time,
    fulfilment: fulfilmentOf(rowsOf<FulfilmentRow>(fulfilments)[0]),
  };
  const all = rowsOf<PartRow>(parts);
  const portion = rows.map((row) =>
    lookAt(
      row,
      all.filter(({ campaign }) => campaign === row.id),
      looked,
    ),
  );
  try {
    await db.batch(writes(db, portion, looked));
  } catch (error) {
    if (!isOvertaken(error)) throw error;
  }
}

interface Look {
  size: number;
  k: number;
  logTime: number;
  fulfilment: Fulfilment;
}

interface Looked {
  row: DueRow;
  gtin: string | null;
  /** JSON */
  regions: string;
  state: SignalState;
  /** JSON of the month's cells, where they are to be written */
  cells: string | null;
  /** JSON of the day's point, where there is a new one */
  point: string | null;
}

function lookAt(row: DueRow, rows: readonly PartRow[], { size, k, logTime, fulfilment }: Look): Looked {
  const { terms, ended } = campaignOf(row);
  const before = row.release_data === null ? null : signalStateOf(row.release_data);
  const bands = terms.bands_minor.length;
  const parts = rows.map(({ region, fresh, totals }) => ({
    region,
    fresh: fresh === 1,
    totals: JSON.parse(totals) as CampaignTotals,
  }));
  const shown = before?.release ?? noRelease();
  const rules = { k, bands, max_qty: BigInt(terms.max_qty) };
  const release = advanceRelease(shown, demandByRegion(parts, { bands, ended }), rules, size);
  const isChanged = release !== shown;
  const state = isChanged || before === null ? { release, fulfilment } : before;
  const cells = regionCells(state, terms.bands_minor);
  const known = JSON.parse(row.regions ?? "[]") as string[];
  const isNewMonth = row.release_month !== row.month_now && cells.length > 0;
  return {
    row,
    gtin: terms.product.gtin,
    regions: JSON.stringify([...new Set([...known, ...cells.map(({ region }) => region)])].toSorted()),
    state,
    cells: isChanged || isNewMonth ? JSON.stringify(cells) : null,
    point: isChanged ? JSON.stringify(pointOf(everywhere(cells), isoTime(logTime).slice(0, 10), size)) : null,
  };
}

/** A day on which nothing is shown any more says so: it is a point of its own. */
function pointOf(shown: ShownCell | null, date: string, size: number): CampaignHistory["points"][number] {
  return {
    date,
    size: shown?.size ?? size,
    accounts: shown?.accounts ?? 0,
    communities: shown?.communities ?? 0,
    interest: shown?.interest ?? null,
    pledged: shown?.pledged ?? "0",
    committed: shown?.committed ?? "0",
    purchased: shown?.purchased ?? null,
  };
}

/** `size` stays null, and is refused, where another run has been here since this one read. */
const RELEASE_SQL = `INSERT INTO signal_release (campaign, size, seen, month, gtin, category, regions, since, data)
  SELECT value ->> 0, CASE WHEN (SELECT size FROM signal_release WHERE campaign = value ->> 0) IS (value ->> 1) THEN value ->> 2 END,
    value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each(?) WHERE true
  ON CONFLICT (campaign) DO UPDATE SET size = excluded.size, seen = excluded.seen, month = excluded.month,
    gtin = excluded.gtin, category = excluded.category, regions = excluded.regions, since = excluded.since, data = excluded.data`;
const MONTH_SQL = `INSERT INTO signal_month (month, campaign, data) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
  WHERE true ON CONFLICT (month, campaign) DO UPDATE SET data = excluded.data`;
const DAY_SQL = `INSERT INTO campaign_day (campaign, day, point) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
  WHERE true ON CONFLICT (campaign, day) DO UPDATE SET point = excluded.point`;

function writes(db: D1Database, portion: readonly Looked[], { size, logTime }: Look): D1PreparedStatement[] {
  const day = Math.floor(logTime / SECONDS_PER_DAY);
  const releases = portion.map(({ row, gtin, regions, cells, state }) => [
    row.id,
    row.release_size,
    size,
    row.seen_now,
    row.month_now,
    gtin,
    row.category,
    regions,
    row.since ?? (cells === null ? null : row.month_now),
    signalStateText(state),
  ]);
  const months = portion.flatMap(({ row, cells }) => (cells === null ? [] : [[row.month_now, row.id, cells]]));
  const days = portion.flatMap(({ row, point }) => (point === null ? [] : [[row.id, day, point]]));
  return [
    db.prepare(RELEASE_SQL).bind(jsonParameter(releases)),
    db.prepare(MONTH_SQL).bind(jsonParameter(months)),
    db.prepare(DAY_SQL).bind(jsonParameter(days)),
  ];
}

function fulfilmentOf(row: FulfilmentRow | undefined): Fulfilment {
  const whole = (high: number | null | undefined, low: number | null | undefined): bigint =>
    BigInt(high ?? 0) * BigInt(BILLION) + BigInt(low ?? 0);
  return {
    locked: whole(row?.locked_high, row?.locked_low),
    fulfilled: whole(row?.fulfilled_high, row?.fulfilled_low),
    accounts: row?.accounts ?? 0,
  };
}

function isOvertaken(error: unknown): boolean {
  return error instanceof Error && /NOT NULL constraint failed: signal_release\.size/.test(error.message);
}
