/**
 * Offers in the materialised view: a row per `offer` entry, marked by the entry that replaced or ended it. Replay and
 * view make their rows with the same functions.
 */
import type { LogItem } from "../../shared/network/fold.ts";
import type { Claims } from "../../shared/protocol/statement.ts";
import { canonicalJson } from "../../shared/signing/canonical.ts";

export interface OfferRow {
  idx: number;
  supplier: string;
  campaign: string;
  /** Unix seconds */
  valid_until: number;
  ended: "replaced" | "withdrawn" | "ended" | null;
  ended_idx: number | null;
  data: string;
}

export function offerRow(idx: number, claims: Claims<"offer+jwt">): OfferRow {
  return {
    idx,
    supplier: claims.supplier.id,
    campaign: claims.campaign,
    valid_until: claims.valid_until,
    ended: null,
    ended_idx: null,
    data: canonicalJson(claims),
  };
}

/** Which earlier offer an entry takes away, and how. */
export function offerEndOf({ statement }: LogItem): { leaf: string; how: NonNullable<OfferRow["ended"]> } | null {
  const { kind, claims } = statement;
  if (kind === "offer+jwt") return claims.replaces === null ? null : { leaf: claims.replaces, how: "replaced" };
  if (kind !== "offer-end+jwt") return null;
  return { leaf: claims.offer, how: claims.by === "supplier" ? "withdrawn" : "ended" };
}

/** In the batch that appends the entries: an offer's index is found by its leaf. */
export function offerWrites(db: D1Database, item: LogItem): D1PreparedStatement[] {
  const { index, statement } = item;
  const statements: D1PreparedStatement[] = [];
  const end = offerEndOf(item);
  if (end !== null) {
    const sql = "UPDATE offer SET ended = ?, ended_idx = ? WHERE idx = (SELECT idx FROM log_entry WHERE leaf = ?)";
    statements.push(db.prepare(sql).bind(end.how, index, end.leaf));
  }
  if (statement.kind === "offer+jwt") {
    const row = offerRow(index, statement.claims);
    const sql = "INSERT INTO offer (idx, supplier, campaign, valid_until, data) VALUES (?, ?, ?, ?, ?)";
    statements.push(db.prepare(sql).bind(row.idx, row.supplier, row.campaign, row.valid_until, row.data));
  }
  return statements;
}
