/**
 * Replays the whole log and compares with the materialised view, to the last digit. Any difference is a bug of this
 * hub: it is reported and nothing is repaired by itself.
 */
import { type LogItem, applyStatement } from "../../../shared/network/fold.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { MAX_LOGGED_BYTES, type Statement } from "../../../shared/protocol/statement.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { entriesQuery } from "../../lib/log-read.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type OfferRow, offerEndOf, offerRow } from "../offer-rows.ts";
import { headlinePoint } from "../history.ts";
import type { Hub } from "../hub.ts";
import { MAX_REPLAY } from "../limits.ts";
import {
  type CampaignRow,
  type CommunityRow,
  type NetworkRow,
  campaignRow,
  communityRow,
  networkRow,
} from "../view-rows.ts";
import { isFork, isOwnEntry } from "../view-writes.ts";
import { CapitalReplay, sorted, storeCapital, storedCapitalReads } from "../capital-replay.ts";
import { logLine } from "../log-line.ts";

const PAGE = 500;
/** Reads of the network's own tables, before those of capital. */
const OWN_READS = 9;

export async function replayNightly(hub: Hub): Promise<void> {
  const { size } = headOf((await headQuery(hub.db).all()).results);
  if (size > MAX_REPLAY) {
    logLine({ level: "warn", job: "replay", skipped: size });
    return;
  }
  const differences = await replayDifferences(hub.db);
  if (differences.length > 0)
    logLine({ level: "error", job: "replay", alarm: "view-differs", differences: differences.slice(0, 20) });
}

/** Names of the rows that are not what the log folds to; empty when all is well. */
export async function replayDifferences(db: D1Database): Promise<string[]> {
  // The tables and the head they belong to, in one transaction; entries below that head never change.
  const results = await db.batch([
    headQuery(db),
    db.prepare("SELECT log_time, policy, hub_keys, rates, sums, capital, witnesses FROM network WHERE id = 1"),
    db.prepare("SELECT * FROM community"),
    db.prepare("SELECT * FROM campaign"),
    db.prepare("SELECT idx, origin, seq, leaf FROM report"),
    db.prepare("SELECT report_idx, idx, ok, code, bad_index FROM verdict"),
    db.prepare("SELECT report_idx AS idx FROM report_todo"),
    db.prepare("SELECT idx, point FROM history"),
    db.prepare("SELECT * FROM offer"),
    ...storedCapitalReads(db),
  ]);
  const [heads, networks, communities, campaigns, reports, verdicts, todos, history, offers] = results.map(
    ({ results: rows }) => rows as Record<string, unknown>[],
  );
  const { size } = headOf(heads ?? []);
  const stored = new Map<string, string>();
  const store = (name: string, value: unknown): unknown => stored.set(name, JSON.stringify(value));
  // rows from before keys could change have nothing to say of them until they do
  const unwritten = new Set<string>();
  for (const row of (networks ?? []) as unknown as NetworkRow[]) store("network", row);
  for (const { pulled_at: _, ...row } of (communities ?? []) as unknown as (CommunityRow & { pulled_at: number })[]) {
    if (row.keys === null) unwritten.add(row.origin);
    store(`community ${row.origin}`, sorted({ ...row, last_at: 0 }));
  }
  for (const row of (campaigns ?? []) as unknown as CampaignRow[]) store(`campaign ${row.id}`, sorted(row));
  for (const row of reports ?? []) store(`report ${String(row["idx"])}`, sorted(row));
  for (const row of verdicts ?? []) store(`verdict ${String(row["report_idx"])}`, sorted(row));
  for (const row of todos ?? []) store(`todo ${String(row["idx"])}`, true);
  for (const row of history ?? []) store(`history ${String(row["idx"])}`, JSON.parse(String(row["point"])));
  for (const row of offers ?? []) store(`offer ${String(row["idx"])}`, sorted(row));
  storeCapital(results.slice(OWN_READS), store);
  const folded = await foldedRows(db, size, unwritten);
  const names = new Set([...stored.keys(), ...folded.keys()]);
  return [...names].filter((name) => stored.get(name) !== folded.get(name)).toSorted();
}

