/** Flows in another currency: the rates of each day, exactly balanced, kept until money or rates change, and refused where there is no rate. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Flows } from "../../../shared/protocol/api/capital.ts";
import { codeOf } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;

function daysAgo(days: number): string {
  return new Date(world.clock.now - days * 86_400_000).toISOString().slice(0, 10);
}

async function rates(lines: [string, string][], header = "Date,USD"): Promise<void> {
  const body = [header, ...lines.map((line) => line.join(","))].join("\n");
  const cookie = [...world.operator.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { "content-type": "text/csv", cookie };
  const { status } = await world.fetch("/api/rates/import", { method: "POST", body, headers });
  expect([200, 201]).toContain(status);
}

async function flows(query: string): Promise<Flows> {
  const response = await world.fetch(`/api/flows?currency=EUR&convert=USD${query}`);
  expect(response.status).toBe(200);
  return await response.json();
}

async function refusal(query: string): Promise<{ status: number; code: string }> {
  const response = await world.fetch(`/api/flows?${query}`);
  return { status: response.status, code: codeOf(await response.json()) };
}

function balanced({ nodes, links }: Flows): void {
  for (const { id, stage } of nodes) {
    if (stage !== "fund" && stage !== "use") continue;
    const sum = (side: "source" | "target") =>
      links.filter((link) => link[side] === id).reduce((total, link) => total + BigInt(link.amount_minor), 0n);
    expect({ id, in: sum("target") }).toEqual({ id, in: sum("source") });
  }
}

function link({ links }: Flows, source: string, target: string): string | undefined {
  return links.find((one) => one.source === source && one.target === target)?.amount_minor;
}

beforeEach(async () => {
  world = await treasury();
});

describe("a converted picture", () => {
  beforeEach(async () => {
    // 10,000.00 EUR arrived today; 1,000.00 was decided and paid on other days at other rates
    await world.record([
      world.award("trial", "100000", { decided_on: daysAgo(20) }),
      { event: "disbursement", award: "trial", amount_minor: "100000", on: daysAgo(10), evidence_sha256: null },
      {
        event: "fee",
        fund: "basics",
        provider: "bank",
        amount_minor: "333",
        reason: "account",
        on: world.today,
        evidence_sha256: null,
      },
    ]);
    await rates([
      [world.today, "1.30"],
      [daysAgo(10), "1.20"],
      [daysAgo(20), "1.10"],
      [daysAgo(21), "1.05"],
    ]);
  });

  it("has each day's movements at that day's rate, and says which rates it took", async () => {
    const view = await flows("");
    balanced(view);
    expect(view).toMatchObject({
      currency: "USD",
      conversion: {
        of: "EUR",
        source: "European Central Bank",
        first_rate: daysAgo(20),
        last_rate: world.today,
        days: 3,
        note: "for information only",
      },
      stages: { currency: "USD", received_minor: "1300000", awarded_minor: "110000", disbursed_minor: "120000" },
    });
    expect(link(view, "funder:meridian", "fund:basics")).toBe("1300000");
    expect(link(view, "fund:basics", "use:basics:rnd")).toBe("110000");
    expect(link(view, "use:basics:rnd", "recipient:lab")).toBe("120000");
    // 3.33 × 1.30 = 4.329
    expect(link(view, "fund:basics", "fees")).toBe("433");
    // 8,996.67 EUR at 1.30 are left; 12,000.00 − … is what the rates made
    expect(link(view, "fund:basics", "closing:fund")).toBe("1169567");
    expect(link(view, "rounding:in", "use:basics:rnd")).toBe("10000");
    expect(link(view, "fund:basics", "rounding:out")).toBe("20000");
  });

  it("values what was there before at the rate of the eve, and is balanced in any period", async () => {
    for (const query of [`&from=${daysAgo(15)}`, `&from=${daysAgo(20)}&to=${daysAgo(10)}`, "&top=2", "&gross=true"]) {
      balanced(await flows(query));
    }
    const view = await flows(`&from=${daysAgo(9)}&to=${daysAgo(5)}`);
    // nothing moved; the award was decided before its money came, at both ends of the period
    expect(link(view, "fund:basics", "advance:fund")).toBe("120000");
    expect(link(view, "later:fund", "fund:basics")).toBe("120000");
    expect(view.links).toHaveLength(2);
  });

  it("takes the rate of what is undone for what undoes it, so that both vanish together", async () => {
    const fee = await world.record([
      {
        event: "fee",
        fund: "basics",
        provider: "card",
        amount_minor: "9999",
        reason: "terminal",
        on: daysAgo(10),
        evidence_sha256: null,
      },
    ]);
    const { index } = fee.body["entry"] as { index: number };
    await world.record([{ event: "reversal", index, of: 0, reason: "wrong fund", on: world.today }]);
    const view = await flows("");
    balanced(view);
    expect(link(view, "fund:basics", "fees")).toBe("433");
    expect(link(view, "fund:basics", "rounding:out")).toBe("20000");
  });

  it("is served from one row until rates or money change", async () => {
    const first = await flows("");
    const again = await world.fetch("/api/flows?currency=EUR&convert=USD");
    expect(again.headers.get("x-cocoon-db")).toMatch(/queries=1;read=[12];/);
    expect(await again.json()).toEqual(first);
    await rates([[daysAgo(10), "2.00"]]);
    expect(link(await flows(""), "use:basics:rnd", "recipient:lab")).toBe("200000");
  });

  it("leaves the books' own currency as it was, and says so", async () => {
    const own = await (await world.fetch("/api/flows?currency=EUR")).json<Flows>();
    expect(own).toMatchObject({ currency: "EUR", conversion: null });
    expect(await (await world.fetch("/api/flows?currency=EUR&convert=EUR")).json()).toEqual(own);
  });

  it("ends today when it is asked for longer: there is no rate of a day to come", async () => {
    expect((await flows("&to=2999-12-31")).to).toBe(world.today);
  });
});

describe("without a rate", () => {
  it("is refused with the reason", async () => {
    expect(await refusal("currency=EUR&convert=USD")).toEqual({ status: 404, code: "rate-missing" });
    await rates([[world.today, "1.30"]]);
    expect(await refusal("currency=EUR&convert=USD")).toEqual({ status: 200, code: "" });
    expect(await refusal("currency=EUR&convert=GBP")).toEqual({ status: 404, code: "currency-not-quoted" });
    expect(await refusal("currency=EUR&convert=QQQ")).toEqual({ status: 400, code: "currency-unknown" });
    expect(await refusal("currency=EUR&convert=euro")).toEqual({ status: 400, code: "malformed-request" });
  });
});

describe("an identifier of an organisation", () => {
  const recipient = (org_id: string) => ({
    event: "recipient",
    id: "mill",
    name: "Mill",
    org_id,
    kind: "organisation",
    country: null,
  });

  it("is refused when its register or the form of its number is not known", async () => {
    expect((await world.propose([recipient("ZZ-NONE-1")])).code).toBe("org-id-unknown");
    expect((await world.propose([recipient("GB-CHC-12")])).code).toBe("org-id-number");
    const preview = await world.operator.call("POST", "/api/proposals/preview", {
      events: [recipient("GB-COH-1")],
      idempotency_key: "0123456789abcdef",
    });
    expect(preview.code).toBe("org-id-number");
    expect((await world.propose([recipient("GB-COH-09668396")])).status).toBe(201);
  });
});
