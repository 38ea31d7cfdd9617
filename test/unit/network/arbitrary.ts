/**
 * Random hub logs: three communities, three campaigns, statements in and out of place; and a database stand-in that
 * loads only what `needed` and `neededCampaigns` ask for.
 */
import * as fc from "fast-check";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import { type LogItem, applyStatement, untouched } from "../../../shared/network/fold.ts";
import { needed, neededCampaigns } from "../../../shared/network/needed.ts";
import { givenUpBefore } from "../../../shared/network/resets.ts";
import { type LoggedReport, type NetworkState, emptyNetwork } from "../../../shared/network/state.ts";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import type { CampaignTotals, Statement } from "../../../shared/protocol/statement.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";

export const LOG = "hub.example/log";
export const DAY = 86_400;
const START = 1_700_000_000;
const jwk = { kty: "OKP", crv: "Ed25519", x: id("key") } as const;

export function id(name: string): string {
  return sha256url(utf8(name));
}
function leafOf(index: number): string {
  return id(`entry ${index}`);
}

const hub = (iat: number) => ({ iss: LOG, iat, v: 1 as const });
const node = (origin: string, iat: number) => ({ iss: origin, aud: LOG, iat, v: 1 as const });
const profile = (members: number) => ({ name: "A", region: "NL", languages: ["nl"], members });

export const policy: Statement = {
  kind: "hub-policy+jwt",
  claims: {
    ...hub(START),
    name: "Hub",
    statement_jwk: jwk,
    recovery_sha256: id("r"),
    quorum: "none",
    formula: 1,
    currency: "EUR",
    k: 1,
    report_interval_s: 60,
    audit_interval_s: 3600,
  },
};

function witnessOf(origin: string): string {
  return `${origin}/witness+00000000+AAAA`;
}

/** Decisions, drawn at random; `build` turns them into statements that mostly fit what came before. */
type Step =
  | { do: "join" | "admitted" | "suspended" | "resumed" | "left"; who: number; wait: number }
  | { do: "report"; who: number; members: number; totals: RawTotals[]; ago: number; skip: boolean }
  | { do: "check"; who: number; which: number; ok: boolean; wait: number }
  | { do: "campaign"; currency: string; bands: number[]; reference: number; lasts: number; wait: number }
  | { do: "amend"; which: number; lasts: number; wait: number }
  | { do: "close"; which: number; band: number | null; wait: number }
  | { do: "rates"; usd: string; wait: number }
  | { do: "offer"; which: number; supplier: string; lasts: number; replaces: boolean; wait: number }
  | { do: "offer-end"; which: number; wait: number }
  | { do: "totals"; wait: number }
  | { do: "reset"; who: number; to: "next" | "skip" | "same" | "other" }
  | { do: "audit"; who: number; wait: number }
  | { do: "outcome"; who: number; ok: boolean; wait: number }
  | { do: "rotate" | "recover" | "object"; who: number; wait: number };
type RawTotals = {
  which: number;
  pledges: number;
  interest: number;
  units: number[];
  committed: boolean;
  purchased: number;
};

const who = fc.nat(2);
const which = fc.nat(3);
const wait = fc.oneof({ weight: 50, arbitrary: fc.nat(3600) }, { weight: 1, arbitrary: fc.nat(15 * DAY) });
const lasts = fc.oneof(fc.nat(40 * DAY), fc.nat(3600));
const raw: fc.Arbitrary<RawTotals> = fc.record({
  which,
  pledges: fc.nat(5),
  interest: fc.nat(9),
  units: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
  committed: fc.boolean(),
  purchased: fc.nat(3),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const), who, wait }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("admitted" as const), who, wait }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "suspended" as const,
        "suspended" as const,
        "resumed" as const,
        "resumed" as const,
        "left" as const,
      ),
      who,
      wait,
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      who,
      members: fc.nat(50),
      totals: fc.array(raw, { maxLength: 3 }),
      ago: fc.nat(4 * DAY),
      skip: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 18,
    arbitrary: fc.record({
      do: fc.constant("check" as const),
      who,
      which: fc.constantFrom(0, 0, 0, 1, 2),
      ok: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
      wait,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("campaign" as const),
      currency: fc.constantFrom("EUR", "USD", "JPY"),
      bands: fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 3 }),
      reference: fc.integer({ min: 1, max: 900 }),
      lasts,
      wait,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("amend" as const), which, lasts, wait }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), which, band: fc.option(fc.nat(2)), wait }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("rates" as const), usd: fc.constantFrom("1.1684", "0.9", "0"), wait }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("offer" as const),
      which,
      supplier: fc.constantFrom("acme", "bolt"),
      lasts: fc.constantFrom(0, DAY, 40 * DAY),
      replaces: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
      wait,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("offer-end" as const), which, wait }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("totals" as const), wait }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("reset" as const),
      who,
      to: fc.constantFrom("next" as const, "next" as const, "skip" as const, "same" as const, "other" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("audit" as const), who, wait }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("outcome" as const), who, ok: fc.boolean(), wait }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("rotate" as const), who, wait }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("recover" as const, "object" as const), who, wait }) },
);

