/** No answer of a hub shows a price at which fewer than k accounts stand, to anybody (docs/privacy.md): every address is walked. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import type { Targeting } from "../../../shared/protocol/api/targeting.ts";
import { alertWorld } from "../../../workers/hub/queries/alert.ts";
import { type City, city } from "./city.ts";

const ACME = "acme.example";
/** The record itself, which is public in whole: who wants to can work it out (docs/privacy.md). */
const RECORD = ["/log/", "/mirror/", "/api/communities/{origin}/keys"];
/** What single bands of few accounts want, and what it is worth: in no answer, as a number of its own. */
const TOLD = /(?<![0-9])(7402|4052|5818|1303|5181400|2431200|4072600|651500)(?![0-9])/;
/** Those that speak of demand by price must be among the walked. */
const SPEAK = [
  "/api/campaigns",
  "/api/campaigns/{id}",
  "/api/campaigns/{id}/demand-curve",
  "/api/campaigns/{id}/history",
  "/api/signals",
  "/api/targeting",
  "/api/offers",
  "/api/suppliers/{id}",
  "/embed/signals",
  "/exports/offers.csv",
  "/exports/signals.csv",
  "/exports/campaigns.csv",
];

let world: City;
let thin: string;
let few: string;
let paths: string[];

beforeAll(async () => {
  world = await city();
  const terms = { bands_minor: ["500", "600", "700"], reference_price_minor: "700", max_qty: "100000" };
  thin = await world.publish({ ...terms, name: "Thin at the top" });
  few = await world.publish({ ...terms, name: "Few in all" });
  const node = await world.admitted("a.example.org");
  const wants = (campaign: string, band: number, accounts: number, qty: string) => {
    for (let n = 0; n < accounts; n += 1) node.pledge(campaign, qty, band);
  };
  wants(thin, 2, 2, "3701");
  wants(thin, 1, 4, "1013");
  wants(thin, 0, 6, "5");
  wants(few, 2, 2, "2909");
  wants(few, 0, 1, "1303");
  await world.report(node);
  await world.settle();
  await world.operator.call("POST", "/api/suppliers", { name: "Acme", domain: ACME, country: null });
  const vouch = { verified: "email", note: "Known to us." };
  await world.operator.call("POST", `/api/suppliers/${ACME}/verification`, vouch);
  for (const campaign of [thin, few]) {
    const made = await world.operator.call("POST", "/api/offers", {
      supplier: ACME,
      campaign,
      currency: "USD",
      tiers: [{ min_qty: "1", unit_price_minor: "650" }],
      max_qty: null,
      regions: [],
      conditions: "",
      valid_until: new Date(world.clock.now + 86_400_000).toISOString(),
      replaces: null,
    });
    expect(made.status).toBe(201);
  }
  const document = await (await world.fetch("/openapi.json")).json<{ paths: Record<string, object> }>();
  paths = Object.entries(document.paths).flatMap(([path, methods]) => ("get" in methods ? [path] : []));
});

describe("a campaign with fewer than k accounts at a price", () => {
  it("tells it at no address, to the public or to the hub's staff", async () => {
    const spoken = new Set<string>();
    const queries = ["", "?currency=USD&budget_minor=900000000", `?campaign=${thin}`, `?campaign=${few}`];
    for (const path of paths) {
      if (RECORD.some((record) => path.startsWith(record))) continue;
      for (const id of path.includes("{id}") ? [thin, few, ACME] : [""]) {
        const address = path.replace("{id}", id).replaceAll(/\{[a-z0-9]+\}/g, "a.example.org");
        for (const query of queries) {
          const answers = [
            await (await world.fetch(`${address}${query}`)).text(),
            JSON.stringify((await world.operator.call("GET", `${address}${query}`)).body),
          ];
          for (const text of answers) {
            expect({ address, told: TOLD.exec(text)?.[0] }).toEqual({ address, told: undefined });
            if (/Thin at the top|Few in all|demand|units/.test(text)) spoken.add(path);
          }
        }
      }
    }
    expect(SPEAK.filter((path) => !spoken.has(path))).toEqual([]);
  });

  it("is drawn where k stand: thin prices joined with the one below, and with fewer than k in all not at all", async () => {
    const detail = async (id: string) => await (await world.fetch(`/api/campaigns/${id}`)).json<CampaignDetail>();
    expect((await detail(thin)).units_by_band).toEqual(["30", "11454", "0"]);
    expect(await detail(few)).toMatchObject({ pledged: "7121", units_by_band: null });
    const served = await (await world.fetch("/api/targeting?currency=USD")).json<Targeting>();
    const inputs = new Map(served.inputs.map((input) => [input.id, input]));
    expect(inputs.get(thin)?.units_by_band).toEqual(["30", "11454", "0"]);
    expect(inputs.get(few)).toMatchObject({ units_by_band: ["0", "0", "0"], withheld: true });
  });

  it("wakes no alert by it", async () => {
    const alert = { kind: "units_at_price" as const, campaign: null, category: null, region: null };
    const { demand } = await alertWorld(env.DB, [alert], { metSince: 0 });
    const curves = demand.map(({ campaign, curve }) => [campaign, curve.map(({ units }) => Number(units))]);
    expect(new Map(curves as [string, number[]][])).toEqual(
      new Map([
        [thin, [11484, 11454, 0]],
        [few, [0, 0, 0]],
      ]),
    );
  });
});
