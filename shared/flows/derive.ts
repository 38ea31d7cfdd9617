/**
 * The flow picture of one currency and period (docs/flows.md): what was there, what came in, where it went, what is
 * left. Exactly balanced and without loops, asserted here: an imbalance is a bug and is never shown. Pure: names and
 * layout are other rooms' matters.
 */
import type { FlowStage } from "../protocol/api/capital.ts";
import type { RawLink } from "./link.ts";

export interface FlowLink {
  source: string;
  target: string;
  amount_minor: bigint;
}

const ranks: Readonly<Record<string, number>> = { fund: 1, use: 2, award: 2, loan: 3, recipient: 4 };

function kindOf(node: string): string {
  return node.slice(0, node.includes(":") ? node.indexOf(":") : undefined);
}

/** Holds money between periods: in must equal out. */
function isInner(node: string): boolean {
  const rank = ranks[kindOf(node)];
  return rank !== undefined && rank < 4;
}

/** The same movements in another currency, and what a balance is worth there when the period begins and ends. */
export interface Conversion {
  period: readonly RawLink[];
  atOpening: (minor: bigint) => bigint;
  atClosing: (minor: bigint) => bigint;
}

/** `regranted` rows are left out of the default picture: that money was counted where it was first given. */
export function deriveFlows(
  period: readonly RawLink[],
  before: readonly RawLink[],
  { gross = false, converted }: { gross?: boolean; converted?: Conversion } = {},
): FlowLink[] {
  const raw = summed(period, gross);
  const opening = balances(summed(before, gross));
  const closing = balances(raw, opening);
  const links = streamed(converted === undefined ? raw : summed(converted.period, gross));
  addHeld(links, valued(opening, converted?.atOpening), valued(closing, converted?.atClosing));
  if (converted !== undefined) addResidue(links);
  const result = links.list();
  assertBalanced(result);
  return result;
}

function streamed(raw: LinkSums): LinkSums {
  const { forward, back } = directed(raw);
  netReturns(forward, back);
  const links = new LinkSums();
  for (const [source, target, amount] of forward.entries()) links.add(source, target, amount);
  for (const [source, target, amount] of back.entries()) breakLoop(links, source, target, amount);
  return links;
}

/** Sums by source and target, in the order they first appear. */
class LinkSums {
  readonly #sums = new Map<string, Map<string, bigint>>();

  add(source: string, target: string, amount: bigint): void {
    const targets = this.#sums.get(source) ?? new Map<string, bigint>();
    this.#sums.set(source, targets);
    targets.set(target, (targets.get(target) ?? 0n) + amount);
  }

  get(source: string, target: string): bigint {
    return this.#sums.get(source)?.get(target) ?? 0n;
  }

  entries(): [string, string, bigint][] {
    return [...this.#sums].flatMap(([source, targets]) =>
      [...targets].map(([target, amount]): [string, string, bigint] => [source, target, amount]),
    );
  }

  list(): FlowLink[] {
    return this.entries()
      .filter(([, , amount]) => amount !== 0n)
      .map(([source, target, amount_minor]) => ({ source, target, amount_minor }));
  }
}

function summed(links: readonly RawLink[], gross: boolean): LinkSums {
  const sums = new LinkSums();
  for (const { source, target, amount_minor, regranted } of links) {
    if (regranted && !gross) continue;
    // What a recipient passes on begins a stream of its own: it has left the first one.
    const isPassedOn = regranted && kindOf(source) === "recipient" && kindOf(target) === "fund";
    sums.add(isPassedOn ? `regranted:${source.slice("recipient:".length)}` : source, target, amount_minor);
  }
  return sums;
}

/** What each inner node holds after these movements. */
function balances(sums: LinkSums, opening: ReadonlyMap<string, bigint> = new Map()): Map<string, bigint> {
  const held = new Map(opening);
  for (const [source, target, amount] of sums.entries()) {
    if (isInner(source)) held.set(source, (held.get(source) ?? 0n) - amount);
    if (isInner(target)) held.set(target, (held.get(target) ?? 0n) + amount);
  }
  return held;
}

function valued(held: ReadonlyMap<string, bigint>, value = (minor: bigint) => minor): [string, bigint][] {
  return [...held].map(([node, amount]): [string, bigint] => [node, amount === 0n ? 0n : value(amount)]);
}

function rankOf(node: string, side: "source" | "target"): number {
  return ranks[kindOf(node)] ?? (side === "source" ? 0 : 5);
}

/** With the stream, or against it; a sum below zero runs the other way. */
function directed(raw: LinkSums): { forward: LinkSums; back: LinkSums } {
  const forward = new LinkSums();
  const back = new LinkSums();
  for (const [source, target, amount] of raw.entries()) {
    if (amount === 0n) continue;
    const isBack = rankOf(source, "source") > rankOf(target, "target");
    if (amount > 0n) (isBack ? back : forward).add(source, target, amount);
    else if (isInner(source) || isInner(target)) reversedLink(forward, back, source, target, amount, isBack);
  }
  return { forward, back };
}

