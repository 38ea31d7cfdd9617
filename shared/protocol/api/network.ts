/** Public JSON of a hub: `/api/network`, `/api/campaigns`, `/api/communities`, `/api/history`. Interfaces outsiders build on. */
import { evidenceView } from "./evidence.ts";
import { auditCode } from "../audit.ts";
import { pendingRecovery } from "./keys.ts";
import { z } from "zod";
import { count, currency, day, decimal, decimalSum, hash, origin, region } from "../primitives.ts";
import { headline, parentLog, productRef } from "../statement.ts";
import { logRef, moneyStages } from "./money.ts";

export const campaignSummary = z.object({
  id: hash,
  name: z.string(),
  unit: z.string(),
  currency,
  reference_price_minor: decimal,
  interest: decimalSum,
  pledged: decimalSum,
  committed: decimalSum,
  purchased: decimalSum,
  pledges: count,
  communities: count,
  purchasing_power_minor: decimalSum,
});
export type CampaignSummary = z.infer<typeof campaignSummary>;

/** `/api/network`, served as RFC 8785 bytes so that a verifier can compare it byte for byte. */
export const network = headline.extend({
  log: logRef,
  /** of a fork: the log whose first `size` entries it goes on from (docs/protocol.md §11) */
  parent: parentLog.optional(),
  /** the 100 campaigns with the most purchasing power; the rest through /api/campaigns */
  campaigns: z.array(campaignSummary),
  /** stages of money, one line a currency; absent while no money was recorded */
  funding: z.array(moneyStages).optional(),
  /** RFC 3339 time of the totals statement */
  as_of: z.iso.datetime(),
});
export type Network = z.infer<typeof network>;

export const campaignView = campaignSummary.extend({
  text: z.string(),
  product: productRef,
  /** unit prices, lowest first */
  bands_minor: z.array(decimal),
  /** open (pledged + committed) units by the highest band accepted, thin bands joined with others; null: fewer than k accounts */
  units_by_band: z.array(decimalSum).nullable(),
  max_qty: decimal,
  goal_qty: decimal,
  opens: z.iso.datetime(),
  closes: z.iso.datetime(),
  state: z.enum(["open", "ended", "locked", "released"]),
  /** `leaf` is the campaign-close entry, so that a community can check the hub's signature before it locks pledges */
  closing: z.object({ reason: z.string(), band: count.nullable(), at: z.iso.datetime(), leaf: hash }).nullable(),
  log: logRef,
});
export type CampaignView = z.infer<typeof campaignView>;
export const campaignPage = z.object({ campaigns: z.array(campaignView), next: z.string().nullable(), log: logRef });

/** One community's part in one campaign, as its last counted report says. */
export const campaignCommunity = z.object({
  origin,
  name: z.string(),
  region,
  pledges: count,
  interest: decimal,
  pledged: decimal,
  committed: decimal,
  purchased: decimal,
});
export const campaignDetail = campaignView.extend({ by_community: z.array(campaignCommunity) });
export type CampaignDetail = z.infer<typeof campaignDetail>;

export const reportRef = z.object({
  seq: count,
  index: count,
  leaf: hash,
  at: z.iso.datetime(),
  /** pending until the hub has checked the book; reset: no report, a new book begins; void: its book was given up before a verdict */
  verdict: z.enum(["pending", "ok", "failed", "reset", "void"]),
  code: z.string().nullable(),
  /** size of the pledge book the report speaks of */
  book_size: count,
});
export const communityView = z.object({
  origin,
  url: z.string(),
  name: z.string(),
  region,
  languages: z.array(z.string()),
  members_declared: count,
  status: z.enum(["requested", "admitted", "suspended", "left"]),
  reason: z.string(),
  since: z.iso.datetime().nullable(),
  /** false when its last counted report is older than 14 days of log time */
  fresh: z.boolean(),
  pledges: count,
  campaigns: count,
  last_report: reportRef.nullable(),
  counted: reportRef.nullable(),
  join_leaf: hash.nullable(),
  report_kid: hash.nullable(),
  book_vkey: z.string().nullable(),
  /** while a recovery of its keys waits nothing of it is taken in; absent otherwise */
  frozen: pendingRecovery.optional(),
});
export type CommunityView = z.infer<typeof communityView>;
export const communityPage = z.object({
  communities: z.array(communityView),
  next: z.string().nullable(),
  log: logRef,
});

