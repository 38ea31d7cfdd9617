/**
 * The book fold (docs/protocol.md §2): entries of a pledge book -> live chains and one tally per campaign.
 * No I/O, no clock; index is the order. An entry that breaks a rule counts zero and is listed.
 * Works on a partial state, so that a database applies one entry at the cost of a few rows.
 */
import type { BookEntry } from "../protocol/book-entry.ts";
import type { BookProblem, BookState, CampaignRules, Chain, RulesOf, Tally, Touched } from "./state.ts";
import { emptyBook, emptyTally } from "./state.ts";

export interface BookItem {
  index: number;
  leaf: string;
  /** null = a kind this version does not know */
  entry: BookEntry | null;
}

export interface BookEffect {
  problems: { index: number; code: BookProblem }[];
  touched: Touched;
}

type Of<T extends BookEntry["t"]> = Extract<BookEntry, { t: T }>;

/** Applies one entry in place and says which rule it breaks, if any. */
export function applyBookEntry(
  state: BookState,
  item: BookItem,
  rulesOf: RulesOf,
  touched: Touched,
): BookProblem | null {
  if (item.index !== state.size) throw new Error(`book entry ${item.index} applied to a state of size ${state.size}`);
  state.size += 1;
  const { entry, leaf, index } = item;
  if (index === 0) {
    if (entry?.t !== "genesis") return "genesis-missing";
    state.genesis = entry.iss;
    return null;
  }
  if (entry === null) return null;
  if (entry.t === "genesis") return "genesis-again";
  if (state.day !== null && entry.d < state.day) return "day-decreasing";
  state.day = entry.d;
  switch (entry.t) {
    case "key":
      state.keys.set(leaf, { ended: false });
      touched.keys.add(leaf);
      return null;
    case "key_end":
      return endKey(state, entry, touched);
    case "interest":
    case "pledge":
      return begin(state, leaf, entry, rulesOf(entry.c), touched);
    case "revise":
      return revise(state, leaf, entry, rulesOf, touched);
    case "withdraw":
      return withdraw(state, entry, touched);
    case "lock":
    case "release":
      return end(state, index, entry, rulesOf(entry.c), touched);
    case "purchase":
    case "return":
      return buy(state, entry, rulesOf(entry.c), touched);
  }
}

/** Applies entries in order. `state.size` must be the index of the first. */
export function applyBookEntries(state: BookState, items: readonly BookItem[], rulesOf: RulesOf): BookEffect {
  const effect: BookEffect = { problems: [], touched: { heads: new Set(), keys: new Set(), campaigns: new Set() } };
  for (const item of items) {
    const code = applyBookEntry(state, item, rulesOf, effect.touched);
    if (code !== null) effect.problems.push({ index: item.index, code });
  }
  return effect;
}

/** Replays a whole book. */
export function foldBook(items: readonly BookItem[], rulesOf: RulesOf): { state: BookState; effect: BookEffect } {
  const state = emptyBook();
  return { state, effect: applyBookEntries(state, items, rulesOf) };
}

/**
 * What a partial state must hold before these entries are applied, as far as it exists: chains by head, keys by
 * leaf, tallies by campaign; and the tally of the campaign of each chain so loaded.
 */
export function cited(entries: readonly (BookEntry | null)[]): {
  heads: string[];
  keys: string[];
  campaigns: string[];
} {
  const heads = new Set<string>();
  const keys = new Set<string>();
  const campaigns = new Set<string>();
  for (const entry of entries) {
    if (entry === null) continue;
    if (entry.t === "revise" || entry.t === "withdraw") heads.add(entry.r);
    else if (entry.t === "key_end") keys.add(entry.r);
    else if ("c" in entry) campaigns.add(entry.c);
  }
  return { heads: [...heads], keys: [...keys], campaigns: [...campaigns] };
}

/** Whether a chain still counts: not let go by its campaign's lock or release. */
export function isLive(chain: Pick<Chain, "band">, ended: Tally["ended"]): boolean {
  if (ended === null) return true;
  return ended.band !== null && chain.band !== null && chain.band >= ended.band;
}

function endKey(state: BookState, entry: Of<"key_end">, touched: Touched): BookProblem | null {
  const key = state.keys.get(entry.r);
  if (key === undefined || key.ended) return "key-unknown";
  state.keys.set(entry.r, { ended: true });
  touched.keys.add(entry.r);
  return null;
}

function tallyOf(state: BookState, campaign: string, rules: CampaignRules): Tally {
  const found = state.tallies.get(campaign);
  if (found !== undefined) return found;
  const made = emptyTally(rules.bands);
  state.tallies.set(campaign, made);
  return made;
}

