/**
 * Log entries as lines of text, so that a row that holds a bundle can grow by plain concatenation. An entry that is
 * text without a line end is its own line; any other is `=` and its base64. Exact both ways, for every byte string.
 */
import { type Bytes, fromBase64, fromUtf8, toBase64, utf8 } from "../bytes.ts";

const ENCODED = "=";

export function toLines(entries: readonly Bytes[]): string {
  return entries.map(lineOf).join("\n");
}

export function fromLines(lines: string): Bytes[] {
  return lines.split("\n").map((line) => (line.startsWith(ENCODED) ? fromBase64(line.slice(1)) : utf8(line)));
}

function lineOf(entry: Bytes): string {
  const text = textOf(entry);
  const isPlain = text !== null && !text.startsWith(ENCODED) && !/[\n\u0000]/.test(text);
  return isPlain ? text : ENCODED + toBase64(entry);
}

function textOf(entry: Bytes): string | null {
  try {
    return fromUtf8(entry);
  } catch {
    return null;
  }
}
