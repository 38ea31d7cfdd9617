/**
 * What a person is asked for each kind of event, in the order of the form. Awards and funds have forms of their own,
 * because their terms depend on each other; everything here is a flat list.
 */
import type { FundEvent } from "../../../../shared/protocol/fund.ts";
import type { MessageKey } from "../../../parts/i18n.ts";

export type PickOf = "fund" | "funder" | "recipient" | "campaign" | "commitment" | "award";

export type FieldSpec = {
  name: string;
  /** not asked: null in the event, or left out when `omit` */
  optional?: boolean;
  omit?: boolean;
} & (
  | { kind: "line" | "prose"; max: number }
  /** the currency is that of the fund, award, commitment or campaign picked in that field */
  | { kind: "money"; of: string; zero?: boolean }
  | { kind: "units" }
  | { kind: "percent" }
  | { kind: "day"; today?: boolean }
  | { kind: "pick"; of: PickOf; states?: string }
  | { kind: "choice"; of: readonly string[] }
  | { kind: "url" | "org-id" | "country" }
  | { kind: "evidence" }
  | { kind: "number" }
);

export interface EventSpec {
  event: FundEvent["event"];
  group: "in" | "awards" | "out" | "back" | "people" | "books";
  fields: readonly FieldSpec[];
  /** the field that an id is made from, for events that name something new */
  named?: string;
}

const on: FieldSpec = { name: "on", kind: "day", today: true };
const evidence: FieldSpec = { name: "evidence_sha256", kind: "evidence", optional: true };
const reason: FieldSpec = { name: "reason", kind: "prose", max: 500 };
const ofAward: FieldSpec = { name: "amount_minor", kind: "money", of: "award" };

function award(states: string): FieldSpec {
  return { name: "award", kind: "pick", of: "award", states };
}

