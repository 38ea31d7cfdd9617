/**
 * The book fold and the verdict, written from docs/protocol/rules.md §1 and §2 alone: a check that the page says enough. Knows
 * nothing of the product's code.
 */
import { b64u, jcs, leaf, mth } from "./plain.ts";

type Json = Record<string, string | number | undefined>;
interface Campaign {
  c: string;
  bands: number;
  max_qty: string;
  closing: { leaf: string; outcome: string; band: number | null } | null;
}
interface Tally {
  units: bigint[];
  chains: number[];
  interest: bigint;
  purchased: bigint;
  locked: bigint;
  ended: { index: number; band: number | null } | null;
}
interface Chain {
  c: string;
  q: bigint;
  b: number | null;
  a: string;
}

const HASH = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]";
const FORMS: Record<string, string> = {
  c: HASH,
  r: HASH,
  x: HASH,
  cm: HASH,
  q: "[1-9][0-9]{0,17}",
  d: "\\d{4}-\\d\\d-\\d\\d",
};

export function foldBook(texts: readonly string[], campaigns: readonly Campaign[]) {
  const chains = new Map<string, Chain>();
  const keys = new Map<string, boolean>();
  const tallies = new Map<string, Tally>();
  const problems: { index: number; code: string }[] = [];
  let day = "";
  const ruleOf = (c: unknown) => campaigns.find((each) => each.c === c);
  const tallyOf = ({ c, bands }: Campaign): Tally => {
    const zeros = { units: Array<bigint>(bands).fill(0n), chains: Array<number>(bands).fill(0) };
    const found = tallies.get(c) ?? { ...zeros, interest: 0n, purchased: 0n, locked: 0n, ended: null };
    tallies.set(c, found);
    return found;
  };
  const move = (tally: Tally, { q, b }: Chain, sign: 1 | -1): void => {
    if (b === null) tally.interest += BigInt(sign) * q;
    else {
      tally.units[b]! += BigInt(sign) * q;
      tally.chains[b]! += sign;
    }
  };

  function apply(entry: Json, index: number, own: string): string | null {
    if (index === 0) return null;
    const { t, d = "", r = "", b = null } = entry as Json & { d?: string; r?: string; b?: number };
    if (t === "genesis") return "genesis-again";
    if (d < day) return "day-decreasing";
    day = d;
    const chain = chains.get(r);
    const rule = ruleOf(t === "revise" || t === "withdraw" ? chain?.c : entry["c"]);
    const q = BigInt(entry["q"] ?? 0);
    const ofTerms = (): string | null => {
      if (rule !== undefined && q > BigInt(rule.max_qty)) return "quantity-too-large";
      return rule !== undefined && b !== null && b >= rule.bands ? "band-unknown" : null;
    };
    if (t === "key") keys.set(own, true);
    else if (t === "key_end") {
      if (keys.get(r) !== true) return "key-unknown";
      keys.set(r, false);
    } else if (t === "revise" || t === "withdraw") {
      if (chain === undefined || rule === undefined) return "head-unknown";
      const tally = tallyOf(rule);
      if (t === "withdraw") {
        const { ended } = tally;
        const isLetGo = ended !== null && (ended.band === null || chain.b === null || chain.b < ended.band);
        if (isLetGo) return "campaign-ended";
        move(tally, chain, -1);
      } else {
        const wrong = ofTerms() ?? (b !== null && chain.a === "weak" ? "assurance-weak" : null);
        if (wrong !== null || tally.ended !== null) return wrong ?? "campaign-ended";
        const next = { ...chain, q, b };
        move(tally, chain, -1);
        move(tally, next, 1);
        chains.set(own, next);
      }
      chains.delete(r);
    } else if (rule === undefined) return null;
    else if (t === "interest" || t === "pledge") {
      const wrong = ofTerms() ?? (t === "pledge" && entry["a"] === "weak" ? "assurance-weak" : null);
      if (wrong !== null) return wrong;
      if (tallies.get(rule.c)?.ended) return "campaign-ended";
      const begun = { c: rule.c, q, b, a: String(entry["a"]) };
      chains.set(own, begun);
      move(tallyOf(rule), begun, 1);
    } else if (t === "lock" || t === "release") {
      const { closing } = rule;
      const outcome = t === "lock" ? "locked" : "released";
      if (closing?.leaf !== entry["x"] || closing?.outcome !== outcome || closing.band !== b) return "closing-unknown";
      const tally = tallyOf(rule);
      if (tally.ended !== null) return "campaign-ended";
      const stays = (band: number): boolean => b !== null && band >= b;
      tally.ended = { index, band: b };
      tally.units = tally.units.map((units, band) => (stays(band) ? units : 0n));
      tally.chains = tally.chains.map((count, band) => (stays(band) ? count : 0));
      tally.interest = 0n;
      tally.locked = tally.units.reduce((sum, units) => sum + units, 0n);
    } else if (t === "purchase") tallyOf(rule).purchased += q;
    else if (t === "return") {
      if (q > (tallies.get(rule.c)?.purchased ?? 0n)) return "return-too-large";
      tallyOf(rule).purchased -= q;
    }
    return null;
  }

  for (const [index, text] of texts.entries()) {
    const entry = JSON.parse(text) as Json;
    const code = KINDS.has(String(entry["t"])) ? apply(entry, index, b64u(leaf(text))) : null;
    if (code !== null) problems.push({ index, code });
  }
  return { chains, keys, day, problems, totals: totalsOf(tallies) };
}

