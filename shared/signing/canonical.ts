/** RFC 8785 (JCS): the one serialisation of a JSON value. What is hashed or signed as JSON is always this. */
import canonicalize from "canonicalize";
import { type Bytes, utf8 } from "../bytes.ts";

/** Throws on what JSON cannot hold: undefined, bigint, NaN, lone surrogates, cycles. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}

export function canonicalBytes(value: unknown): Bytes {
  return utf8(canonicalJson(value));
}
