/** `x-cocoon-db: queries=3;read=12;written=8`, which workers add when METER is set. */
export interface Meter {
  queries: number;
  read: number;
  written: number;
}

export function meterOf(header: string | null): Meter {
  const fields = new Map((header ?? "").split(";").map((part) => part.trim().split("=") as [string, string]));
  const [queries, read, written] = ["queries", "read", "written"].map((name) => Number(fields.get(name)));
  if (queries === undefined || read === undefined || written === undefined || Number.isNaN(queries + read + written)) {
    throw new Error(`no database meter in the answer: "${header}"`);
  }
  return { queries, read, written };
}
