/** Offers for the public pages and the file, newest first, each with what the open demand reaches of it now. */
import { demandAtPrices } from "../../../shared/network/numbers.ts";
import type { OfferPage, OfferState, OfferView } from "../../../shared/protocol/api/supplier.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { reachedTier } from "../../../shared/targeting/ask.ts";
import { isoTime } from "../../../shared/time.ts";
import { headQuery } from "../../lib/log-store.ts";
import type { OfferRow } from "../offer-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";

/** With its leaf, and its campaign's row under names of its own. */
export type OfferLine = OfferRow & { leaf: string; campaign_row: string };

export interface OfferFilter {
  campaign?: string | undefined;
  supplier?: string | undefined;
  state?: OfferState | undefined;
}

const CAMPAIGN_JSON = `json_object('id', c.id, 'idx', c.idx, 'closes', c.closes, 'ended', c.ended, 'terms', c.terms,
  'closing', c.closing, 'sums', c.sums, 'watches', NULL, 'offers', NULL)`;

/** By the index on campaign, supplier or ending, whichever is asked for, each in the order of the log. */
export function offerQuery(
  db: D1Database,
  { campaign, supplier, state }: OfferFilter,
  page: { before: number | null; limit: number; nowS: number },
): D1PreparedStatement {
  const values: unknown[] = [page.before ?? Number.MAX_SAFE_INTEGER];
  const parts = ["o.idx < ?"];
  const add = (sql: string, ...more: unknown[]): void => {
    parts.push(sql);
    values.push(...more);
  };
  if (campaign !== undefined) add("o.campaign = ?", campaign);
  if (supplier !== undefined) add("o.supplier = ?", supplier);
  if (state === "valid") add("o.ended IS NULL AND o.valid_until >= ?", page.nowS);
  else if (state === "expired") add("o.ended IS NULL AND o.valid_until < ?", page.nowS);
  else if (state !== undefined) add("o.ended = ?", state);
  return db
    .prepare(
      `SELECT o.*, e.leaf, ${CAMPAIGN_JSON} AS campaign_row
       FROM (SELECT * FROM offer AS o WHERE ${parts.join(" AND ")} ORDER BY o.idx DESC LIMIT ?) AS o
       JOIN log_entry AS e ON e.idx = o.idx JOIN campaign AS c ON c.id = o.campaign ORDER BY o.idx DESC`,
    )
    .bind(...values, page.limit);
}

export async function offerPageOf(
  db: D1Database,
  log: string,
  filter: OfferFilter,
  page: { before: number | null; limit: number; nowS: number },
): Promise<OfferPage> {
  const [heads, rows] = await db.batch([headQuery(db), offerQuery(db, filter, { ...page, limit: page.limit + 1 })]);
  const found = (rows?.results ?? []) as OfferLine[];
  const shown = found.slice(0, page.limit);
  return {
    offers: shown.map((line) => offerView(line, page.nowS)),
    next: found.length > page.limit ? String(shown.at(-1)?.idx ?? "") : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

export function offerView(line: OfferLine, nowS: number): OfferView {
  const claims = JSON.parse(line.data) as Claims<"offer+jwt">;
  const campaign = campaignOf(JSON.parse(line.campaign_row) as CampaignRow);
  const { terms, ended } = campaign;
  const { supplier, by, currency, tiers, max_qty, regions, conditions } = claims;
  // Demand is known for the whole campaign: what of it lies in an offer's regions is not said here.
  const isComparable = !ended && regions.length === 0;
  const reached = isComparable ? reachedTier(demandAtPrices(campaign), tiers) : null;
  return {
    offer: line.leaf,
    supplier,
    by,
    campaign: { id: campaign.id, name: terms.name, unit: terms.unit, ended },
    currency,
    tiers,
    max_qty,
    regions,
    conditions,
    made_at: isoTime(claims.iat),
    valid_until: isoTime(claims.valid_until),
    state: line.ended ?? (claims.valid_until >= nowS ? "valid" : "expired"),
    ended_index: line.ended_idx,
    reached: reached === null ? null : { tier: reached.tier, units: String(reached.units) },
    entry: { index: line.idx, leaf: line.leaf },
  };
}

/** By the unique index on leaves. */
export async function offerByLeaf(db: D1Database, leaf: string): Promise<OfferRow | null> {
  return await db
    .prepare("SELECT * FROM offer WHERE idx = (SELECT idx FROM log_entry WHERE leaf = ?)")
    .bind(leaf)
    .first<OfferRow>();
}
