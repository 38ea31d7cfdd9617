/** Unix milliseconds, as stored, in the forms messages carry. */

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

export function utcDay(ms: number): string {
  return isoTime(ms).slice(0, 10);
}