const KINDS = new Set(
  ["genesis", "key", "key_end", "interest", "pledge", "revise", "withdraw"].concat([
    "lock",
    "release",
    "purchase",
    "return",
  ]),
);

function totalsOf(tallies: ReadonlyMap<string, Tally>) {
  const told = [...tallies].filter(([, { units, interest, purchased, locked }]) =>
    [interest, purchased, locked, ...units].some((number) => number > 0n),
  );
  return told
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([c, tally]) => {
      const { units, chains, interest, purchased, locked, ended } = tally;
      const zeros = units.map(() => "0");
      let left = purchased;
      const open = units.toReversed().map((here) => {
        const used = here < left ? here : left;
        left -= used;
        return here - used;
      });
      return {
        c,
        pledges: chains.reduce((sum, count) => sum + count, 0),
        interest: String(interest),
        pledged: ended === null ? units.map(String) : zeros,
        committed: ended === null ? zeros : open.toReversed().map(String),
        purchased: String(purchased),
        locked: String(locked),
        accounts: chains,
      };
    });
}

/** §2, for a report about a signed head. `read` was found readable before. */
export function judge(question: {
  node: string;
  campaigns: readonly Campaign[];
  read: readonly string[];
  served: readonly string[];
  head: { size: number; root: Buffer };
  report: { totals: readonly { c: string; accounts?: unknown; feedback?: unknown }[]; omitted?: number };
}) {
  const { node, campaigns, read, served, head, report } = question;
  const refuse = (code: string, index?: number) => ({ ok: false, code, ...(index !== undefined && { index }) });
  if (head.size < read.length) return refuse("book-shrunk");
  if (read.length + served.length < head.size) return refuse("book-unavailable");
  const texts = [...read, ...served].slice(0, head.size);
  if (!mth(texts.map((text) => leaf(text))).equals(head.root)) return refuse("book-fork");
  for (const [index, text] of texts.entries()) {
    if (!isEntry(text)) return refuse("book-entry-invalid", index);
    const { t, iss } = JSON.parse(text) as Json;
    if (index === 0 && (t !== "genesis" || iss !== node)) return refuse("book-genesis", 0);
  }
  const all = foldBook(texts, campaigns).totals;
  const said = new Map(report.totals.map((each) => [each.c, each]));
  const told = report.omitted === undefined ? all : all.filter(({ c }) => said.has(c));
  const found = told.map((each) =>
    said.has(each.c) && said.get(each.c)?.accounts === undefined ? { ...each, accounts: undefined } : each,
  );
  const plain = (list: readonly object[]) =>
    jcs(JSON.parse(JSON.stringify(list, (name, value: unknown) => (name === "feedback" ? undefined : value))));
  const isRight = all.length - told.length === (report.omitted ?? 0) && plain(found) === plain(report.totals);
  return isRight ? { ok: true } : refuse("totals-mismatch");
}

/** JCS of at most 2,048 bytes with a `t`; of a known kind its members in their forms, as far as the vectors try them. */
function isEntry(text: string): boolean {
  const entry = JSON.parse(text) as Json;
  if (Buffer.byteLength(text) > 2048 || jcs(entry) !== text || typeof entry["t"] !== "string") return false;
  if (!KINDS.has(entry["t"])) return true;
  return Object.entries(entry).every(([name, value]) => new RegExp(`^(${FORMS[name] ?? ".*"})$`).test(String(value)));
}
