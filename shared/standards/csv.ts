/** CSV as others open it: a header, one row each, and no cell that a spreadsheet takes for a formula. */
import { stringify } from "csv-stringify/browser/esm/sync";

export type Cell = string | number | null;

export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify([[...columns], ...rows.map((row) => [...row])], { escape_formulas: true });
}