/** More was taken back in this period than was moved in it. */
function reversedLink(
  forward: LinkSums,
  back: LinkSums,
  source: string,
  target: string,
  amount: bigint,
  isBack: boolean,
): void {
  if (isBack) forward.add(target, source, -amount);
  else if (rankOf(source, "source") === 0) back.add(target, `reversed:${source}`, -amount);
  else if (rankOf(target, "target") === 5) forward.add(`reversed:${target}`, source, -amount);
  else back.add(target, source, -amount);
}

/** Unused and returned money is taken off the award it came from, as far as that was in the same period. */
function netReturns(forward: LinkSums, back: LinkSums): void {
  for (const [source, target, amount] of back.entries()) {
    if (kindOf(source) === "loan") continue;
    const there = forward.get(target, source);
    const netted = there < amount ? there : amount;
    if (netted <= 0n) continue;
    forward.add(target, source, -netted);
    back.add(source, target, -netted);
  }
}

/** What still runs against the stream ends in a sink, and begins again as a source with the same amount. */
function breakLoop(links: LinkSums, source: string, target: string, amount: bigint): void {
  if (amount === 0n) return;
  if (rankOf(target, "target") === 5) {
    links.add(source, target, amount);
    return;
  }
  const fund = target.slice(target.indexOf(":") + 1);
  const isLoan = kindOf(source) === "loan";
  if (kindOf(source) !== "recipient") links.add(source, `${isLoan ? "repaid" : "unused"}:${fund}`, amount);
  links.add(`${isLoan ? "recycled" : "returned"}:${fund}`, target, amount);
}

/** Adds what inner nodes held before and what they hold after. A date may come before its money: that is said too. */
function addHeld(links: LinkSums, opening: [string, bigint][], closing: [string, bigint][]): void {
  for (const [node, amount] of opening) {
    const kind = kindOf(node);
    if (amount > 0n) links.add(`opening:${kind}`, node, amount);
    if (amount < 0n) links.add(node, `advance:${kind}`, -amount);
  }
  for (const [node, amount] of closing) {
    const kind = kindOf(node);
    if (amount > 0n) links.add(node, `closing:${kind}`, amount);
    if (amount < 0n) links.add(`later:${kind}`, node, -amount);
  }
}

/** Each movement has the rate of its own day: what rates and rounding make of that is said at every node, to the unit. */
function addResidue(links: LinkSums): void {
  for (const [node, left] of balances(links)) {
    if (left > 0n) links.add(node, "rounding:out", left);
    if (left < 0n) links.add("rounding:in", node, -left);
  }
}

/** In = out at every inner node, all amounts above zero, no link against the stream: sources then equal sinks. */
export function assertBalanced(links: readonly FlowLink[]): void {
  const sums = new Map<string, bigint>();
  for (const { source, target, amount_minor } of links) {
    if (amount_minor <= 0n) throw new Error(`a flow of ${amount_minor} from ${source} to ${target}`);
    if (rankOf(source, "source") >= rankOf(target, "target")) throw new Error(`${source} to ${target} runs backwards`);
    if (isInner(source)) sums.set(source, (sums.get(source) ?? 0n) - amount_minor);
    if (isInner(target)) sums.set(target, (sums.get(target) ?? 0n) + amount_minor);
  }
  for (const [node, sum] of sums) {
    if (sum !== 0n) throw new Error(`in and out of ${node} differ by ${sum}`);
  }
}

export function stageOf(node: string, links: readonly FlowLink[]): FlowStage {
  const rank = ranks[kindOf(node)];
  if (rank === 1) return "fund";
  if (rank === 2) return "use";
  if (rank !== undefined) return "recipient";
  return links.some(({ source }) => source === node) ? "source" : "sink";
}

/** The largest nodes of a kind stay, the rest becomes one: amounts are added, so every balance stays exact. */
export function mergeSmall(links: readonly FlowLink[], top: number): FlowLink[] {
  const size = new Map<string, bigint>();
  for (const { source, target, amount_minor } of links) {
    for (const node of [source, target]) size.set(node, (size.get(node) ?? 0n) + amount_minor);
  }
  const renamed = new Map<string, string>();
  for (const kind of ["funder", "recipient", "loan", "use", "regranted"]) {
    const nodes = [...size].filter(([node]) => kindOf(node) === kind && node.includes(":"));
    if (nodes.length <= top) continue;
    const sorted = nodes.toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1));
    for (const [node] of sorted.slice(top - 1)) renamed.set(node, `${kind}:~other`);
  }
  if (renamed.size === 0) return [...links];
  const merged = new LinkSums();
  for (const { source, target, amount_minor } of links) {
    merged.add(renamed.get(source) ?? source, renamed.get(target) ?? target, amount_minor);
  }
  const result = merged.list();
  assertBalanced(result);
  return result;
}
