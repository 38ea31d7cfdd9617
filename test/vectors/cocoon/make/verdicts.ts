/** verdicts.json: books, the reports about them, what they fold to, and the hub's verdict (docs/protocol.md §2, §3). */
import { foldBook } from "../../../../shared/book/fold.ts";
import { type Verdict, compareTotals, emptyReading, judgeReport } from "../../../../shared/book/judge.ts";
import type { BookState } from "../../../../shared/book/state.ts";
import { reportTotals } from "../../../../shared/book/totals.ts";
import { type Bytes, fromUtf8, toBase64url, utf8 } from "../../../../shared/bytes.ts";
import { leafHash, rootOf } from "../../../../shared/log/merkle.ts";
import { rulesFrom } from "../../../../shared/network/book-rules.ts";
import type { BookEntry } from "../../../../shared/protocol/book-entry.ts";
import type { CampaignTotals } from "../../../../shared/protocol/statement.ts";
import { encodeEntry, parseBookEntry } from "../../../../shared/signing/book-entry.ts";
import { smallWorld } from "./world.ts";

const [DAY, NEXT] = ["2026-06-01", "2026-06-02"];
const cm = (n: number) => toBase64url(new Uint8Array(32).fill(n));
const nonce = (n: number) => toBase64url(new Uint8Array(16).fill(n));

export interface Case {
  name: string;
  /** what earlier verdicts have read, and what the book serves from there on */
  read: readonly string[];
  served: readonly string[];
  note: string;
  /** as the report says them */
  totals: CampaignTotals[];
  omitted?: number;
  verdict: Verdict;
  problems: { index: number; code: string }[];
  fold?: ReturnType<typeof shown>;
}