/** Most logs begin with two campaigns and two members, so that there is something to count. */
const opening: Step[] = [
  { do: "campaign", currency: "USD", bands: [3, 5, 8], reference: 6, lasts: 30 * DAY, wait: 1 },
  { do: "campaign", currency: "EUR", bands: [100], reference: 120, lasts: 90 * DAY, wait: 1 },
  { do: "join", who: 0, wait: 1 },
  { do: "admitted", who: 0, wait: 1 },
  { do: "join", who: 1, wait: 1 },
  { do: "admitted", who: 1, wait: 1 },
];

export const log: fc.Arbitrary<LogItem[]> = fc
  .tuple(fc.constantFrom(opening, opening, opening, []), fc.array(step, { maxLength: 90, size: "max" }))
  .map(([first, rest]) => build([...first, ...rest]));

export const origins = ["a.example", "b.example", "c.example"];

function build(steps: readonly Step[]): LogItem[] {
  const items: LogItem[] = [{ index: 0, leaf: leafOf(0), statement: policy }];
  const campaigns: string[] = [id("unpublished")];
  const nodes = origins.map((origin) => ({
    origin,
    join: "",
    seq: 0,
    last: "",
    key: "",
    recovery: "",
    frozen: 0,
    audit: "",
    book: 1,
    reports: [] as { leaf: string; seq: number }[],
  }));
  const offers: World["offers"] = [];
  let now = START;
  for (const each of steps) {
    const index = items.length;
    const leaf = leafOf(index);
    if ("wait" in each) now += each.wait;
    const statement = statementOf(each, { now, leaf, nodes, campaigns, offers });
    if (statement !== null) items.push({ index, leaf, statement });
  }
  return items;
}

interface World {
  now: number;
  leaf: string;
  nodes: {
    origin: string;
    join: string;
    seq: number;
    last: string;
    key: string;
    recovery: string;
    frozen: number;
    audit: string;
    book: number;
    reports: { leaf: string; seq: number }[];
  }[];
  campaigns: string[];
  offers: { leaf: string; campaign: string; supplier: string }[];
}

