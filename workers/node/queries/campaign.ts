/** Campaigns as members and stewards see them: the hub's terms, this community's numbers, the network's. */
import { stagesOf } from "../../../shared/book/totals.ts";
import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import { drawnBands } from "../../../shared/signals/bands.ts";
import { isoTime } from "../time.ts";
import { tallyOrEmpty, type TallyRow } from "./tally.ts";

/** More than this many campaigns a community has not adopted are not offered at once. */
const LISTED = 100;

interface Row extends Record<keyof TallyRow, string | null> {
  id: string;
  hub: string;
  hub_url: string;
  name: string;
  text: string;
  product: string;
  unit: string;
  currency: string;
  reference_price_minor: string;
  bands_minor: string;
  max_qty: string;
  goal_qty: string;
  closes: number;
  close_leaf: string | null;
  close_outcome: "locked" | "released" | null;
  close_band: number | null;
  close_reason: string | null;
  closed_at: number | null;
  network: string | null;
  adopted_at: number | null;
}

const SELECT = `SELECT c.id, c.hub, h.url AS hub_url, c.name, c.text, c.product, c.unit, c.currency,
    c.reference_price_minor, c.bands_minor, c.max_qty, c.goal_qty, c.closes, c.close_leaf, c.close_outcome, c.close_band,
    c.close_reason, c.closed_at, c.network, c.adopted_at, t.units, t.chains, t.interest, t.purchased, t.locked, t.ended
  FROM campaign c JOIN hub h ON h.origin = c.hub LEFT JOIN tally t ON t.campaign = c.id`;

/** Scans the campaigns of this community's hubs: tens of rows. */
export function adoptedQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(`${SELECT} WHERE c.adopted_at IS NOT NULL ORDER BY c.closes DESC LIMIT ${String(LISTED)}`);
}

/** Everything a hub offers, open ones first. */
export function offeredQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(`${SELECT} ORDER BY c.close_leaf IS NOT NULL, c.closes LIMIT ${String(LISTED)}`);
}

export function campaignQuery(db: D1Database, id: string): D1PreparedStatement {
  return db.prepare(`${SELECT} WHERE c.id = ?`).bind(id);
}

export function campaignsOf(rows: readonly unknown[], now: number): NodeCampaign[] {
  return (rows as Row[]).map((row) => campaignOf(row, now));
}

function campaignOf(row: Row, now: number): NodeCampaign {
  const bands = JSON.parse(row.bands_minor) as string[];
  const tally = tallyOrEmpty(row, bands.length);
  const stages = stagesOf(tally);
  const open = stages.pledged.map((units, band) => units + (stages.committed[band] ?? 0n));
  const { close_outcome: outcome, close_reason: reason, closed_at: closedAt } = row;
  return {
    id: row.id,
    hub: row.hub,
    hub_url: row.hub_url,
    name: row.name,
    text: row.text,
    product: JSON.parse(row.product) as NodeCampaign["product"],
    unit: row.unit,
    currency: row.currency,
    reference_price_minor: row.reference_price_minor,
    bands_minor: bands,
    max_qty: row.max_qty,
    goal_qty: row.goal_qty,
    closes: isoTime(row.closes),
    state: outcome ?? (now >= row.closes ? "ended" : "open"),
    closing: reason === null || closedAt === null ? null : { reason, band: row.close_band, at: isoTime(closedAt) },
    adopted: row.adopted_at !== null,
    here: {
      pledges: stages.pledges,
      interest: String(stages.interest),
      pledged: sum(stages.pledged),
      committed: sum(stages.committed),
      purchased: String(stages.purchased),
      units_by_band: drawnBands(open, tally.chains, SMALLEST_K)?.map(String) ?? null,
    },
    network: row.network === null ? null : (JSON.parse(row.network) as NodeCampaign["network"]),
  };
}

function sum(units: readonly bigint[]): string {
  return String(units.reduce((total, one) => total + one, 0n));
}
