/** What was cosigned and what was refused, beside the logs a worker knows. */
import type { WitnessedLog } from "../../../shared/protocol/api/witness.ts";
import { rowsOf } from "../d1.ts";

type Standing = Pick<WitnessedLog, "size" | "at" | "refusals">;
interface RefusalRow {
  origin: string;
  code: WitnessedLog["refusals"][number]["code"];
  count: number;
  first_at: number;
  last_at: number;
}

const MAX_ROWS = 1000;

export function standingReads(db: D1Database): D1PreparedStatement[] {
  return [
    db.prepare("SELECT origin, size, at FROM witnessed LIMIT ?").bind(MAX_ROWS),
    db.prepare("SELECT origin, code, count, first_at, last_at FROM witness_refusal LIMIT ?").bind(MAX_ROWS),
  ];
}

/** From the results of `standingReads`. */
export function standingOf(results: readonly D1Result[]): (origin: string) => Standing {
  const sizes = new Map(
    rowsOf<{ origin: string; size: number; at: number }>(results[0]).map((row) => [row.origin, row]),
  );
  const refusals = rowsOf<RefusalRow>(results[1]);
  return (origin) => {
    const row = sizes.get(origin);
    return {
      size: row?.size ?? null,
      at: row === undefined ? null : iso(row.at),
      refusals: refusals
        .filter((refusal) => refusal.origin === origin)
        .map(({ code, count, first_at, last_at }) => ({
          code,
          count,
          first_at: iso(first_at),
          last_at: iso(last_at),
        })),
    };
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
