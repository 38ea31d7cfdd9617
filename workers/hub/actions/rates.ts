/**
 * Reference rates from the ECB's files. Every day is kept for conversions at the rate of a day; the newest day of a file
 * is logged, unless that day or a later one is. Larger histories come in portions, newest first.
 */
import { type DayRates, parseEcbRates, parseEcbXml } from "../../../shared/money/ecb.ts";
import { MAX_RATE_DAYS } from "../../../shared/protocol/api/network.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { dropConverted } from "../queries/flow.ts";
import type { LoggedEntry } from "./node-status.ts";

const SOURCE = "European Central Bank";

export interface ImportedRates {
  logged: LoggedEntry;
  isNew: boolean;
  /** new or changed */
  days: number;
}

export async function importRates(hub: Hub, text: string, form: "csv" | "xml"): Promise<ImportedRates> {
  const days = unwrap(form === "csv" ? parseEcbRates(text) : parseEcbXml(text));
  const [newest] = days;
  if (newest === undefined) throw new Refused("rates-invalid");
  if (days.length > MAX_RATE_DAYS) throw new Refused("rates-too-many", { detail: `at most ${MAX_RATE_DAYS}` });
  const changed = await changedDays(hub.db, days);
  const { value } = await commit<Omit<ImportedRates, "days">>(hub, {
    decide: async ({ view, iat, next }) => {
      const statements = changed.length === 0 ? [] : [dayRows(hub.db, changed), dropConverted(hub.db)];
      const known = view.state.rates;
      if (known !== null && known.claims.date >= newest.date) {
        return { entries: [], statements, value: { logged: { leaf: known.leaf, index: known.index }, isNew: false } };
      }
      const entry = await signed(hub, "rates+jwt", iat, { source: SOURCE, ...newest });
      const logged = { leaf: entry.entry.leaf, index: next };
      return { entries: [entry], statements, value: { logged, isNew: true } };
    },
  });
  return { ...value, days: changed.length };
}

/** What differs from what is there: by primary key, one row read a day. */
async function changedDays(db: D1Database, days: readonly DayRates[]): Promise<DayRates[]> {
  const { results } = await db
    .prepare("SELECT day, rates FROM rate_day WHERE day IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter(days.map(({ date }) => date)))
    .all<{ day: string; rates: string }>();
  const known = new Map(results.map(({ day, rates }) => [day, plain(JSON.parse(rates) as DayRates["rates"])]));
  return days.filter(({ date, rates }) => known.get(date) !== plain(rates));
}

/** The daily file writes 9.370 where the history has 9.37: the same rate. */
function plain(rates: DayRates["rates"]): string {
  const bare = (rate: string): string => (rate.includes(".") ? rate.replace(/\.?0+$/, "") : rate);
  return canonicalJson(Object.fromEntries(Object.entries(rates).map(([code, rate]) => [code, bare(rate)])));
}

function dayRows(db: D1Database, days: readonly DayRates[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO rate_day (day, source, rates) SELECT value ->> 0, ?1, value ->> 1 FROM json_each(?2) WHERE true
       ON CONFLICT (day) DO UPDATE SET source = excluded.source, rates = excluded.rates`,
    )
    .bind(SOURCE, jsonParameter(days.map(({ date, rates }) => [date, canonicalJson(rates)])));
}
