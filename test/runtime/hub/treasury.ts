/** A city with money: a funder, a fund of 10,000.00 EUR, a recipient, and people who propose and approve. */
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import { type Answer, type Person, person } from "../person.ts";
import { type City, PAGE, city } from "./city.ts";

export interface Treasury extends City {
  /** UTC day of the clock */
  today: string;
  approver: Person;
  second: Person;
  propose(events: unknown[], options?: Record<string, unknown>): Promise<Answer>;
  approve(id: string): Promise<Answer>;
  /** proposes and, where it needs it, approves; expects both to work */
  record(events: unknown[], options?: Record<string, unknown>): Promise<Answer>;
  /** a grant of the fund to the lab */
  award(id: string, amount: string, change?: Record<string, unknown>): Record<string, unknown>;
  staff(role: string, name: string): Promise<Person>;
  /** somebody who signs in for this funder or supplier */
  account(role: "funder" | "supplier", party: string): Promise<Person>;
}

let keys = 0;

export async function treasury(vars: Record<string, string> = {}): Promise<Treasury> {
  const town = await city(vars);
  const joined = async (invite: Answer, name: string): Promise<Person> => {
    const token = new URL(String(invite.body["url"])).hash.slice(1);
    const one = person({ fetch: town.fetch }, PAGE);
    await one.join(token, name);
    return one;
  };
  const staff = async (role: string, name: string): Promise<Person> =>
    await joined(await town.operator.call("POST", "/api/invites", { role }), name);
  const account = async (role: "funder" | "supplier", party: string): Promise<Person> =>
    await joined(await town.operator.call("POST", "/api/parties", { role, party, name: "Mia", email: null }), "Mia");
  const approver = await staff("approver", "Ana");
  const second = await staff("approver", "Ben");
  const propose = async (events: unknown[], options: Record<string, unknown> = {}): Promise<Answer> => {
    keys += 1;
    const idempotency_key = String(keys).padStart(16, "0");
    return await town.operator.call("POST", "/api/proposals", { events, idempotency_key, ...options });
  };
  const approve = async (id: string): Promise<Answer> =>
    await approver.call("POST", `/api/proposals/${id}/approve`, { reason: "" });
  const record = async (events: unknown[], options: Record<string, unknown> = {}): Promise<Answer> => {
    const proposed = await propose(events, options);
    if (proposed.status !== 201)
      throw new Error(
        `refused: ${proposed.code} ${JSON.stringify(proposed.body)} ${JSON.stringify(town.lines.at(-1))}`,
      );
    if (proposed.body["state"] === "logged") return proposed;
    const approved = await approve(String(proposed.body["id"]));
    if (approved.status !== 201)
      throw new Error(
        `not approved: ${approved.code} ${JSON.stringify(approved.body)} ${JSON.stringify(town.lines.filter((line) => line["level"] === "error"))}`,
      );
    return approved;
  };
  const today = new Date(town.clock.now).toISOString().slice(0, 10);
  const opening: FundEvent[] = [
    { event: "funder", id: "meridian", name: "Meridian", org_id: null, kind: "foundation", country: null, url: null },
    {
      event: "fund",
      id: "basics",
      name: "Basics",
      funder: null,
      currency: "EUR",
      restriction: { purpose: "Less plastic", uses: ["rnd", "price_subsidy", "market_development"] },
      status: "open",
    },
    { event: "recipient", id: "lab", name: "Lab", org_id: null, kind: "organisation", country: null },
    {
      event: "receipt",
      funder: "meridian",
      fund: "basics",
      commitment: null,
      amount_minor: "1000000",
      on: today,
      evidence_sha256: null,
    },
  ];
  await record(opening);
  return {
    ...town,
    today,
    approver,
    second,
    propose,
    approve,
    record,
    staff,
    account,
    award: (id, amount, change = {}) => ({
      event: "award",
      id,
      fund: "basics",
      recipient: "lab",
      campaign: null,
      instrument: "grant",
      use: "rnd",
      amount_minor: amount,
      title: "A paper bag that keeps pasta dry",
      text_sha256: null,
      decided_on: today,
      region: null,
      planned: null,
      conditions: [],
      is_pri: false,
      parent: null,
      allocation: null,
      demand: null,
      ...change,
    }),
  };
}
