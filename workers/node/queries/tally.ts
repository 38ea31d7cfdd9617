/** Tallies and chains between rows and the book fold (shared/book/state.ts). */
import { z } from "zod";
import { type Chain, type Tally, emptyTally } from "../../../shared/book/state.ts";
import { jsonParameter } from "../../lib/d1.ts";

export interface TallyRow {
  units: string;
  chains: string;
  interest: string;
  purchased: string;
  locked: string;
  ended: string | null;
}

const decimals = z.array(z.string());
const counts = z.array(z.number());
const endedShape = z.object({ index: z.number(), band: z.number().nullable() });

export function tallyOfRow(row: TallyRow): Tally {
  return {
    units: decimals.parse(JSON.parse(row.units)).map(BigInt),
    chains: counts.parse(JSON.parse(row.chains)),
    interest: BigInt(row.interest),
    purchased: BigInt(row.purchased),
    locked: BigInt(row.locked),
    ended: endOf(row.ended),
  };
}

export function endOf(text: string | null): Tally["ended"] {
  return text === null ? null : endedShape.parse(JSON.parse(text));
}

/** A campaign nobody has pledged for has no row yet. */
export function tallyOrEmpty(row: { [K in keyof TallyRow]: string | null }, bands: number): Tally {
  const { units, chains, interest, purchased, locked, ended } = row;
  if (units === null || chains === null || interest === null || purchased === null || locked === null) {
    return emptyTally(bands);
  }
  return tallyOfRow({ units, chains, interest, purchased, locked, ended });
}

/** A live chain as its pledge row holds it; this node signs strong ones only. */
export function chainOf(row: { campaign: string; qty: string; band: number | null }): Chain {
  return { campaign: row.campaign, qty: BigInt(row.qty), band: row.band, assurance: "strong" };
}

/** One written row per campaign. */
export function writeTallies(db: D1Database, tallies: readonly (readonly [string, Tally])[]): D1PreparedStatement {
  const rows = tallies.map(([campaign, tally]) => [
    campaign,
    JSON.stringify(tally.units.map(String)),
    JSON.stringify(tally.chains),
    String(tally.interest),
    String(tally.purchased),
    String(tally.locked),
    tally.ended === null ? null : JSON.stringify(tally.ended),
  ]);
  return db
    .prepare(
      `INSERT INTO tally (campaign, units, chains, interest, purchased, locked, ended)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
       FROM json_each(?1) WHERE true
       ON CONFLICT (campaign) DO UPDATE SET units = excluded.units, chains = excluded.chains,
         interest = excluded.interest, purchased = excluded.purchased, locked = excluded.locked, ended = excluded.ended`,
    )
    .bind(jsonParameter(rows));
}