export const eventSpecs: readonly EventSpec[] = [
  {
    event: "receipt",
    group: "in",
    fields: [
      { name: "funder", kind: "pick", of: "funder" },
      { name: "fund", kind: "pick", of: "fund" },
      { name: "commitment", kind: "pick", of: "commitment", optional: true },
      { name: "amount_minor", kind: "money", of: "fund" },
      on,
      evidence,
    ],
  },
  {
    event: "commitment",
    group: "in",
    named: "funder",
    fields: [
      { name: "funder", kind: "pick", of: "funder" },
      { name: "fund", kind: "pick", of: "fund" },
      { name: "kind", kind: "choice", of: ["gift", "sponsorship", "sales_share"] },
      { name: "amount_minor", kind: "money", of: "fund", optional: true, omit: true },
      { name: "share_bps", kind: "percent", optional: true, omit: true },
      { name: "settles", kind: "choice", of: ["monthly", "quarterly", "yearly"], optional: true, omit: true },
      { name: "state", kind: "choice", of: ["intention", "committed"] },
      { name: "condition", kind: "prose", max: 500, optional: true, omit: true },
      { name: "due_on", kind: "day", optional: true },
    ],
  },
  {
    event: "sales-statement",
    group: "in",
    fields: [
      { name: "commitment", kind: "pick", of: "commitment" },
      { name: "from", kind: "day" },
      { name: "until", kind: "day" },
      { name: "sales_minor", kind: "money", of: "commitment", zero: true },
      evidence,
    ],
  },
  {
    event: "exchange",
    group: "in",
    fields: [
      { name: "from_fund", kind: "pick", of: "fund" },
      { name: "to_fund", kind: "pick", of: "fund" },
      { name: "from_minor", kind: "money", of: "from_fund" },
      { name: "to_minor", kind: "money", of: "to_fund" },
      on,
      evidence,
    ],
  },
  {
    event: "fee",
    group: "out",
    fields: [
      { name: "fund", kind: "pick", of: "fund" },
      { name: "provider", kind: "line", max: 60 },
      { name: "amount_minor", kind: "money", of: "fund" },
      { name: "reason", kind: "line", max: 160 },
      on,
      evidence,
    ],
  },
  {
    event: "condition",
    group: "awards",
    fields: [
      award("reserved"),
      { name: "condition", kind: "number" },
      { name: "outcome", kind: "choice", of: ["met", "failed", "waived"] },
      reason,
      on,
      evidence,
    ],
  },
  {
    event: "disbursement",
    group: "out",
    fields: [
      award("payable"),
      ofAward,
      { name: "units", kind: "units", optional: true, omit: true },
      { name: "despite", kind: "prose", max: 500, optional: true, omit: true },
      on,
      evidence,
    ],
  },
  { event: "release", group: "back", fields: [award("payable"), ofAward, reason, on] },
  {
    event: "repayment",
    group: "back",
    fields: [
      award("active"),
      { name: "principal_minor", kind: "money", of: "award", zero: true },
      { name: "interest_minor", kind: "money", of: "award", zero: true },
      on,
      evidence,
    ],
  },
  { event: "clawback", group: "back", fields: [award("active,closed"), ofAward, reason, on] },
  {
    event: "equity-sale",
    group: "back",
    fields: [
      award("active"),
      { name: "cost_minor", kind: "money", of: "award" },
      { name: "proceeds_minor", kind: "money", of: "award", zero: true },
      on,
      evidence,
    ],
  },
  { event: "write-off", group: "back", fields: [award("active"), ofAward, reason, on] },
  { event: "conversion", group: "back", fields: [award("active"), ofAward, reason, on] },
  { event: "guarantee-call", group: "out", fields: [award("reserved"), ofAward, reason, on] },
  {
    event: "regrant",
    group: "out",
    fields: [award("active,closed"), { name: "fund", kind: "pick", of: "fund" }, ofAward, on],
  },
  {
    event: "need",
    group: "awards",
    fields: [
      { name: "campaign", kind: "pick", of: "campaign" },
      { name: "fixed_cost_minor", kind: "money", of: "campaign", zero: true },
      { name: "market_development_minor", kind: "money", of: "campaign", zero: true },
      { name: "expected_price_minor", kind: "money", of: "campaign", optional: true, omit: true },
      { name: "expected_minimum_units", kind: "units", optional: true, omit: true },
      { name: "note", kind: "prose", max: 500, optional: true },
    ],
  },
  {
    event: "funder",
    group: "people",
    named: "name",
    fields: [
      { name: "name", kind: "line", max: 160 },
      {
        name: "kind",
        kind: "choice",
        of: ["foundation", "company", "government", "ngo", "multilateral", "community", "individual", "anonymous"],
      },
      { name: "org_id", kind: "org-id", optional: true },
      { name: "country", kind: "country", optional: true },
      { name: "url", kind: "url", optional: true },
    ],
  },
  {
    event: "recipient",
    group: "people",
    named: "name",
    fields: [
      { name: "name", kind: "line", max: 200 },
      { name: "kind", kind: "choice", of: ["organisation", "community", "supplier", "individual"] },
      { name: "org_id", kind: "org-id", optional: true },
      { name: "country", kind: "country", optional: true },
      { name: "origin", kind: "line", max: 253, optional: true, omit: true },
    ],
  },
  {
    event: "reversal",
    group: "books",
    fields: [{ name: "index", kind: "number" }, { name: "of", kind: "number" }, reason, on],
  },
  {
    event: "cleared",
    group: "books",
    fields: [
      { name: "index", kind: "number" },
      { name: "of", kind: "number" },
      on,
      { name: "evidence_sha256", kind: "evidence" },
    ],
  },
  { event: "period-close", group: "books", fields: [{ name: "until", kind: "day" }] },
];

export function specOf(event: string): EventSpec | undefined {
  return eventSpecs.find((spec) => spec.event === event);
}

/** Label of a field: its own words, shared by all events that ask for it. */
export function labelKey(name: string): MessageKey {
  return `desk.field-${name}` as MessageKey;
}
