/**
 * The one way a hub writes to its log: load the part of the view the batch needs, let the caller decide on it,
 * fold what was decided, and write entries and changed rows in one batch. A database that witnesses know to be older
 * than its log writes nothing. The first batch of a log begins with
 * the policy; a batch begins with the newest totals that are not logged yet. Whoever loses a race decides anew.
 */
import type { Statement } from "../../shared/protocol/statement.ts";
import { type LogItem, applyStatement, untouched } from "../../shared/network/fold.ts";
import { parseJws } from "../../shared/signing/jws.ts";
import { type LogHead, type NewEntry, appendToLog, entryLeaf } from "../lib/log-store.ts";
import { seeHead } from "../lib/witness/guard.ts";
import { type Hub, entryTime, hubEntry, useCurrentKey } from "./hub.ts";
import { policyClaims } from "./policy.ts";
import { networkRow } from "./view-rows.ts";
import { viewWrites } from "./view-writes.ts";
import { guardHub } from "./witnesses.ts";
import { type View, type ViewNeeds, VIEW_READS, viewOf, viewReads } from "./view.ts";

export interface DecidedEntry {
  entry: NewEntry;
  statement: Statement;
}

export interface Deciding {
  view: View;
  head: LogHead;
  /** index that the first of the caller's own entries will get */
  next: number;
  /** `iat` for what the hub signs in this batch */
  iat: number;
  /** results of the caller's own reads, in their order */
  results: D1Result[];
}

export interface Decision<T> {
  entries: DecidedEntry[];
  statements?: D1PreparedStatement[];
  /** log the pending totals even if there is nothing else */
  totals?: boolean;
  value: T;
}

export interface Committed<T> {
  value: T;
  /** log index of the caller's first entry */
  first: number;
  head: LogHead;
  rowsWritten: number;
}

export interface CommitOptions<T> {
  needs?: ViewNeeds;
  reads?: D1PreparedStatement[];
  decide: (deciding: Deciding) => Promise<Decision<T>> | Decision<T>;
}

export async function commit<T>(hub: Hub, options: CommitOptions<T>): Promise<Committed<T>> {
  const { needs = {}, reads = [], decide } = options;
  const nowS = Math.floor(hub.now() / 1000);
  await guardHub(hub);
  const appended = await appendToLog(
    hub.db,
    async (head, results) => {
      seeHead(hub.config, head);
      const view = viewOf(head.size, results.slice(0, VIEW_READS));
      const before = head.size === 0 ? null : networkRow(view.state);
      useCurrentKey(hub, view.state);
      const opening = await openingEntries(hub, view);
      const iat = opening.reduce(
        (time, { statement }) => Math.max(time, statement.claims.iat),
        entryTime(hub, view.state.log_time),
      );
      const next = head.size + opening.length;
      // What opens the batch is folded first: whoever decides sees the state just before the own first entry.
      const touched = untouched();
      const openingItems = itemsOf(head.size, opening);
      for (const item of openingItems) applyStatement(view.state, item, touched);
      const decision = await decide({ view, head, next, iat, results: results.slice(VIEW_READS) });
      const nothing = decision.entries.length === 0 && decision.totals !== true && head.size > 0;
      const decided = nothing ? [] : [...opening, ...decision.entries];
      const own = nothing ? [] : itemsOf(next, decision.entries);
      for (const item of own) applyStatement(view.state, item, touched);
      const items = nothing ? [] : [...openingItems, ...own];
      const changed =
        items.length === 0 ? [] : viewWrites(hub.db, { view, before, touched, items, nowS, receivedS: iat });
      return {
        entries: decided.map(({ entry }) => entry),
        statements: [...changed, ...(decision.statements ?? [])],
        value: { value: decision.value, first: next },
      };
    },
    { now: hub.now, reads: [...viewReads(hub.db, needs, nowS), ...reads] },
  );
  seeHead(hub.config, appended.head);
  return { ...appended.value, head: appended.head, rowsWritten: appended.rowsWritten };
}

function itemsOf(first: number, decided: readonly DecidedEntry[]): LogItem[] {
  return decided.map(({ entry, statement }, at) => ({ index: first + at, leaf: entry.leaf, statement }));
}

async function openingEntries(hub: Hub, view: View): Promise<DecidedEntry[]> {
  if (view.state.size === 0) {
    const claims = policyClaims(hub);
    const iat = entryTime(hub, 0);
    return [await signed(hub, "hub-policy+jwt", iat, claims)];
  }
  if (view.totals === null) return [];
  const data = view.totals.jws;
  const jws = parseJws(data);
  if (!jws.ok) throw new Error("the stored totals are not a JWS");
  // Signed before a change of the statement key that was logged without them: they are signed anew, not logged.
  if (jws.value.kid !== hub.keys.statement.kid) return [];
  const statement = { kind: "totals+jwt", claims: jws.value.claims } as Statement;
  return [{ entry: { leaf: entryLeaf(data), kind: "totals+jwt", iss: hub.config.logOrigin, data }, statement }];
}

/** A statement of this hub, ready to be decided. */
export async function signed<K extends Statement["kind"]>(
  hub: Hub,
  kind: K,
  iat: number,
  claims: Parameters<typeof hubEntry<K>>[3],
): Promise<DecidedEntry> {
  const entry = await hubEntry(hub, kind, iat, claims);
  const statement = { kind, claims: { iss: hub.config.logOrigin, iat, v: 1, ...claims } } as unknown as Statement;
  return { entry, statement };
}
