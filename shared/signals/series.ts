/**
 * A number that may be shown, and all its values that were: two different values of one number are never so close that
 * their difference would speak of fewer than `gap` accounts (docs/signals.md §3). Plain JSON, so that a row can hold it.
 */
export interface Series {
  /** null: not shown now */
  now: string | null;
  /** every value that was shown, oldest first */
  shown: string[];
}

export function noSeries(): Series {
  return { now: null, shown: [] };
}

/** Whether `next` is large enough by itself, and far enough from everything that was shown before. */
export function mayShow(next: bigint, shown: readonly string[], gap: bigint): boolean {
  return next >= gap && shown.every((text) => isApart(next, BigInt(text), gap));
}

export function isApart(a: bigint, b: bigint, gap: bigint): boolean {
  return (a > b ? a - b : b - a) >= gap;
}

/**
 * The series once the number has become `next`: shown if it may be, gone if it fell below the smallest number that is
 * shown and is far enough from what was, and otherwise held where it was.
 */
export function advanced(series: Series, next: bigint, gap: bigint): Series {
  if (series.now !== null && next === BigInt(series.now)) return series;
  if (series.shown.includes(String(next))) return { ...series, now: String(next) };
  if (mayShow(next, series.shown, gap)) return { now: String(next), shown: [...series.shown, String(next)] };
  const isGone = series.now !== null && next < gap && isApart(next, BigInt(series.now), gap);
  return isGone ? { ...series, now: null } : series;
}