function refuseTerms(qty: bigint, band: number | null, rules: CampaignRules): BookProblem | null {
  if (qty > rules.max_qty) return "quantity-too-large";
  if (band !== null && band >= rules.bands) return "band-unknown";
  return null;
}

function begin(
  state: BookState,
  leaf: string,
  entry: Of<"interest" | "pledge">,
  rules: CampaignRules | undefined,
  touched: Touched,
): BookProblem | null {
  if (rules === undefined) return null;
  const qty = BigInt(entry.q);
  const band = entry.t === "pledge" ? entry.b : null;
  const refused = refuseTerms(qty, band, rules);
  if (refused !== null) return refused;
  if (band !== null && entry.a === "weak") return "assurance-weak";
  if (state.tallies.get(entry.c)?.ended) return "campaign-ended";
  const chain: Chain = { campaign: entry.c, qty, band, assurance: entry.a };
  state.chains.set(leaf, chain);
  count(tallyOf(state, entry.c, rules), chain, 1);
  touched.heads.add(leaf);
  touched.campaigns.add(entry.c);
  return null;
}

function revise(
  state: BookState,
  leaf: string,
  entry: Of<"revise">,
  rulesOf: RulesOf,
  touched: Touched,
): BookProblem | null {
  const chain = state.chains.get(entry.r);
  if (chain === undefined) return "head-unknown";
  const rules = rulesOf(chain.campaign);
  if (rules === undefined) throw new Error(`a chain of an unknown campaign is live: ${chain.campaign}`);
  const qty = BigInt(entry.q);
  const band = entry.b ?? null;
  const refused = refuseTerms(qty, band, rules);
  if (refused !== null) return refused;
  if (band !== null && chain.assurance === "weak") return "assurance-weak";
  const tally = tallyOf(state, chain.campaign, rules);
  if (tally.ended !== null) return "campaign-ended";
  const next: Chain = { ...chain, qty, band };
  count(tally, chain, -1);
  count(tally, next, 1);
  state.chains.delete(entry.r);
  state.chains.set(leaf, next);
  touched.heads.add(entry.r).add(leaf);
  touched.campaigns.add(chain.campaign);
  return null;
}

function withdraw(state: BookState, entry: Of<"withdraw">, touched: Touched): BookProblem | null {
  const chain = state.chains.get(entry.r);
  if (chain === undefined) return "head-unknown";
  const tally = state.tallies.get(chain.campaign);
  if (tally === undefined) throw new Error(`a live chain without its tally: ${chain.campaign}`);
  if (!isLive(chain, tally.ended)) return "campaign-ended";
  count(tally, chain, -1);
  state.chains.delete(entry.r);
  touched.heads.add(entry.r);
  touched.campaigns.add(chain.campaign);
  return null;
}

/** One row changes whatever the number of pledges: whether a chain is let go follows from its band. */
function end(
  state: BookState,
  index: number,
  entry: Of<"lock" | "release">,
  rules: CampaignRules | undefined,
  touched: Touched,
): BookProblem | null {
  if (rules === undefined) return null;
  const { closing } = rules;
  const outcome = entry.t === "lock" ? "locked" : "released";
  const band = entry.t === "lock" ? entry.b : null;
  if (closing === null || closing.leaf !== entry.x || closing.outcome !== outcome || closing.band !== band) {
    return "closing-unknown";
  }
  const tally = tallyOf(state, entry.c, rules);
  if (tally.ended !== null) return "campaign-ended";
  tally.ended = { index, band };
  tally.units = tally.units.map((units, at) => (band !== null && at >= band ? units : 0n));
  tally.chains = tally.chains.map((chains, at) => (band !== null && at >= band ? chains : 0));
  tally.interest = 0n;
  tally.locked = tally.units.reduce((sum, units) => sum + units, 0n);
  touched.campaigns.add(entry.c);
  return null;
}

function buy(
  state: BookState,
  entry: Of<"purchase" | "return">,
  rules: CampaignRules | undefined,
  touched: Touched,
): BookProblem | null {
  if (rules === undefined) return null;
  const qty = BigInt(entry.q);
  if (entry.t === "return" && qty > (state.tallies.get(entry.c)?.purchased ?? 0n)) return "return-too-large";
  const tally = tallyOf(state, entry.c, rules);
  tally.purchased += entry.t === "purchase" ? qty : -qty;
  touched.campaigns.add(entry.c);
  return null;
}

function count(tally: Tally, chain: Chain, sign: 1 | -1): void {
  const signed = sign === 1 ? chain.qty : -chain.qty;
  if (chain.band === null) {
    tally.interest += signed;
    return;
  }
  tally.units[chain.band] = (tally.units[chain.band] ?? 0n) + signed;
  tally.chains[chain.band] = (tally.chains[chain.band] ?? 0) + sign;
}
