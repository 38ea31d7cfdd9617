/** CSV as RFC 4180 has it: quoted cells may hold commas, quotes and line breaks; a byte order mark is no part of it. */
import { type Result, fail, ok } from "../result.ts";

/** Rows of cells, empty rows left out; an open quote at the end is no CSV. */
export function readCsv(text: string): Result<string[][], "csv-malformed"> {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at + 1) : plainCell(text, at);
    if (cell === null) return fail("csv-malformed");
    row.push(cell.value);
    at = cell.end;
    if (text[at] === ",") {
      at += 1;
      if (at === text.length) row.push("");
      else continue;
    } else if (at < text.length) at += text.startsWith("\r\n", at) ? 2 : 1;
    if (row.some((one) => one.trim() !== "")) rows.push(row);
    row = [];
  }
  return ok(rows);
}

interface Cell {
  value: string;
  /** of the separator after it, or of the text */
  end: number;
}

const SEPARATOR = /[,\r\n]/g;

function plainCell(text: string, start: number): Cell {
  SEPARATOR.lastIndex = start;
  const end = SEPARATOR.exec(text)?.index ?? text.length;
  return { value: text.slice(start, end), end };
}

function quotedCell(text: string, start: number): Cell | null {
  let value = "";
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return null;
    value += text.slice(from, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      from = quote + 2;
      continue;
    }
    const end = quote + 1;
    const isEnd = end === text.length || /[,\r\n]/.test(text[end] ?? "");
    return isEnd ? { value, end } : null;
  }
}
