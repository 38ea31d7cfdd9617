/**
 * Rows of the capital view and the fold's types, both ways. The `data` column is RFC 8785 with big integers as decimal
 * strings and maps as sorted pairs, so that equal values are equal text and a replay can be compared with the rows.
 */
import type { CodeSums } from "../../shared/capital/sums.ts";
import type { Award, CapitalState, Commitment, Fund, Funder, Recipient } from "../../shared/capital/state.ts";
import type { FundEventOf, Transfer } from "../../shared/protocol/fund.ts";
import { canonicalJson } from "../../shared/signing/canonical.ts";

type Pairs = [string, string][];

function pairs(map: ReadonlyMap<string, bigint>): Pairs {
  return [...map]
    .map(([key, value]): [string, string] => [key, String(value)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function bigints(list: Pairs): Map<string, bigint> {
  return new Map(list.map(([key, value]) => [key, BigInt(value)]));
}

export interface DataRow {
  id: string;
  idx: number;
  data: string;
}

export interface FundRow extends DataRow {
  funder: string | null;
  currency: string;
}

export interface CommitmentRow extends DataRow {
  fund: string;
  funder: string;
  due_on: string | null;
  open: number;
}

export interface AwardRow extends DataRow {
  fund: string;
  funder: string | null;
  recipient: string;
  campaign: string | null;
  parent: string | null;
  currency: string;
  instrument: string;
  decided_on: string;
  state: Award["state"];
}

export interface RecipientRow extends DataRow {
  origin: string | null;
}

export function funderRow({ index, event }: Funder): DataRow {
  return { id: event.id, idx: index, data: canonicalJson({ event }) };
}

export function recipientRow({ index, event }: Recipient): RecipientRow {
  return { id: event.id, idx: index, origin: event.origin ?? null, data: canonicalJson({ event }) };
}

export function funderOf({ idx, data }: DataRow): Funder {
  return { index: idx, ...(JSON.parse(data) as Pick<Funder, "event">) };
}

export function recipientOf({ idx, data }: DataRow): Recipient {
  return { index: idx, ...(JSON.parse(data) as Pick<Recipient, "event">) };
}

type FundJson = Omit<Fund, "index" | "sums" | "received_by"> & { sums: Pairs; received_by: Pairs };

export function fundRow({ index, sums, received_by, ...rest }: Fund): FundRow {
  const { id, funder, currency } = rest.event;
  const json: FundJson = { ...rest, sums: pairs(sums), received_by: pairs(received_by) };
  return { id, idx: index, funder, currency, data: canonicalJson(json) };
}

export function fundOf({ idx, data }: DataRow): Fund {
  const { sums, received_by, ...rest } = JSON.parse(data) as FundJson;
  return { ...rest, index: idx, sums: bigints(sums) as CodeSums, received_by: bigints(received_by) };
}

type CommitmentJson = Omit<Commitment, "index" | "owed" | "received"> & { owed: string; received: string };

export function commitmentRow(commitment: Commitment): CommitmentRow {
  const { index, owed, received, ...rest } = commitment;
  const { id, fund, funder, due_on } = rest.event;
  const json: CommitmentJson = { ...rest, owed: String(owed), received: String(received) };
  return { id, idx: index, fund, funder, due_on, open: isOpen(commitment) ? 1 : 0, data: canonicalJson(json) };
}

/** Something promised is still to come. */
export function isOpen({ event, owed, received }: Commitment): boolean {
  if (event.state !== "committed") return false;
  return event.amount_minor === undefined ? owed > received : BigInt(event.amount_minor) > received;
}

export function commitmentOf({ idx, data }: DataRow): Commitment {
  const { owed, received, ...rest } = JSON.parse(data) as CommitmentJson;
  return { ...rest, index: idx, owed: BigInt(owed), received: BigInt(received) };
}

const sumsOfAward = [
  "reserved",
  "payable",
  "disbursed",
  "released",
  "outstanding",
  "repaid",
  "interest",
  "written_off",
  "converted",
  "sold_at_cost",
  "clawed_back",
  "regranted_on",
] as const;
type AwardJson = Omit<Award, "index" | (typeof sumsOfAward)[number]> & Record<(typeof sumsOfAward)[number], string>;

export function awardRow(award: Award): AwardRow {
  const { index, ...rest } = award;
  const { id, fund, recipient, campaign, parent, instrument, decided_on } = award.event;
  const json = { ...rest, ...Object.fromEntries(sumsOfAward.map((name) => [name, String(award[name])])) };
  return {
    id,
    idx: index,
    fund,
    funder: award.funder,
    recipient,
    campaign,
    parent,
    currency: award.currency,
    instrument,
    decided_on,
    state: award.state,
    data: canonicalJson(json),
  };
}

export function awardOf({ idx, data }: DataRow): Award {
  const json = JSON.parse(data) as AwardJson;
  const sums = Object.fromEntries(sumsOfAward.map((name) => [name, BigInt(json[name])]));
  return { ...json, ...sums, index: idx } as unknown as Award;
}

export interface AllocationRow extends DataRow {
  fund: string;
}

type Allocation = CapitalState["allocations"] extends Map<string, infer A> ? A : never;

export function allocationRow({ index, event }: Allocation): AllocationRow {
  return { id: event.id, idx: index, fund: event.fund, data: canonicalJson(event) };
}

export function allocationOf({ idx, data }: DataRow): Allocation {
  return { index: idx, event: JSON.parse(data) as FundEventOf<"allocation"> };
}

/** What stands in the one row of `capital`. */
interface CapitalJson {
  closed_until: string | null;
  needs: FundEventOf<"need">[];
}

export function capitalRowText({ closed_until, needs }: Pick<CapitalState, "closed_until" | "needs">): string {
  const json: CapitalJson = {
    closed_until,
    needs: [...needs.values()].toSorted((a, b) => (a.campaign < b.campaign ? -1 : 1)),
  };
  return canonicalJson(json);
}

export function capitalRowOf(text: string | null): Pick<CapitalState, "closed_until" | "needs"> {
  if (text === null) return { closed_until: null, needs: new Map() };
  const { closed_until, needs } = JSON.parse(text) as CapitalJson;
  return { closed_until, needs: new Map(needs.map((need) => [need.campaign, need])) };
}

export interface TransferRow {
  seq: number;
  idx: number;
  event: number;
  currency: string;
  from_path: string;
  to_path: string;
  amount: number;
  code: Transfer["code"];
  on_day: string;
  award: string | null;
  commitment: string | null;
  regranted: number;
  reverses: number | null;
  /** Unix seconds of the entry */
  booked_at: number;
  chain: string;
}

export function transferRow(
  transfer: Transfer,
  at: { seq: number; idx: number; booked_at: number; chain: string },
): TransferRow {
  return {
    ...at,
    event: transfer.event,
    currency: transfer.currency,
    from_path: transfer.from,
    to_path: transfer.to,
    amount: Number(transfer.amount_minor),
    code: transfer.code,
    on_day: transfer.on,
    award: transfer.award ?? null,
    commitment: transfer.commitment ?? null,
    regranted: transfer.regranted === true ? 1 : 0,
    reverses: transfer.reverses ?? null,
  };
}

export function transferOf(row: TransferRow): Transfer {
  return {
    event: row.event,
    currency: row.currency,
    from: row.from_path,
    to: row.to_path,
    amount_minor: String(row.amount),
    code: row.code,
    on: row.on_day,
    ...(row.award !== null && { award: row.award }),
    ...(row.commitment !== null && { commitment: row.commitment }),
    ...(row.regranted === 1 && { regranted: true as const }),
    ...(row.reverses !== null && { reverses: row.reverses }),
  };
}
