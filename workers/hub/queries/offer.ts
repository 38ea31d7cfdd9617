/** Offers for the public pages and the file, each with what the open demand reaches of it now. */
import type { Campaign } from "../../../shared/network/state.ts";
import type { OfferPage, OfferState, OfferView } from "../../../shared/protocol/api/supplier.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { kOfPolicy } from "../../../shared/protocol/smallest-k.ts";
import { drawnDemand } from "../../../shared/signals/bands.ts";
import { reachedTier } from "../../../shared/targeting/ask.ts";
import { isoTime } from "../../../shared/time.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import type { OfferRow } from "../offer-rows.ts";
import { campaignOf } from "../view-rows.ts";
import { type CampaignWithK, LOGGED_K, logRefOf } from "./campaign.ts";

type OfferLine = OfferRow & { leaf: string };

export interface OfferFilter {
  campaign?: string | undefined;
  supplier?: string | undefined;
  state?: OfferState | undefined;
}

/** How many results of a batch are those of `offerReads`. */
export const OFFER_READS = 2;

/**
 * Newest first, by the index on campaign, supplier or ending. What stands is walked by its end, latest first: then what has
 * expired lies on one side of now, and nobody reads through the other (the partial indexes `offer_standing…`).
 */
export function offerReads(
  db: D1Database,
  { campaign, supplier, state }: OfferFilter,
  page: { before: number | null; limit: number; nowS: number },
): D1PreparedStatement[] {
  const values: unknown[] = [];
  const parts: string[] = [];
  const add = (sql: string, ...more: unknown[]): void => {
    parts.push(sql);
    values.push(...more);
  };
  if (campaign !== undefined) add("campaign = ?", campaign);
  if (supplier !== undefined) add("supplier = ?", supplier);
  const stands = state === "valid" || state === "expired";
  if (stands) add(`ended IS NULL AND valid_until ${state === "valid" ? ">=" : "<"} ?`, page.nowS);
  else if (state !== undefined) add("ended = ?", state);
  if (page.before !== null && stands)
    add("(valid_until, idx) < ((SELECT valid_until FROM offer WHERE idx = ?), ?)", page.before, page.before);
  else if (page.before !== null) add("idx < ?", page.before);
  const order = stands ? "valid_until DESC, offer.idx DESC" : "offer.idx DESC";
  const where = parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`;
  // The planner would rather take all that stands together, whatever its end.
  const by = campaign !== undefined ? "_campaign" : supplier !== undefined ? "_supplier" : "";
  const some = `FROM offer ${stands ? `INDEXED BY offer_standing${by}` : ""} ${where} ORDER BY ${order} LIMIT ?`;
  return [
    `SELECT offer.*, e.leaf FROM (SELECT * ${some}) AS offer JOIN log_entry AS e ON e.idx = offer.idx ORDER BY ${order}`,
    `SELECT *, ${LOGGED_K} FROM campaign WHERE id IN (SELECT campaign FROM (SELECT campaign ${some}))`,
  ].map((sql) => db.prepare(sql).bind(...values, page.limit));
}

/** What `offerReads` found, in its order. */
export function offersOf([offers, campaigns]: readonly D1Result[], nowS: number): OfferView[] {
  const byId = new Map(
    rowsOf<CampaignWithK>(campaigns).map((row) => [row.id, { ...campaignOf(row), k: kOfPolicy(row.k) }]),
  );
  return rowsOf<OfferLine>(offers).flatMap((line) => {
    const campaign = byId.get(line.campaign);
    return campaign === undefined ? [] : [offerView(line, campaign, nowS)];
  });
}

export async function offerPageOf(
  db: D1Database,
  log: string,
  filter: OfferFilter,
  page: { before: number | null; limit: number; nowS: number },
): Promise<OfferPage> {
  const [heads, ...results] = await db.batch([
    headQuery(db),
    ...offerReads(db, filter, { ...page, limit: page.limit + 1 }),
  ]);
  const found = offersOf(results, page.nowS);
  const shown = found.slice(0, page.limit);
  return {
    offers: shown,
    next: found.length > page.limit ? String(shown.at(-1)?.entry.index ?? "") : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

function offerView(line: OfferLine, campaign: Campaign & { k: number }, nowS: number): OfferView {
  const claims = JSON.parse(line.data) as Claims<"offer+jwt">;
  const { terms, ended } = campaign;
  const { supplier, by, currency, tiers, max_qty, regions, conditions } = claims;
  // Demand is known for the whole campaign: what of it lies in an offer's regions is not said here.
  const isComparable = !ended && regions.length === 0;
  const demand = isComparable ? drawnDemand(campaign, campaign.k) : null;
  const reached = demand === null ? null : reachedTier(demand, tiers);
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
