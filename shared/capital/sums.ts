/**
 * Sums over all transfers of a log, kept entry by entry: by currency and code, and a hash chain that commits to every
 * transfer in order (docs/capital.md §3, I10). Needs no account and no award: each transfer says what it is.
 */
import { type Bytes, concat, fromBase64url, sha256, toBase64url, utf8 } from "../bytes.ts";
import type { MoneyStages } from "../protocol/api/money.ts";
import type { Transfer, TransferCode } from "../protocol/fund.ts";
import { canonicalBytes } from "../signing/canonical.ts";

/** Net of reversals. Regranted money is under a key of its own, so that it can be left out. */
export type CodeSums = Map<TransferCode | `regranted/${TransferCode}`, bigint>;

export interface CapitalSums {
  transfers: number;
  /** hash chain up to the last transfer, base64url */
  chain: string;
  by_currency: Map<string, CodeSums>;
}

const CHAIN_START = toBase64url(sha256(utf8("cocoon/capital/v1")));

export function emptyCapitalSums(): CapitalSums {
  return { transfers: 0, chain: CHAIN_START, by_currency: new Map() };
}

/** The chain after one more transfer: SHA-256(chain ‖ JCS(transfer)). */
export function chainAfter(chain: string, transfer: Transfer): string {
  const bytes: Bytes = concat(fromBase64url(chain), canonicalBytes(transfer));
  return toBase64url(sha256(bytes));
}

/** A new value; what was given stays as it was. */
export function addTransfers(sums: CapitalSums | null, transfers: readonly Transfer[]): CapitalSums {
  const next = sums ?? emptyCapitalSums();
  const by_currency = new Map([...next.by_currency].map(([currency, codes]) => [currency, new Map(codes)]));
  let { chain } = next;
  for (const transfer of transfers) {
    chain = chainAfter(chain, transfer);
    const codes: CodeSums = by_currency.get(transfer.currency) ?? new Map();
    by_currency.set(transfer.currency, codes);
    addToCodes(codes, transfer);
  }
  return { transfers: next.transfers + transfers.length, chain, by_currency };
}

export function addToCodes(
  codes: CodeSums,
  transfer: Pick<Transfer, "code" | "amount_minor" | "regranted" | "reverses">,
) {
  const key = transfer.regranted === true ? (`regranted/${transfer.code}` as const) : transfer.code;
  const amount = BigInt(transfer.amount_minor);
  codes.set(key, (codes.get(key) ?? 0n) + (transfer.reverses === undefined ? amount : -amount));
}

/** The named stages of money; their identities hold for whatever set of transfers the sums are over. */
export function stagesOf(currency: string, codes: CodeSums, { gross }: { gross: boolean }): MoneyStages {
  const of = (code: TransferCode): bigint =>
    (codes.get(code) ?? 0n) + (gross ? (codes.get(`regranted/${code}`) ?? 0n) : 0n);
  const received = of("receipt") + of("regrant");
  const recycled = of("principal-repayment") + of("equity-sale");
  const awarded = of("award") + of("reservation");
  const released = of("release") + of("lapse");
  const invested = of("investment");
  const disbursed = of("disbursement") + invested + of("guarantee-call");
  const exchanged = of("exchange-in") - of("exchange-out");
  const available =
    received + recycled + of("interest") + of("gain") + of("clawback") + released - awarded - of("fee") + exchanged;
  return {
    currency,
    received_minor: String(received),
    recycled_minor: String(recycled),
    interest_minor: String(of("interest")),
    gains_minor: String(of("gain")),
    clawed_back_minor: String(of("clawback")),
    fees_minor: String(of("fee")),
    exchanged_minor: String(exchanged),
    awarded_minor: String(awarded),
    released_minor: String(released),
    reserved_minor: String(of("reservation") - of("condition-met") - of("lapse") - of("guarantee-call")),
    payable_minor: String(of("award") + of("condition-met") - of("release") - of("disbursement") - invested),
    disbursed_minor: String(disbursed),
    available_minor: String(available),
    outstanding_minor: String(
      invested - of("principal-repayment") - of("conversion") - of("write-off") - of("equity-sale"),
    ),
    written_off_minor: String(of("write-off")),
    converted_minor: String(of("conversion")),
  };
}
