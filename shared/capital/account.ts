/**
 * Accounts of the ledger by path (docs/capital.md §3). The prefix is the class: what may not fall below zero, and what
 * is the world outside. The triggers of the hub's database enforce the same classes.
 */
import type { Use } from "../protocol/fund.ts";

export type AccountClass = "ext" | "fund" | "award" | "recipient" | "pri" | "loss" | "fee" | "fx";

export function funderAccount(funder: string): string {
  return `ext:funder:${funder}`;
}
/** Where interest on an award comes from. */
export function incomeAccount(award: string): string {
  return `ext:income:${award}`;
}
/** Where a share's sale above its cost comes from. */
export function gainAccount(award: string): string {
  return `ext:gain:${award}`;
}
export function fundAccount(fund: string): string {
  return `fund:${fund}:available`;
}
export function reservedAccount(award: string): string {
  return `award:${award}:reserved`;
}
export function payableAccount(award: string): string {
  return `award:${award}:payable`;
}
export function recipientAccount(recipient: string, use: Use): string {
  return `recipient:${recipient}:${use}`;
}
export function principalAccount(award: string): string {
  return `pri:${award}:principal`;
}
export function equityAccount(award: string): string {
  return `pri:${award}:equity`;
}
export function lossAccount(award: string): string {
  return `loss:${award}`;
}
export function feeAccount(provider: string): string {
  return `fee:${provider}`;
}
export function exchangeAccount(currency: string): string {
  return `fx:${currency}`;
}

export function classOf(path: string): AccountClass {
  return path.slice(0, path.indexOf(":")) as AccountClass;
}

/** What is held by somebody cannot be less than nothing; the outside world, losses, fees and exchanges can. */
export function isNoOverdraft(path: string): boolean {
  const held = classOf(path);
  return held === "fund" || held === "award" || held === "pri" || held === "recipient";
}

/** The id in the middle of the path: of the fund, award or recipient; of the funder behind `ext:funder`. */
export function subjectOf(path: string): string {
  const [first = "", second = "", third = ""] = path.split(":");
  return first === "ext" ? third : second;
}

/** Key of a balance: the same path exists in several currencies outside of funds and awards. */
export function balanceKey(currency: string, path: string): string {
  return `${currency} ${path}`;
}