export async function makeVerdicts() {
  const { hub, campaign, a } = await smallWorld();
  const closed = await hub.campaign({ name: "Oats", max_qty: "20" });
  const { leaf: x } = await hub.say("campaign-close+jwt", {
    campaign: closed.leaf,
    outcome: "locked",
    band: 1,
    reason: "",
  });
  const rulesOf = rulesFrom(hub.state.campaigns);
  const genesis: BookEntry = { t: "genesis", iss: a.origin, v: 1, n: nonce(1) };
  const leafOf = (entry: BookEntry) => toBase64url(leafHash(encodeEntry(entry)));
  const pledge = (
    n: number,
    q: string,
    b: number,
    more: Partial<Extract<BookEntry, { t: "pledge" }>> = {},
  ): BookEntry => ({
    t: "pledge",
    c: campaign,
    q,
    b,
    cm: cm(n),
    a: "strong",
    d: DAY,
    ...more,
  });
  const [first, second, third] = [pledge(2, "2", 0), pledge(3, "3", 2), pledge(4, "5", 1)];
  const interest: BookEntry = { t: "interest", c: campaign, q: "7", cm: cm(5), a: "weak", d: DAY };
  const oats = [
    pledge(6, "4", 0, { c: closed.leaf }),
    pledge(7, "6", 1, { c: closed.leaf }),
    pledge(8, "8", 2, { c: closed.leaf }),
  ];
  const story: BookEntry[] = [
    genesis,
    { t: "key", cm: cm(1), d: DAY },
    first,
    second,
    third,
    interest,
    ...oats,
    { t: "revise", r: leafOf(first), q: "9", b: 1, cm: cm(9), d: DAY },
    { t: "withdraw", r: leafOf(third), why: "member", cm: cm(10), d: DAY },
    { t: "lock", c: closed.leaf, b: 1, x, n: nonce(2), d: NEXT },
    { t: "purchase", c: closed.leaf, q: "9", m: "5400", k: "receipt", w: "2026-W23", cm: cm(11), d: NEXT },
    { t: "return", c: closed.leaf, q: "1", m: "600", k: "receipt", w: "2026-W23", cm: cm(12), d: NEXT },
    { t: "key_end", r: leafOf({ t: "key", cm: cm(1), d: DAY }), n: nonce(3), d: NEXT },
  ];
  const unknown = '{"d":"2026-06-02","n":"AAAAAAAAAAAAAAAAAAAAAA","t":"conviction"}';
  const foreign: BookEntry = pledge(20, "5", 0, { c: cm(21), d: NEXT });
  /** each breaks one rule, counts zero and is listed */
  const broken: BookEntry[] = [
    { ...genesis, n: nonce(4) },
    pledge(30, "1", 0, { d: "2026-05-31" }),
    { t: "revise", r: leafOf(first), q: "1", b: 0, cm: cm(31), d: NEXT },
    { t: "withdraw", r: leafOf(third), why: "left", n: nonce(5), d: NEXT },
    { t: "key_end", r: cm(32), n: nonce(6), d: NEXT },
    pledge(33, "101", 0, { d: NEXT }),
    pledge(34, "1", 3, { d: NEXT }),
    pledge(35, "1", 0, { a: "weak", d: NEXT }),
    { t: "revise", r: leafOf(interest), q: "7", b: 0, cm: cm(36), d: NEXT },
    pledge(37, "1", 2, { c: closed.leaf, d: NEXT }),
    { t: "release", c: closed.leaf, x, n: nonce(7), d: NEXT },
    { t: "lock", c: campaign, b: 0, x, n: nonce(8), d: NEXT },
    { t: "return", c: closed.leaf, q: "9", m: "0", k: "none", w: "2026-W23", cm: cm(38), d: NEXT },
  ];
  const texts = [...story.map((entry) => fromUtf8(encodeEntry(entry))), unknown, fromUtf8(encodeEntry(foreign))];
  const whole = [...texts, ...broken.map((entry) => fromUtf8(encodeEntry(entry)))];
  const short = whole.slice(0, 3);
  const small = whole.slice(0, 6);

  const cases: Case[] = [];
  async function judge(
    name: string,
    book: readonly string[],
    given: {
      before?: readonly string[];
      served?: readonly string[];
      root?: Bytes;
      totals?: (right: CampaignTotals[]) => CampaignTotals[];
      omitted?: number;
    } = {},
  ) {
    const { before = [] } = given;
    const read = emptyReading();
    const beforeBytes = before.map(utf8);
    const already = judgeReport({
      origin: a.origin,
      compare: () => ({ ok: true }),
      reading: read,
      data: beforeBytes,
      rulesOf,
      head: { size: before.length, root: rootOf(beforeBytes.map((entry) => leafHash(entry))) },
    }).reading;
    const bytes = book.map(utf8);
    const head = { size: book.length, root: given.root ?? rootOf(bytes.map((entry) => leafHash(entry))) };
    const right = reportTotals(foldBook(itemsOf(bytes), rulesOf).state);
    const totals = given.totals?.(right) ?? right;
    const served = given.served ?? book.slice(before.length);
    const { verdict, effect, reading } = judgeReport({
      origin: a.origin,
      compare: (state) =>
        compareTotals({ totals, ...(given.omitted !== undefined && { omitted: given.omitted }) }, state),
      head,
      reading: already,
      data: served.map(utf8),
      rulesOf,
    });
    const note = await a.book.forge(head.size, head.root);
    cases.push({
      name,
      read: before,
      served,
      note,
      totals,
      ...(given.omitted !== undefined && { omitted: given.omitted }),
      verdict,
      problems: effect.problems,
      ...(verdict.ok && { fold: shown(reading.state) }),
    });
    return { note, totals, verdict };
  }
  const good = await judge("a whole book", whole);
  await judge("the same in two readings", whole, { before: whole.slice(0, 8) });
  await judge("a book nobody has written in", texts.slice(0, 1));
  const bad = await judge("totals that the book does not come to", small, {
    totals: (right) => right.map((each, at) => (at === 0 ? { ...each, pledges: each.pledges + 1 } : each)),
  });
  await judge("totals without the accounts of each band, as older reports have them", small, {
    totals: (right) => right.map(withoutAccounts),
  });
  await judge("what members said is held against nothing", small, {
    totals: (right) => right.map((each) => ({ ...each, feedback: { price: 5 } })),
  });
  const one = (right: CampaignTotals[]) => right.slice(0, 1);
  await judge("a campaign left out, and said to be", texts, { totals: one, omitted: 1 });
  await judge("a campaign left out without a word", texts, { totals: one });
  await judge("none left out, and said to be", small, { omitted: 1 });
  await judge("a campaign twice in the totals", small, { totals: (right) => right.flatMap((each) => [each, each]) });
  await judge("entries that lead to another root than the signed one", small, {
    root: rootOf([leafHash(utf8("other"))]),
  });
  await judge("another version of what was read before", small, { before: [...whole.slice(0, 4), whole[5] ?? ""] });
  await judge("fewer entries than were read before", short, { before: whole.slice(0, 4) });
  await judge("fewer entries than the checkpoint says", short, { served: short.slice(0, 2) });
  await judge("the book of somebody else", [fromUtf8(encodeEntry({ ...genesis, iss: "b.example" }))]);
  await judge("a book without a genesis", short.slice(1));
  await judge("an entry with a space", [...short, whole[3]?.replace('"b":', '"b": ') ?? ""]);
  await judge("a known kind that does not parse", [...short, whole[3]?.replace('"q":"3"', '"q":"03"') ?? ""]);
  await judge("an entry without a kind", [...short, '{"d":"2026-06-01"}']);
  await judge("an entry of 2,048 bytes of a kind that is not known", [...short, sized(2048)]);
  await judge("and one of 2,049", [...short, sized(2049)]);

  for (const { note, totals, verdict } of [good, bad])
    await hub.report(a, {
      changes: { book: note, totals },
      verdict: { code: undefined, index: undefined, ...verdict },
    });
  const logged = hub.log.entries.slice(-4).map((entry) => fromUtf8(entry));
  return {
    node: a.origin,
    vkey: a.vkey,
    campaigns: [...hub.state.campaigns.values()].map(({ id, terms, closing }) => ({
      c: id,
      bands: terms.bands_minor.length,
      max_qty: terms.max_qty,
      closing: closing === null ? null : { leaf: closing.leaf, outcome: closing.outcome, band: closing.band },
    })),
    cases,
    /** the first and the fourth case as they stand in a log */
    statements: { ok: logged.slice(0, 2), bad: logged.slice(2) },
  };
}

function withoutAccounts(said: CampaignTotals): CampaignTotals {
  const { accounts: _, ...rest } = said;
  return rest;
}

function sized(bytes: number): string {
  const bare = '{"n":"","t":"later"}';
  return bare.replace('""', `"${"A".repeat(bytes - bare.length)}"`);
}

function itemsOf(entries: readonly Bytes[]) {
  return entries.map((bytes, index) => {
    const parsed = parseBookEntry(bytes);
    return parsed.ok ? { index, ...parsed.value } : { index, leaf: toBase64url(leafHash(bytes)), entry: null };
  });
}

function shown({ size, day, chains, keys, tallies }: BookState) {
  return {
    size,
    day,
    chains: [...chains]
      .map(([head, { campaign: c, qty, band }]) => ({ head, c, q: String(qty), b: band }))
      .sort((p, q) => (p.head < q.head ? -1 : 1)),
    keys: [...keys].map(([leaf, { ended }]) => ({ leaf, ended })),
    ended: [...tallies].flatMap(([c, { ended }]) => (ended === null ? [] : [{ c, ...ended }])),
  };
}
