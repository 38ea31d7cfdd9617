/**
 * From a transfer to the links of the flow picture (docs/flows.md): funder → fund → use → recipient, loan or share. A
 * reversal takes back what the first transfer added. What flows back is kept as a link against the stream; derive.ts
 * decides how it is drawn, because that depends on the period.
 */
import { classOf, subjectOf } from "../capital/account.ts";
import type { Transfer, Use } from "../protocol/fund.ts";

export interface RawLink {
  source: string;
  target: string;
  /** below zero for what a reversal takes back */
  amount_minor: bigint;
  regranted: boolean;
}

/** What of an award its links need. */
export interface LinkedAward {
  fund: string;
  use: Use;
}

export function useNode({ fund, use }: LinkedAward): string {
  return `use:${fund}:${use}`;
}

/** `award`: of the transfer, when it has one. */
export function linksOf(transfer: Transfer, award: LinkedAward | undefined): RawLink[] {
  const isBack = transfer.reverses !== undefined;
  const from = isBack ? transfer.to : transfer.from;
  const to = isBack ? transfer.from : transfer.to;
  const amount = BigInt(transfer.amount_minor);
  const amount_minor = isBack ? -amount : amount;
  const regranted = transfer.regranted === true;
  const link = (source: string, target: string): RawLink => ({ source, target, amount_minor, regranted });
  const source = nodeOf(from, award, "out");
  const target = nodeOf(to, award, "in");
  // Money that stays inside one node of the picture: reserved becomes payable.
  if (source === target) return [];
  // A clawback goes back the way the award came.
  if (transfer.code === "clawback" && award !== undefined) {
    const use = useNode(award);
    return [link(source, use), link(use, target)];
  }
  return [link(source, target)];
}

/** `side`: money comes out of the account, or goes in. */
function nodeOf(path: string, award: LinkedAward | undefined, side: "in" | "out"): string {
  const subject = subjectOf(path);
  switch (classOf(path)) {
    case "ext":
      return path.startsWith("ext:funder:") ? `funder:${subject}` : path.startsWith("ext:gain:") ? "gains" : "interest";
    case "fund":
      return `fund:${subject}`;
    case "award":
      return award === undefined ? `award:${subject}` : useNode(award);
    case "recipient":
      return `recipient:${subject}`;
    case "pri":
      return `loan:${subject}`;
    case "loss":
      return "lost";
    case "fee":
      return "fees";
    case "fx":
      return side === "out" ? "exchange:in" : "exchange:out";
  }
}
