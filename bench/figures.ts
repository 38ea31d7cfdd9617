/** What the benchmark says: one number each, with the target it is held against, if there is one. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** "≥ 40" or "≤ 10"; null for a number that is only reported */
  target: string | null;
  /** null where there is no target */
  ok: boolean | null;
}

export interface Target {
  atLeast?: number;
  atMost?: number;
}

export function figure(name: string, value: number, unit: string, target: Target = {}): Figure {
  const { atLeast, atMost } = target;
  const rounded = Number(value.toPrecision(4));
  if (atLeast !== undefined) return { name, value: rounded, unit, target: `≥ ${atLeast}`, ok: rounded >= atLeast };
  if (atMost !== undefined) return { name, value: rounded, unit, target: `≤ ${atMost}`, ok: rounded <= atMost };
  return { name, value: rounded, unit, target: null, ok: null };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Runs `work` over all items, so many at a time, in order of arrival. */
export async function inFlight<T>(items: T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  async function next(): Promise<void> {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  }
  await Promise.all(Array.from({ length: limit }, next));
}

export function tableOf(figures: Figure[]): string {
  const rows = figures.map(({ name, value, unit, target, ok }) => [
    name,
    value.toLocaleString("en"),
    unit,
    target ?? "",
    ok === null ? "" : ok ? "ok" : "MISSED",
  ]);
  const all = [["figure", "value", "unit", "target", ""], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) => row.map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}
