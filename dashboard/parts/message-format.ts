/**
 * The part of ICU MessageFormat the catalogues use: {name}, {n, plural, =0 {…} one {…} other {# …}}, {x, select, a {…} other {…}}.
 * Numbers are written by locale. Pure: no catalogue, no DOM.
 */
import type { ComponentChild } from "preact";

type Value = ComponentChild | bigint;
type Piece =
  | string
  | { kind: "argument"; name: string }
  | { kind: "plural" | "select"; name: string; cases: Map<string, Piece[]> }
  | { kind: "hash" };

const parsed = new Map<string, Piece[]>();

export function parseMessage(message: string): Piece[] {
  const known = parsed.get(message);
  if (known) return known;
  const [pieces, end] = readPieces(message, 0, false);
  if (end !== message.length) throw new SyntaxError(`unbalanced braces in message: ${message}`);
  parsed.set(message, pieces);
  return pieces;
}

function readPieces(source: string, start: number, inPlural: boolean): [Piece[], number] {
  const pieces: Piece[] = [];
  let text = "";
  let at = start;
  const flush = () => {
    if (text) pieces.push(text);
    text = "";
  };
  while (at < source.length && source[at] !== "}") {
    if (source[at] === "{") {
      flush();
      const [piece, next] = readArgument(source, at + 1);
      pieces.push(piece);
      at = next;
    } else if (source[at] === "#" && inPlural) {
      flush();
      pieces.push({ kind: "hash" });
      at += 1;
    } else {
      text += source[at];
      at += 1;
    }
  }
  flush();
  return [pieces, at];
}

function readArgument(source: string, start: number): [Piece, number] {
  const head = /^\s*(\w+)\s*(?:,\s*(plural|select)\s*,)?/.exec(source.slice(start));
  if (!head?.[1]) throw new SyntaxError(`bad argument in message: ${source}`);
  let at = start + head[0].length;
  const name = head[1];
  if (!head[2]) {
    const close = source.indexOf("}", at);
    if (close < 0) throw new SyntaxError(`unclosed argument in message: ${source}`);
    return [{ kind: "argument", name }, close + 1];
  }
  const kind = head[2] as "plural" | "select";
  const cases = new Map<string, Piece[]>();
  for (;;) {
    const label = /^\s*(=\d+|\w+)\s*\{/.exec(source.slice(at));
    if (!label?.[1]) break;
    const [body, end] = readPieces(source, at + label[0].length, kind === "plural");
    cases.set(label[1], body);
    at = end + 1;
  }
  const close = source.indexOf("}", at);
  if (close < 0 || !cases.has("other")) throw new SyntaxError(`case "other" is missing in message: ${source}`);
  return [{ kind, name, cases }, close + 1];
}

export function formatMessage(message: string, params: Record<string, Value>, locale: string): ComponentChild[] {
  return write(parseMessage(message), params, locale, null);
}

function write(pieces: Piece[], params: Record<string, Value>, locale: string, number: Value): ComponentChild[] {
  return pieces.flatMap((piece): ComponentChild[] => {
    if (typeof piece === "string") return [piece];
    if (piece.kind === "hash") return [show(number, locale)];
    const value = params[piece.name];
    if (piece.kind === "argument") return [show(value, locale)];
    const chosen = piece.kind === "plural" ? pluralCase(piece.cases, value, locale) : piece.cases.get(value as string);
    return write(chosen ?? piece.cases.get("other") ?? [], params, locale, value);
  });
}

function pluralCase(cases: Map<string, Piece[]>, value: Value, locale: string): Piece[] | undefined {
  const n = Number(value);
  return cases.get(`=${n}`) ?? cases.get(new Intl.PluralRules(locale).select(n));
}

function show(value: Value, locale: string): ComponentChild {
  return typeof value === "number" || typeof value === "bigint"
    ? new Intl.NumberFormat(locale).format(value)
    : (value ?? "");
}