function statementOf(step: Step, world: World): Statement | null {
  const { now, leaf, nodes, campaigns } = world;
  const campaign = (at: number) => campaigns[at % campaigns.length] ?? "";
  switch (step.do) {
    case "join": {
      const from = nodes[step.who]!;
      if (from.join === "") Object.assign(from, { join: leaf, last: leaf, key: leaf, recovery: leaf });
      return {
        kind: "node-join+jwt",
        claims: {
          ...node(from.origin, now),
          url: "https://a.example",
          report_jwk: jwk,
          book: { vkey: `${from.origin}/book+00000000+AAAA`, checkpoint: "x" },
          witness: witnessOf(from.origin),
          recovery_sha256: thumbprint(jwk),
          profile: profile(1),
        },
      };
    }
    case "admitted":
    case "suspended":
    case "resumed":
    case "left": {
      const { origin, join } = nodes[step.who]!;
      if (join === "") return null;
      return { kind: "node-status+jwt", claims: { ...hub(now), node: origin, status: step.do, reason: step.do, join } };
    }
    case "report": {
      const from = nodes[step.who]!;
      if (from.join === "") return null;
      const seq = from.seq + (step.skip ? 2 : 1);
      const totals = step.totals.map((each): CampaignTotals => {
        const units = each.units.map(String);
        const none = each.units.map(() => "0");
        return {
          c: campaign(each.which),
          pledges: each.pledges,
          interest: String(each.interest),
          pledged: each.committed ? none : units,
          committed: each.committed ? units : none,
          purchased: String(each.purchased),
          locked: "0",
        };
      });
      const prev = from.last;
      if (!step.skip && now >= from.frozen) Object.assign(from, { seq, last: leaf });
      from.reports.unshift({ leaf, seq });
      return {
        kind: "demand-report+jwt",
        claims: { ...node(from.origin, now - step.ago), seq, prev, book: "x", profile: profile(step.members), totals },
      };
    }
    case "reset": {
      const from = nodes[step.who]!;
      if (from.join === "") return null;
      const generation = from.book + { next: 1, skip: 3, same: 0, other: 1 }[step.to];
      if (generation < 2) return null;
      const origin = bookOrigin(step.to === "other" ? "z.example" : from.origin, generation);
      const checkpoint = `${origin}\n1\n${"A".repeat(43)}=\n\n— sig\n`;
      const claims = { ...node(from.origin, now), seq: from.seq + 1, prev: from.last, reason: "lost" };
      if (now >= from.frozen && generation > from.book && step.to !== "other")
        Object.assign(from, { seq: claims.seq, last: leaf, book: generation });
      return { kind: "book-reset+jwt", claims: { ...claims, book: { origin, generation, checkpoint } } };
    }
    case "audit": {
      const from = nodes[step.who]!;
      from.audit = leaf;
      const beacons = nodes
        .filter(({ origin }) => origin !== from.origin)
        .map(({ origin }) => ({ vkey: witnessOf(origin), signature: "A".repeat(86) }));
      const lot = { samples: 30, drawn: 3, lot: id("lot"), deadline: now + 3 * DAY };
      const report = from.reports[0]?.leaf ?? id("none");
      return { kind: "audit+jwt", claims: { ...hub(now), node: from.origin, report, beacons, ...lot } };
    }
    case "outcome": {
      const { origin, audit } = nodes[step.who]!;
      const codes = step.ok ? [] : ["missing" as const];
      const found = { ok: step.ok, opened: step.ok ? 3 : 2, gone: 0, codes, openings_sha256: id("openings") };
      return { kind: "audit-outcome+jwt", claims: { ...hub(now), node: origin, audit, ...found } };
    }
    case "rotate":
    case "recover":
    case "object": {
      const from = nodes[step.who]!;
      if (from.join === "") return null;
      const keys = step.do === "object" ? [] : [{ role: "report" as const, key: id(`key ${leaf}`), proof: "x" }];
      const prev = step.do === "rotate" ? from.key : from.recovery;
      if (step.do === "rotate" && now >= from.frozen) from.key = leaf;
      if (step.do === "recover") Object.assign(from, { key: leaf, recovery: leaf, frozen: now + 7 * DAY });
      if (step.do === "object") from.frozen += 7 * DAY;
      const claims = { ...node(from.origin, now), act: step.do, prev, keys };
      return { kind: "node-key+jwt", claims: { ...claims, ...(step.do === "recover" && { recovery_jwk: jwk }) } };
    }
    case "check": {
      const { origin, reports } = nodes[step.who]!;
      const report = reports[step.which];
      if (report === undefined) return null;
      return {
        kind: "report-check+jwt",
        claims: {
          ...hub(now),
          node: origin,
          report: report.leaf,
          seq: report.seq,
          ok: step.ok,
          ...(!step.ok && { code: "totals-mismatch" as const }),
        },
      };
    }
    case "campaign":
      campaigns.unshift(leaf);
      return {
        kind: "campaign+jwt",
        claims: {
          ...hub(now),
          name: "C",
          text: "",
          product: { gtin: null, name: "P", brand: null },
          unit: "piece",
          currency: step.currency,
          reference_price_minor: String(step.reference),
          bands_minor: step.bands.sort((a, b) => a - b).map(String),
          max_qty: "100",
          goal_qty: "1000",
          closes: now + step.lasts,
          nonce: id("n").slice(0, 22),
        },
      };
    case "amend":
      return {
        kind: "campaign-amend+jwt",
        claims: { ...hub(now), campaign: campaign(step.which), closes: now + step.lasts, reason: "" },
      };
    case "close":
      return {
        kind: "campaign-close+jwt",
        claims: {
          ...hub(now),
          campaign: campaign(step.which),
          outcome: step.band === null ? "released" : "locked",
          band: step.band,
          reason: "",
        },
      };
    case "rates":
      return {
        kind: "rates+jwt",
        claims: { ...hub(now), source: "ECB", base: "EUR", date: "2026-04-13", rates: { USD: step.usd } },
      };
    case "offer": {
      const to = campaign(step.which);
      const before = world.offers.find((one) => one.campaign === to && one.supplier === step.supplier);
      world.offers.unshift({ leaf, campaign: to, supplier: step.supplier });
      return {
        kind: "offer+jwt",
        claims: {
          ...hub(now),
          supplier: { id: step.supplier, name: step.supplier, domain: `${step.supplier}.example`, verified: "domain" },
          by: "supplier",
          campaign: to,
          currency: "USD",
          tiers: [
            { min_qty: "10", unit_price_minor: "6" },
            { min_qty: "50", unit_price_minor: "4" },
          ],
          max_qty: null,
          regions: [],
          conditions: "",
          valid_until: now + step.lasts,
          replaces: step.replaces ? (before?.leaf ?? null) : null,
          nonce: id("n").slice(0, 22),
        },
      };
    }
    case "offer-end": {
      const one = world.offers[step.which];
      if (one === undefined) return null;
      const claims = { ...hub(now), offer: one.leaf, campaign: one.campaign, by: "supplier" as const, reason: "" };
      return { kind: "offer-end+jwt", claims };
    }
    case "totals":
      return {
        kind: "totals+jwt",
        claims: { ...hub(now), size: 1, root: "", state_sha256: "", headline: {} as never },
      };
  }
}

