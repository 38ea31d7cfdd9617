/** Unix seconds, as signed statements carry them, to the RFC 3339 of public JSON. Not a clock. */
export function isoTime(unixSeconds: number): string {
  // oxlint-disable-next-line no-restricted-globals -- a conversion of its argument, not a clock
  return new Date(unixSeconds * 1000).toISOString().replace(".000Z", "Z");
}
