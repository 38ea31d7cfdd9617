/**
 * The money of the demo network: invented funders and funds that support its campaigns, each instrument once. Days count
 * back from the day of seeding, because money cannot move on a day that has not come.
 */
import type { Condition, FundEvent, FundEventOf } from "../../shared/protocol/fund.ts";

export interface Step {
  /** idempotency key: a seeding that was interrupted finds its steps done */
  key: string;
  events: FundEvent[];
  texts: { award: string; text: string }[];
}

type AwardChange = Partial<Omit<FundEventOf<"award">, "event" | "id">>;

export interface FundingScene {
  /** leaves of the demo's pasta and mushroom campaigns */
  campaigns: readonly string[];
  /** origin of the community that is a recipient itself */
  community: string;
  /** Unix milliseconds */
  now: number;
}

export function fundingSteps({ campaigns, community, now }: FundingScene): Step[] {
  const [pasta = "", mushrooms = ""] = campaigns;
  const day = (offset: number): string => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
  const award = (id: string, title: string, amount_minor: string, change: AwardChange): FundEventOf<"award"> => ({
    event: "award",
    id,
    fund: "plastic-free-basics",
    recipient: "paper-lab",
    campaign: null,
    instrument: "grant",
    use: "rnd",
    amount_minor,
    title,
    text_sha256: null,
    decided_on: day(-60),
    region: null,
    planned: null,
    conditions: [],
    is_pri: false,
    parent: null,
    allocation: null,
    demand: null,
    ...change,
  });
  const demand = (campaign: string, change: Partial<Extract<Condition, { kind: "demand" }>>): Condition => ({
    kind: "demand",
    campaign,
    stage: "signed",
    min_units: "20",
    at_price_minor: null,
    min_accounts: 5,
    min_communities: 2,
    hold_days: 7,
    by: day(50),
    ...change,
  });
  const paid = (amount_minor: string, on: number) => ({ amount_minor, on: day(on), evidence_sha256: null });
  return [
    {
      key: "demo-funding-parties",
      texts: [],
      events: [
        funder("meridian", "Meridian Foundation (demo)", "foundation"),
        funder("harbour", "Harbour Cooperative Bank (demo)", "company"),
        funder("little-oak", "Little Oak Shops (demo)", "company"),
        funder("crowd", "Many small givers (demo)", "anonymous"),
        fund(
          "plastic-free-basics",
          "Plastic-free basics (demo)",
          "EUR",
          null,
          "Basics that people buy every week, without plastic.",
        ),
        fund(
          "leeds-pantry",
          "Leeds pantry fund (demo)",
          "GBP",
          "meridian",
          "Better packaging for pantry food in and around Leeds.",
        ),
        recipient("paper-lab", "Paper Packaging Lab (demo)", "organisation", "DE"),
        recipient("mulino", "Mulino Verde (demo)", "supplier", "IT"),
        recipient("punnet-works", "Punnet Works (demo)", "supplier", "GB"),
        { ...recipient("kirkstall", "Kirkstall Food Club (demo)", "community", "GB"), origin: community },
      ],
    },
    {
      key: "demo-funding-money",
      texts: [],
      events: [
        {
          event: "commitment",
          id: "meridian-2026",
          funder: "meridian",
          fund: "plastic-free-basics",
          kind: "gift",
          amount_minor: "6000000",
          state: "committed",
          due_on: day(40),
        },
        {
          event: "commitment",
          id: "little-oak-share",
          funder: "little-oak",
          fund: "plastic-free-basics",
          kind: "sales_share",
          share_bps: 100,
          settles: "quarterly",
          state: "committed",
          due_on: day(10),
        },
        {
          event: "commitment",
          id: "harbour-next",
          funder: "harbour",
          fund: "leeds-pantry",
          kind: "sponsorship",
          amount_minor: "500000",
          state: "intention",
          due_on: null,
        },
        {
          event: "receipt",
          funder: "meridian",
          fund: "plastic-free-basics",
          commitment: "meridian-2026",
          ...paid("4000000", -90),
        },
        { event: "receipt", funder: "crowd", fund: "plastic-free-basics", commitment: null, ...paid("624000", -75) },
        { event: "receipt", funder: "meridian", fund: "leeds-pantry", commitment: null, ...paid("1000000", -80) },
        {
          event: "sales-statement",
          commitment: "little-oak-share",
          from: day(-120),
          until: day(-31),
          sales_minor: "8123450",
          evidence_sha256: null,
        },
        {
          event: "receipt",
          funder: "little-oak",
          fund: "plastic-free-basics",
          commitment: "little-oak-share",
          ...paid("81234", -20),
        },
        {
          event: "fee",
          fund: "plastic-free-basics",
          provider: "bank",
          reason: "Account and transfers",
          ...paid("3600", -20),
        },
        {
          event: "need",
          campaign: pasta,
          fixed_cost_minor: "9000",
          market_development_minor: "0",
          expected_price_minor: "240",
          expected_minimum_units: "50",
          note: "A seal that keeps a paper bag closed.",
        },
        {
          event: "need",
          campaign: mushrooms,
          fixed_cost_minor: "80000",
          market_development_minor: "40000",
          expected_price_minor: "150",
          expected_minimum_units: "30",
          note: "A mould for a cardboard punnet, and its first listing.",
        },
      ],
    },
    {
      key: "demo-funding-awards",
      texts: [
        {
          award: "paper-bag-trial",
          text: "A trial of three paper bags with a plant-based seal, at the speed of a real packing line.\n\nInvented for the demo.",
        },
        {
          award: "orzo-lower-price",
          text: "Twenty cents off each bag of orzo in paper, once enough people have signed that they would buy it at that price.\n\nInvented for the demo.",
        },
      ],
      events: [
        award("paper-bag-trial", "Paper bag that keeps pasta dry (demo)", "180000", {}),
        award("orzo-lower-price", "Twenty cents off orzo in paper (demo)", "1200", {
          recipient: "mulino",
          campaign: pasta,
          instrument: "price_subsidy",
          use: "price_subsidy",
          subsidy: { per_unit_minor: "20", max_units: "60" },
          conditions: [demand(pasta, { min_units: "60", at_price_minor: "210" })],
        }),
        award("punnet-launch", "Cardboard punnet: launch (demo)", "120000", {
          fund: "leeds-pantry",
          recipient: "punnet-works",
          campaign: mushrooms,
          instrument: "market_development",
          use: "market_development",
          region: "GB-LDS",
          conditions: [demand(mushrooms, { min_units: "10", hold_days: 0, min_communities: 1 })],
        }),
        award("seal-machine", "Sealing machine, repaid if it sells (demo)", "600000", {
          recipient: "mulino",
          instrument: "recoverable_grant",
          use: "market_development",
          decided_on: day(-70),
          schedule: [
            { due_on: day(-10), principal_minor: "200000", interest_minor: "0" },
            { due_on: day(80), principal_minor: "400000", interest_minor: "0" },
          ],
        }),
        award("paper-line", "Paper bag line (demo)", "1200000", {
          recipient: "mulino",
          instrument: "loan",
          use: "market_development",
          is_pri: true,
          decided_on: day(-85),
          schedule: [
            { due_on: day(-25), principal_minor: "400000", interest_minor: "9000" },
            { due_on: day(65), principal_minor: "400000", interest_minor: "6000" },
            { due_on: day(155), principal_minor: "400000", interest_minor: "3000" },
          ],
        }),
        award("lab-share", "Share in the packaging lab (demo)", "500000", {
          instrument: "equity",
          is_pri: true,
          decided_on: day(-85),
        }),
        award("first-order", "Guarantee for the first order (demo)", "250000", {
          recipient: "mulino",
          instrument: "guarantee",
          use: "market_development",
        }),
        award("pioneers", "Tokens for the first testers (demo)", "1000", {
          recipient: "kirkstall",
          campaign: mushrooms,
          fund: "leeds-pantry",
          instrument: "token_grant",
          use: "capacity",
          token: {
            asset: "eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
            amount: "25000000",
            decimals: 6,
            transaction: null,
          },
        }),
        award("club-cold-store", "Cold store of the food club (demo)", "150000", {
          fund: "leeds-pantry",
          recipient: "kirkstall",
          use: "capacity",
          region: "GB-LDS",
          conditions: [{ kind: "milestone", text: "The landlord has agreed in writing", by: day(30) }],
        }),
      ],
    },
    {
      key: "demo-funding-payments",
      texts: [],
      events: [
        { event: "disbursement", award: "paper-bag-trial", ...paid("150000", -50) },
        {
          event: "release",
          award: "paper-bag-trial",
          amount_minor: "30000",
          on: day(-12),
          reason: "Two bags instead of three were enough",
        },
        { event: "disbursement", award: "seal-machine", ...paid("600000", -65) },
        {
          event: "repayment",
          award: "seal-machine",
          principal_minor: "200000",
          interest_minor: "0",
          on: day(-11),
          evidence_sha256: null,
        },
        { event: "disbursement", award: "paper-line", ...paid("1200000", -80) },
        {
          event: "repayment",
          award: "paper-line",
          principal_minor: "400000",
          interest_minor: "9000",
          on: day(-26),
          evidence_sha256: null,
        },
        { event: "disbursement", award: "lab-share", ...paid("500000", -80) },
      ],
    },
  ];
}

function funder(id: string, name: string, kind: FundEventOf<"funder">["kind"]): FundEvent {
  return { event: "funder", id, name, org_id: null, kind, country: null, url: null };
}

function fund(id: string, name: string, currency: string, holder: string | null, purpose: string): FundEvent {
  return { event: "fund", id, name, funder: holder, currency, restriction: { purpose }, status: "open", demo: true };
}

function recipient(
  id: string,
  name: string,
  kind: FundEventOf<"recipient">["kind"],
  country: string,
): FundEventOf<"recipient"> {
  return { event: "recipient", id, name, org_id: null, kind, country };
}