/** Rows of a database: loads only what the batch needs, writes back only what it touched. */
export class NetworkRows {
  readonly rows: NetworkState = emptyNetwork();
  readonly #reports = new Map<string, LoggedReport>();

  apply(items: readonly LogItem[]): void {
    const { rows } = this;
    const partial: NetworkState = {
      ...structuredClone({ ...rows, communities: new Map(), campaigns: new Map() }),
      wake: 0,
    };
    const asked = needed(rows.log_time, items);
    for (const [origin, community] of rows.communities) {
      const expires = community.counted?.fresh === true && community.counted.iat < asked.expires_before;
      const isDue = (community.keys.pending?.due ?? Number.POSITIVE_INFINITY) <= asked.log_time;
      const isOver = (community.audits?.open?.due ?? Number.POSITIVE_INFINITY) <= asked.log_time;
      if (!asked.communities.includes(origin) && !expires && !isDue && !isOver) continue;
      const pending = asked.reports.flatMap((leaf) =>
        community.pending.has(leaf) ? [[leaf, this.#reports.get(leaf)!] as const] : [],
      );
      partial.communities.set(origin, structuredClone({ ...community, pending: new Map(pending) }));
    }
    for (const [id, campaign] of rows.campaigns) {
      const ends = !campaign.ended && campaign.terms.closes <= asked.log_time;
      if (ends || asked.campaigns.includes(id)) partial.campaigns.set(id, structuredClone(campaign));
    }
    for (const id of neededCampaigns(partial, items)) {
      const campaign = rows.campaigns.get(id);
      if (campaign !== undefined) partial.campaigns.set(id, structuredClone(campaign));
    }
    const loadedPending = new Map(
      [...partial.communities].map(([origin, { pending }]) => [origin, [...pending.keys()]]),
    );
    const touched = untouched();
    for (const item of items) applyStatement(partial, item, touched);
    Object.assign(rows, {
      size: partial.size,
      log_time: partial.log_time,
      policy: partial.policy,
      rates: partial.rates,
      sums: partial.sums,
    });
    for (const origin of touched.communities) {
      const community = structuredClone(partial.communities.get(origin)!);
      for (const [leaf, report] of community.pending) this.#reports.set(leaf, report);
      const kept = new Map(rows.communities.get(origin)?.pending);
      for (const leaf of loadedPending.get(origin) ?? []) kept.delete(leaf);
      for (const [leaf, { index }] of kept) if (index < givenUpBefore(community)) kept.delete(leaf);
      rows.communities.set(origin, { ...community, pending: new Map([...kept, ...community.pending]) });
    }
    for (const id of touched.campaigns) rows.campaigns.set(id, structuredClone(partial.campaigns.get(id)!));
  }
}
