/** Open data as files: 360Giving, IATI, CSV, Atom. Everything in them is public already; the licence goes with them. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import { toAtom } from "../../../shared/standards/atom.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import { toIati } from "../../../shared/standards/iati.ts";
import { type Publisher, csvColumns, isGrant, toPackage, toRow } from "../../../shared/standards/threesixty-write.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { MAX_EXPORT_AWARDS, MAX_EXPORT_OFFERS, MAX_EXPORT_TRANSFERS } from "../limits.ts";
import { awardPageOf } from "../queries/award.ts";
import { exportedAwards, iatiActivities } from "../queries/export.ts";
import { offerPageOf } from "../queries/offer.ts";
import { transferPageOf } from "../queries/transfer.ts";
import { LICENCE, csv, file, text } from "./export-file.ts";

export const exportsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["export"];
const fundQuery = z.object({ fund: z.string().min(1).max(100).optional() });

function publisherOf(c: AppContext<HubConfig>): Publisher {
  const { origin, name, publicUrl } = c.get("config");
  return {
    prefix: `360G-${origin.replaceAll(/[^A-Za-z0-9]+/g, "_")}`,
    name,
    website: publicUrl.includes("localhost") ? "https://example.org/" : publicUrl,
    licence: LICENCE,
  };
}

function self(c: AppContext<HubConfig>): { id: string; name: string } {
  return { id: "hub", name: c.get("config").name };
}

function now(c: AppContext<HubConfig>): string {
  return new Date(c.get("now")()).toISOString().replace(/\.[0-9]{3}Z$/, "Z");
}

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/360giving.json",
    tags,
    summary: "Grants in the 360Giving Data Standard 1.4: this hub's own, or those of one fund",
    request: { query: fundQuery },
    responses: text("A package", "application/json"),
  }),
  async (c) => {
    const { fund } = c.req.valid("query");
    const awards = await exportedAwards(c.get("db"), { fund, limit: MAX_EXPORT_AWARDS }, self(c));
    const body = toPackage(awards, publisherOf(c), now(c));
    if (body.grants.length === 0) throw new Refused("export-empty");
    return file(c, JSON.stringify(body), "application/json", "360giving.json");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/360giving.csv",
    tags,
    summary: "The same grants in the standard's spreadsheet form",
    request: { query: fundQuery },
    responses: text("One row a grant", "text/csv"),
  }),
  async (c) => {
    const { fund } = c.req.valid("query");
    const awards = await exportedAwards(c.get("db"), { fund, limit: MAX_EXPORT_AWARDS }, self(c));
    const publisher = publisherOf(c);
    const rows = awards.filter(isGrant).map((award) => toRow(award, publisher));
    return csv(c, csvColumns, rows, "360giving.csv");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/iati.xml",
    tags,
    summary: "Loans, recoverable grants, shares and guarantees as IATI activities 2.03",
    responses: text("Activities", "application/xml"),
  }),
  async (c) => {
    const activities = await iatiActivities(c.get("db"), self(c));
    return file(c, toIati(activities, publisherOf(c), now(c)), "application/xml", "iati.xml");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/awards.atom",
    tags,
    summary: "The newest awards as a feed",
    responses: text("RFC 4287", "application/atom+xml"),
  }),
  async (c) => {
    const { publicUrl: url, name } = c.get("config");
    const awards = await exportedAwards(c.get("db"), { limit: 50 }, self(c));
    const updated = awards[0]?.modified ?? now(c);
    return file(c, toAtom(awards, { url, name, updated }), "application/atom+xml", "awards.atom");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/awards.csv",
    tags,
    summary: "Awards with their amounts by stage",
    request: { query: fundQuery },
    responses: text("One row an award", "text/csv"),
  }),
  async (c) => {
    const { fund } = c.req.valid("query");
    const page = await awardPageOf(
      c.get("db"),
      c.get("config").logOrigin,
      { fund },
      { after: "", limit: MAX_EXPORT_AWARDS },
    );
    const columns = Object.keys(dataDictionary.files["awards.csv"]);
    const rows = page.awards.map((award) => {
      const major = (minor: string): string => formatAmountPlain(BigInt(minor), award.currency);
      return [
        award.id,
        award.title,
        award.fund.id,
        award.funder?.id ?? "",
        award.recipient.id,
        award.recipient.name,
        award.campaign?.id ?? "",
        award.instrument,
        award.use,
        award.currency,
        major(award.amount_minor),
        major(award.reserved_minor),
        major(award.payable_minor),
        major(award.disbursed_minor),
        major(award.released_minor),
        major(award.outstanding_minor),
        award.state,
        award.decided_on,
        String(award.entry.index),
      ];
    });
    return csv(c, columns, rows, "awards.csv");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/transfers.csv",
    tags,
    summary: "Transfers, newest first",
    request: { query: fundQuery },
    responses: text("One row a transfer", "text/csv"),
  }),
  async (c) => {
    const { fund } = c.req.valid("query");
    const page = { before: null, limit: MAX_EXPORT_TRANSFERS };
    const { transfers } = await transferPageOf(c.get("db"), c.get("config").logOrigin, { fund }, page);
    const columns = Object.keys(dataDictionary.files["transfers.csv"]);
    const rows = transfers.map((one) => [
      String(one.seq),
      one.on,
      one.code,
      one.currency,
      formatAmountPlain(BigInt(one.amount_minor), one.currency),
      one.from,
      one.to,
      one.award ?? "",
      one.reverses === null ? "" : String(one.reverses),
      one.group,
      one.booked_at,
    ]);
    return csv(c, columns, rows, "transfers.csv");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/offers.csv",
    tags,
    summary: "Suppliers' offers, newest first, one row a tier",
    request: { query: z.object({ campaign: z.string().min(1).max(100).optional() }) },
    responses: text("One row a tier", "text/csv"),
  }),
  async (c) => {
    const { campaign } = c.req.valid("query");
    const page = { before: null, limit: MAX_EXPORT_OFFERS, nowS: Math.floor(c.get("now")() / 1000) };
    const { offers } = await offerPageOf(c.get("db"), c.get("config").logOrigin, { campaign }, page);
    const columns = Object.keys(dataDictionary.files["offers.csv"]);
    const rows = offers.flatMap((one) =>
      one.tiers.map(({ min_qty, unit_price_minor }, tier) => [
        one.offer,
        one.supplier.id,
        one.supplier.name,
        one.supplier.verified,
        one.campaign.id,
        one.campaign.name,
        one.campaign.unit,
        String(tier + 1),
        min_qty,
        one.currency,
        formatAmountPlain(BigInt(unit_price_minor), one.currency),
        one.max_qty ?? "",
        one.regions.join(" "),
        one.conditions,
        one.made_at,
        one.valid_until,
        one.state,
        String(one.entry.index),
      ]),
    );
    return csv(c, columns, rows, "offers.csv");
  },
);

exportsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/data-dictionary.json",
    tags,
    summary: "What every column of the files means",
    responses: text("By file and column", "application/json"),
  }),
  (c) => file(c, JSON.stringify(dataDictionary), "application/json", "data-dictionary.json"),
);
