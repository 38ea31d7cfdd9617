/**
 * A short code that names an entry of a book, to read out or write down: the first 60 bits of its leaf hash in Crockford's
 * base 32, as XXXX-XXXX-XXXX. It finds an entry; it proves nothing and opens nothing.
 */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** 60 bits */
const PREFIX_CHARS = 10;

/** `leaf`: base64url. */
export function trackerCode(leaf: string): string {
  const code = regroup(leaf.slice(0, PREFIX_CHARS), BASE64URL, 6, CROCKFORD, 5);
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** The first ten characters of the leaf it names, or null. Case, blanks and hyphens do not matter; O is 0, I and L are 1. */
export function leafPrefix(code: string): string | null {
  const plain = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(plain) ? regroup(plain, CROCKFORD, 5, BASE64URL, 6) : null;
}

function regroup(text: string, from: string, fromBits: number, to: string, toBits: number): string {
  const bits = Array.from({ length: text.length }, (_, at) => bitsOf(from.indexOf(text.charAt(at)), fromBits)).join("");
  const groups = Array.from({ length: bits.length / toBits }, (_, at) => bits.slice(at * toBits, (at + 1) * toBits));
  return groups.map((group) => to.charAt(Number.parseInt(group, 2))).join("");
}

function bitsOf(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}