async function foldedRows(db: D1Database, size: number, unwritten: ReadonlySet<string>): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  const state = emptyNetwork();
  const capital = new CapitalReplay();
  const reportIndexes = new Map<string, number>();
  const offers = new Map<string, OfferRow>();
  /** reports so far, by community: those that a new book leaves without a verdict */
  const waiting = new Map<string, number[]>();
  for (let from = 0; from < size; from += PAGE) {
    const { results } = await entriesQuery(db, from, Math.min(size, from + PAGE)).all<{
      idx: number;
      leaf: string;
      data: string;
    }>();
    for (const { idx, leaf, data } of results) {
      const item = itemOf(idx, leaf, data);
      const { statement } = item;
      if (statement.kind === "fund+jwt") capital.add(state, idx, statement.claims);
      applyStatement(state, item);
      if (isFork(item)) {
        for (const name of rows.keys()) if (/^(report|verdict|todo) /.test(name)) rows.delete(name);
      }
      if (isOwnEntry(statement)) {
        const { iss, seq } = statement.claims;
        rows.set(`report ${String(idx)}`, JSON.stringify(sorted({ idx, origin: iss, seq, leaf })));
        if (statement.kind === "book-reset+jwt") {
          for (const earlier of waiting.get(iss) ?? []) rows.delete(`todo ${String(earlier)}`);
          waiting.delete(iss);
        } else {
          rows.set(`todo ${String(idx)}`, "true");
          reportIndexes.set(leaf, idx);
          waiting.set(iss, [...(waiting.get(iss) ?? []), idx]);
        }
      } else if (statement.kind === "report-check+jwt") {
        const { report, ok, code, index } = statement.claims;
        const about = reportIndexes.get(report) ?? -1;
        rows.delete(`todo ${String(about)}`);
        const row = { report_idx: about, idx, ok: ok ? 1 : 0, code: code ?? null, bad_index: index ?? null };
        rows.set(`verdict ${String(about)}`, JSON.stringify(sorted(row)));
      } else if (statement.kind === "totals+jwt") {
        rows.set(`history ${String(idx)}`, JSON.stringify(headlinePoint(statement.claims)));
      }
      const end = offerEndOf(item);
      const ending = end === null ? undefined : offers.get(end.leaf);
      if (ending !== undefined) Object.assign(ending, { ended: end?.how, ended_idx: idx });
      if (statement.kind === "offer+jwt") offers.set(leaf, offerRow(idx, statement.claims));
    }
  }
  if (size > 0) rows.set("network", JSON.stringify(networkRow(state)));
  for (const one of state.communities.values()) {
    const row = communityRow(one, 0);
    const isOld = unwritten.has(one.origin) && one.keys.last === one.join.leaf;
    rows.set(`community ${one.origin}`, JSON.stringify(sorted(isOld ? { ...row, keys: null } : row)));
  }
  for (const one of state.campaigns.values()) rows.set(`campaign ${one.id}`, JSON.stringify(sorted(campaignRow(one))));
  for (const one of offers.values()) rows.set(`offer ${String(one.idx)}`, JSON.stringify(sorted(one)));
  capital.finish((name, value) => rows.set(name, JSON.stringify(value)));
  return rows;
}

/** Signatures were checked before the entry was logged; `npm run verify` checks them again. */
function itemOf(index: number, leaf: string, data: string): LogItem {
  const jws = parseJws(data, MAX_LOGGED_BYTES);
  if (!jws.ok) throw new Error(`log entry ${String(index)} is not a JWS`);
  return { index, leaf, statement: { kind: jws.value.typ, claims: jws.value.claims } as Statement };
}
