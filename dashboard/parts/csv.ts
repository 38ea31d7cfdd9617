/** Table rows as CSV (RFC 4180). Cells a spreadsheet would run as a formula are disarmed: names come from strangers. */
export function toCsv<Row>(columns: { header: string; text?: (row: Row) => string }[], rows: Row[]): string {
  const used = columns.filter((column) => column.text !== undefined);
  const lines = [
    used.map((column) => cell(column.header)),
    ...rows.map((row) => used.map((column) => cell(column.text?.(row) ?? ""))),
  ];
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n";
}

/** The signs that begin a formula, in their full width too, and what a spreadsheet takes off before it looks. */
const RUNS = /^[\s\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

function cell(value: string): string {
  const safe = RUNS.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
