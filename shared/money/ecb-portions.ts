/** The ECB's history in parts that one request takes. By itself, because browsers need this and none of the reading. */

/** Parts of so many days, each a file of its own, in the order of the file. */
export function ratePortions(csv: string, days: number): string[] {
  const [header = "", ...rows] = csv.split(/\r?\n/).filter((row) => row.trim() !== "");
  const portions: string[] = [];
  for (let at = 0; at < rows.length; at += days) portions.push([header, ...rows.slice(at, at + days)].join("\n"));
  return portions.length === 0 ? [csv] : portions;
}
