/** Open data beside awards and transfers: campaigns, communities and funds as tables, a fulfilled campaign as a hypercert. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import { toHypercert } from "../../../shared/standards/hypercert.ts";
import type { AppEnv } from "../../lib/app.ts";
import type { HubConfig } from "../env.ts";
import { MAX_EXPORT_ROWS } from "../limits.ts";
import { campaignPage } from "../queries/campaign.ts";
import { communityPage } from "../queries/community.ts";
import { fundPageOf } from "../queries/fund.ts";
import { fulfilledCampaign } from "../queries/hypercert.ts";
import { LICENCE, csv, file, text } from "./export-file.ts";

export const exportsNetworkRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["export"];
const { files } = dataDictionary;

exportsNetworkRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/campaigns.csv",
    tags,
    summary: "Campaigns with their numbers, newest first",
    responses: text("One row a campaign", "text/csv"),
  }),
  async (c) => {
    const page = { before: null, limit: MAX_EXPORT_ROWS };
    const { campaigns } = await campaignPage(c.get("db"), c.get("config").logOrigin, page);
    const rows = campaigns.map((one) => [
      one.id,
      one.name,
      one.product.gtin ?? "",
      one.unit,
      one.currency,
      formatAmountPlain(BigInt(one.reference_price_minor), one.currency),
      one.goal_qty,
      one.state,
      one.opens,
      one.closes,
      one.interest,
      one.pledged,
      one.committed,
      one.purchased,
      String(one.pledges),
      String(one.communities),
      formatAmountPlain(BigInt(one.purchasing_power_minor), one.currency),
    ]);
    return csv(c, Object.keys(files["campaigns.csv"]), rows, "campaigns.csv");
  },
);

exportsNetworkRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/communities.csv",
    tags,
    summary: "Communities with their last counted report, by origin",
    responses: text("One row a community", "text/csv"),
  }),
  async (c) => {
    const page = { after: "", limit: MAX_EXPORT_ROWS };
    const { communities } = await communityPage(c.get("db"), c.get("config").logOrigin, page);
    const rows = communities.map((one) => [
      one.origin,
      one.name,
      one.region,
      one.languages.join(" "),
      String(one.members_declared),
      one.status,
      one.since ?? "",
      String(one.fresh),
      String(one.pledges),
      String(one.campaigns),
      one.counted === null ? "" : String(one.counted.seq),
      one.counted === null ? "" : String(one.counted.index),
      one.counted?.verdict ?? "",
    ]);
    return csv(c, Object.keys(files["communities.csv"]), rows, "communities.csv");
  },
);

exportsNetworkRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/funds.csv",
    tags,
    summary: "Funds with their stages, by id",
    responses: text("One row a fund", "text/csv"),
  }),
  async (c) => {
    const page = { after: "", limit: MAX_EXPORT_ROWS };
    const { funds } = await fundPageOf(c.get("db"), c.get("config").logOrigin, page);
    const rows = funds.map((fund) => {
      const major = (minor: string): string => formatAmountPlain(BigInt(minor), fund.currency);
      const { stages, source } = fund;
      return [
        fund.id,
        fund.name,
        fund.funder?.id ?? "",
        fund.currency,
        fund.status,
        fund.restriction.purpose,
        major(fund.committed_minor),
        major(stages.received_minor),
        major(stages.recycled_minor),
        major(stages.awarded_minor),
        major(stages.disbursed_minor),
        major(stages.released_minor),
        major(stages.outstanding_minor),
        major(stages.available_minor),
        String(fund.awards),
        source?.publisher ?? "",
        source?.url ?? "",
        source?.licence ?? LICENCE,
        String(fund.entry.index),
      ];
    });
    return csv(c, Object.keys(files["funds.csv"]), rows, "funds.csv");
  },
);

exportsNetworkRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/hypercert/{id}",
    tags,
    summary: "A fulfilled campaign as hypercert metadata; `id` may end in .json",
    request: { params: z.object({ id: z.string().min(1).max(100) }) },
    responses: text("Metadata", "application/json"),
  }),
  async (c) => {
    const id = c.req.valid("param").id.replace(/\.json$/, "");
    const { publicUrl: url, name } = c.get("config");
    const campaign = await fulfilledCampaign(c.get("db"), c.get("config").logOrigin, id);
    const body = toHypercert(campaign, { url, name, licence: LICENCE });
    return file(c, JSON.stringify(body), "application/json", `hypercert-${id}.json`);
  },
);
