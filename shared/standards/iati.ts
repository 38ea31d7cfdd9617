/**
 * Loans, recoverable grants, shares and guarantees as IATI activities 2.03 (https://iatistandard.org): what 360Giving has
 * no place for. Element order follows the standard's schema; codes are those of its codelists.
 */
import { financeTypes } from "../capital/instrument.ts";
import { formatAmountPlain } from "../money/amount.ts";
import type { TransferCode } from "../protocol/fund.ts";
import type { ExportedAward, Publisher } from "./threesixty-write.ts";
import { toXml } from "./xml.ts";

export interface IatiTransfer {
  code: TransferCode;
  on: string;
  amount_minor: string;
  seq: number;
}

export interface IatiActivity {
  award: ExportedAward;
  /** closed when nothing is to be paid or to come back */
  isClosed: boolean;
  transfers: readonly IatiTransfer[];
}

/** IATI TransactionType by what a transfer was; what has none there is left out. */
const transactionTypes: Partial<Record<TransferCode, string>> = {
  investment: "3",
  disbursement: "3",
  "guarantee-call": "3",
  interest: "5",
  "principal-repayment": "6",
};

export function toIati(activities: readonly IatiActivity[], publisher: Publisher, generated: string): string {
  return toXml({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    "iati-activities": {
      "@version": "2.03",
      "@generated-datetime": generated,
      "iati-activity": activities.map((activity) => activityOf(activity, publisher, generated)),
    },
  });
}

function activityOf({ award, isClosed, transfers }: IatiActivity, publisher: Publisher, generated: string) {
  const { event, currency, funder, recipient } = award;
  const funderRef = funder.org_id ?? `${publisher.prefix}-${funder.id}`;
  return {
    "@default-currency": currency,
    "@last-updated-datetime": generated,
    "@xml:lang": "en",
    "iati-identifier": `${publisher.prefix}-${event.id}`,
    "reporting-org": { "@ref": publisher.prefix, "@type": "22", narrative: publisher.name },
    title: { narrative: event.title },
    description: { narrative: award.text ?? event.title },
    "participating-org": [
      { "@ref": funderRef, "@role": "1", narrative: funder.name },
      {
        ...(recipient.org_id !== null && { "@ref": recipient.org_id }),
        "@role": "4",
        narrative: recipient.name,
      },
    ],
    "activity-status": { "@code": isClosed ? "4" : "2" },
    "activity-date": { "@iso-date": event.decided_on, "@type": "2" },
    ...(event.region !== null && { "recipient-country": { "@code": event.region.slice(0, 2) } }),
    "default-finance-type": { "@code": financeTypes[event.instrument] },
    transaction: [
      transactionOf({ type: "2", on: event.decided_on, amount_minor: event.amount_minor, ref: "commitment" }, currency),
      ...transfers.flatMap(({ code, on, amount_minor, seq }) => {
        const type = code === "investment" && event.instrument === "equity" ? "8" : transactionTypes[code];
        const sold = code === "equity-sale" || code === "gain" ? "9" : undefined;
        const as = sold ?? type;
        return as === undefined ? [] : [transactionOf({ type: as, on, amount_minor, ref: String(seq) }, currency)];
      }),
      ...(event.instrument === "guarantee"
        ? [
            transactionOf(
              { type: "10", on: event.decided_on, amount_minor: event.amount_minor, ref: "guarantee" },
              currency,
            ),
          ]
        : []),
    ],
  };
}

function transactionOf(
  { type, on, amount_minor, ref }: { type: string; on: string; amount_minor: string; ref: string },
  currency: string,
) {
  return {
    "@ref": ref,
    "transaction-type": { "@code": type },
    "transaction-date": { "@iso-date": on },
    value: { "@currency": currency, "@value-date": on, "#text": formatAmountPlain(BigInt(amount_minor), currency) },
  };
}
