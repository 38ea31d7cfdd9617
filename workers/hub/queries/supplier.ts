/** Suppliers for the public pages and their own desk. By primary key, and offers by the index on their supplier. */
import type {
  DomainFile,
  SupplierDesk,
  SupplierDetail,
  SupplierPage,
  SupplierView,
} from "../../../shared/protocol/api/supplier.ts";
import { isoTime } from "../../../shared/time.ts";
import { headQuery } from "../../lib/log-store.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { logRefOf } from "./campaign.ts";
import { OFFER_READS, offerReads, offersOf } from "./offer.ts";

export interface SupplierRow {
  id: string;
  name: string;
  domain: string;
  country: string | null;
  verified: "domain" | "email" | null;
  verified_by: "hub" | "operator" | null;
  verified_note: string;
  verified_at: number | null;
  domain_token: string;
  checked_at: number;
  created_at: number;
}

type CountedRow = SupplierRow & { offers: number };

const VALID = `(SELECT count(*) FROM offer WHERE offer.supplier = supplier.id AND ended IS NULL AND valid_until >= ?1) AS offers`;

/** In the order of their ids. */
export async function supplierPageOf(
  db: D1Database,
  nowS: number,
  page: { after: string; limit: number },
): Promise<SupplierPage> {
  const { results } = await db
    .prepare(`SELECT *, ${VALID} FROM supplier WHERE id > ?2 ORDER BY id LIMIT ?3`)
    .bind(nowS, page.after, page.limit + 1)
    .all<CountedRow>();
  const shown = results.slice(0, page.limit);
  const next = results.length > page.limit ? (shown.at(-1)?.id ?? null) : null;
  return { suppliers: shown.map(supplierView), next };
}

const MAX_OFFERS = 50;

export async function supplierDetailOf(db: D1Database, log: string, nowS: number, id: string): Promise<SupplierDetail> {
  const { detail } = await readSupplier(db, log, nowS, id);
  return detail;
}

export async function supplierDeskOf(
  db: D1Database,
  config: Pick<HubConfig, "logOrigin" | "origin">,
  nowS: number,
  id: string,
): Promise<SupplierDesk> {
  const { row, detail } = await readSupplier(db, config.logOrigin, nowS, id);
  return { ...detail, file: domainFileOf(config, row) };
}

async function readSupplier(db: D1Database, log: string, nowS: number, id: string) {
  const results = await db.batch([
    ...offerReads(db, { supplier: id }, { before: null, limit: MAX_OFFERS, nowS }),
    headQuery(db),
    db.prepare(`SELECT *, ${VALID} FROM supplier WHERE id = ?2`).bind(nowS, id),
  ]);
  const [heads, rows] = results.slice(OFFER_READS);
  const row = rows?.results[0] as CountedRow | undefined;
  if (row === undefined) throw new Refused("supplier-unknown");
  const list = offersOf(results.slice(0, OFFER_READS), nowS);
  const detail: SupplierDetail = { ...supplierView(row), list, log: logRefOf(log, heads?.results ?? []) };
  return { row, detail };
}

export function supplierView(row: CountedRow): SupplierView {
  const { id, name, domain, country, offers, verified, verified_by, verified_at } = row;
  const isVerified = verified !== null && verified_by !== null && verified_at !== null;
  return {
    id,
    name,
    domain,
    country,
    verified: isVerified
      ? { kind: verified, by: verified_by, note: row.verified_note, at: isoTime(Math.floor(verified_at / 1000)) }
      : null,
    offers,
    since: isoTime(Math.floor(row.created_at / 1000)),
  };
}

/** A file may hold the lines of several hubs, so each begins with its hub's name. */
export function domainFileOf(
  { origin }: Pick<HubConfig, "origin">,
  { domain, domain_token }: Pick<SupplierRow, "domain" | "domain_token">,
): DomainFile {
  return { url: `https://${domain}/.well-known/cocoon-supplier.txt`, line: `${origin} ${domain_token}` };
}

export async function knownSupplier(db: D1Database, id: string): Promise<SupplierRow> {
  const row = await db.prepare("SELECT * FROM supplier WHERE id = ?").bind(id).first<SupplierRow>();
  if (row === null) throw new Refused("supplier-unknown");
  return row;
}

/** The supplier that this person signs in for. */
export async function ownSupplier(db: D1Database, memberId: string): Promise<string> {
  const row = await db
    .prepare("SELECT party FROM party WHERE member_id = ? AND kind = 'supplier'")
    .bind(memberId)
    .first<{ party: string }>();
  if (row === null) throw new Refused("not-allowed");
  return row.party;
}
