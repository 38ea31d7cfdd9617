/** The logs a witness is told of in one setting: a verifier key a line, `#` begins a comment. Each key's name is its log's origin. */
import { parseVkey } from "../log/note.ts";
import { type Result, fail, ok } from "../result.ts";

export interface ListedLog {
  origin: string;
  vkey: string;
}

/** Or the number of the first line that is none, counted from 1. */
export function readLogList(text: string): Result<ListedLog[], number> {
  const logs: ListedLog[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const vkey = line.trim();
    if (vkey === "" || vkey.startsWith("#")) continue;
    const key = parseVkey(vkey);
    if (!key.ok) return fail(at + 1);
    logs.push({ origin: key.value.name, vkey });
  }
  return ok(logs);
}
