/** The money of the long log: three funds that receive, award and pay, a little at a time. */
import { sha256url, utf8 } from "../../shared/bytes.ts";
import type { FundEventOf } from "../../shared/protocol/fund.ts";
import { isoTime } from "../../shared/time.ts";
import type { LongHub } from "./hub.ts";

const PEOPLE = { proposed: sha256url(utf8("ana")), approved: sha256url(utf8("ben")) };
const FUNDS = ["plastics", "food", "energy"];
const RECIPIENTS = 20;

export class Money {
  readonly #hub: LongHub;
  #awards = 0;

  constructor(hub: LongHub) {
    this.#hub = hub;
  }

  async begin(iat: number): Promise<void> {
    await this.#hub.money(iat, PEOPLE, [
      { event: "funder", id: "acme", name: "Acme", org_id: null, kind: "foundation", country: null, url: null },
      ...FUNDS.map(fund),
      ...Array.from({ length: RECIPIENTS }, (_, n) => recipient(n)),
      ...FUNDS.map((id) => receipt(id, "900000000", isoTime(iat).slice(0, 10))),
    ]);
  }

  /** Every tenth time an award, and between a gift and a payment of the newest one by turns. */
  async move(iat: number, batch: number): Promise<void> {
    const on = isoTime(iat).slice(0, 10);
    const into = FUNDS[batch % FUNDS.length] ?? "";
    if (batch % 30 === 0) await this.#hub.money(iat, PEOPLE, [award(`w${(this.#awards += 1)}`, into, on)]);
    else if (batch % 2 === 0) await this.#hub.money(iat, PEOPLE, [receipt(into, "25000", on)]);
    else await this.#hub.money(iat, PEOPLE, [payment(`w${this.#awards}`, on)]);
  }
}

function fund(id: string): FundEventOf<"fund"> {
  return { event: "fund", id, name: id, funder: null, currency: "EUR", restriction: { purpose: "" }, status: "open" };
}

function recipient(n: number): FundEventOf<"recipient"> {
  return { event: "recipient", id: `r${n}`, name: `Recipient ${n}`, org_id: null, kind: "organisation", country: null };
}

function receipt(into: string, amount_minor: string, on: string): FundEventOf<"receipt"> {
  const from = { funder: "acme", fund: into, commitment: null };
  return { event: "receipt", ...from, amount_minor, on, evidence_sha256: null };
}

function payment(of: string, on: string): FundEventOf<"disbursement"> {
  return { event: "disbursement", award: of, amount_minor: "9000", on, evidence_sha256: null };
}

function award(id: string, from: string, on: string): FundEventOf<"award"> {
  return {
    event: "award",
    id,
    fund: from,
    recipient: `r${id.length % RECIPIENTS}`,
    campaign: null,
    instrument: "grant",
    use: "rnd",
    amount_minor: "200000",
    title: id,
    text_sha256: null,
    decided_on: on,
    region: null,
    planned: null,
    conditions: [],
    is_pri: false,
    parent: null,
    allocation: null,
    demand: null,
  };
}
