/** One structured line of what no request is about: a job, an alarm. Codes and counts only. */
export function logLine(line: Record<string, unknown>): void {
  // oxlint-disable-next-line no-console -- the worker's structured log
  console.log(JSON.stringify(line));
}