/** Pledges of a community that a lot drew and that it was asked to open (docs/protocol.md §8). */
export const auditSummary = z.object({
  ok: count,
  failed: count,
  unanswered: count,
  /** answered in the log, and the hub has not said in time what it found */
  unjudged: count,
  /** asked and not settled yet */
  open: z
    .object({
      leaf: hash,
      drawn: count,
      asked: z.iso.datetime(),
      due: z.iso.datetime(),
      /** whether the log holds the community's own answer */
      answered: z.boolean(),
    })
    .nullable(),
  last: z
    .object({
      leaf: hash,
      outcome: z.enum(["ok", "failed", "unanswered", "unjudged"]),
      drawn: count,
      /** opened and in order */
      opened: count,
      /** of members who had left by then */
      gone: count,
      codes: z.array(auditCode),
      at: z.iso.datetime(),
      /** the entry that settled it */
      index: count,
    })
    .nullable(),
});
export type AuditSummary = z.infer<typeof auditSummary>;

/** The pledge book that a community is in, and the times it had to begin a new one (docs/protocol.md §2). */
export const communityBook = z.object({
  origin: z.string(),
  generation: count,
  /** newest first, the last ten */
  resets: z.array(
    z.object({
      generation: count,
      index: count,
      leaf: hash,
      at: z.iso.datetime(),
      /** the community's own words */
      reason: z.string(),
      /** what it counted until then; null: nothing */
      lost: z.object({ seq: count, pledges: count, locked: decimal, purchased: decimal }).nullable(),
    }),
  ),
});
export type CommunityBookView = z.infer<typeof communityBook>;

/** One of the last 30 reports with its verdict, newest first. */
export const communityDetail = communityView.extend({
  reports: z.array(reportRef),
  /** null before the first */
  audits: auditSummary.nullable(),
  /** hubs from before new books leave it out */
  book: communityBook.optional(),
  /** how often it may report, and how many entries one request may bring */
  quota: z.object({ report_interval_s: count, entries: count }),
  /** its word as a witness of this hub's log; null: it has named no key to witness with */
  witness: z
    .object({ vkey: z.string(), size: count.nullable(), at: z.iso.datetime().nullable(), error: z.string().nullable() })
    .nullable(),
  /** what has been proven against it; hubs from before leave it out */
  evidence: z.array(evidenceView).optional(),
  log: logRef,
});
export type CommunityDetail = z.infer<typeof communityDetail>;
/** What a node needs of it: a hub of another version may say more or less besides. */
export const communityStanding = communityDetail.omit({ quota: true, witness: true, audits: true });
export type CommunityStanding = z.infer<typeof communityStanding>;

export const historyPoint = z.object({
  date: day,
  at: z.iso.datetime(),
  size: count,
  purchasing_power_minor: decimalSum,
  pledges: count,
  communities: count,
  interest: decimalSum,
  pledged: decimalSum,
  committed: decimalSum,
  purchased: decimalSum,
});
export type HistoryPoint = z.infer<typeof historyPoint>;
/** `day`: the last logged totals of each UTC day; `statement`: each of the last 200. */
export const history = z.object({ resolution: z.enum(["day", "statement"]), currency, points: z.array(historyPoint) });
export type History = z.infer<typeof history>;

export const packaging = z.object({
  shape: z.string().nullable(),
  material: z.string().nullable(),
  recycling: z.string().nullable(),
  number_of_units: count.nullable(),
  /** null = unknown, which is not zero */
  weight_milligrams: count.nullable(),
});
export const product = z.object({
  gtin: z.string(),
  name: z.string(),
  brand: z.string().nullable(),
  quantity: z.string().nullable(),
  categories: z.array(z.string()),
  packagings: z.array(packaging),
  packagings_complete: z.boolean(),
  source: z.string(),
  updated_at: z.iso.datetime(),
});
export type Product = z.infer<typeof product>;
export const productPage = z.object({ products: z.array(product), next: z.string().nullable(), total: count });
export const importResult = z.object({
  read: count,
  added: count,
  updated: count,
  unchanged: count,
  skipped: z.array(z.object({ line: count, code: z.string(), detail: z.string() })),
});
export type ImportResult = z.infer<typeof importResult>;

export const ratesView = z
  .object({
    source: z.string(),
    base: currency,
    /** the day they were published on, which may be up to seven days before the one asked for */
    date: day,
    /** units of each currency for one of the base */
    rates: z.record(currency, z.string()),
    /** entry of the rates in force; null for those of a day */
    index: count.nullable(),
    /** `currency` in `to`, exactly */
    cross: z.object({ over: decimalSum, under: decimalSum, decimal: z.string() }).nullable(),
    note: z.literal("for information only"),
  })
  .nullable();
export type RatesView = z.infer<typeof ratesView>;
/** What an import has done: the newest logged entry, and how many days are new or changed. */
export const ratesImported = z.object({ leaf: hash, index: count, days: count });
export type RatesImported = z.infer<typeof ratesImported>;
/** Days in one request of an import: more would be more than 10 ms of processor time. */
export const MAX_RATE_DAYS = 100;
