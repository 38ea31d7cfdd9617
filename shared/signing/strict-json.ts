/**
 * JSON as outsiders may send it under a signature: well-formed UTF-8, no duplicate keys (RFC 8725 §2.4: two parsers
 * must not read two meanings), bounded nesting. Key order and spacing are free.
 */
import { fromUtf8 } from "../bytes.ts";
import { type Result, fail, ok } from "../result.ts";

const MAX_DEPTH = 32;

export function parseStrictJson(source: Uint8Array | string): Result<unknown, "malformed-json"> {
  try {
    const text = typeof source === "string" ? source : fromUtf8(source);
    const value: unknown = JSON.parse(text);
    return isUnambiguous(text) ? ok(value) : fail("malformed-json");
  } catch {
    return fail("malformed-json");
  }
}

/** `text` is known to be JSON, so strings and structure are all there is to look at. */
function isUnambiguous(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let keyExpected = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charAt(i)) {
      case "{":
      case "[":
        if (open.length === MAX_DEPTH) return false;
        keyExpected = text.charAt(i) === "{";
        open.push(keyExpected ? new Set() : null);
        break;
      case "}":
      case "]":
        open.pop();
        keyExpected = false;
        break;
      case ",":
        keyExpected = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (keyExpected) {
          const keys = open.at(-1);
          const written = text.slice(i + 1, end);
          // one key may be written in several ways, but only with an escape
          const key = written.includes("\\") ? (JSON.parse(`"${written}"`) as string) : written;
          if (keys?.has(key) === true) return false;
          keys?.add(key);
          keyExpected = false;
        }
        i = end;
        break;
      }
      default:
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
