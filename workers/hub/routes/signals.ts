/** Suppliers' signals: by month with filters, one campaign's curve by region, its days, and all of it as a file. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/signals.ts";
import { hash, region } from "../../../shared/protocol/primitives.ts";
import { EVERYWHERE } from "../../../shared/signals/cells.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { MAX_EXPORT_SIGNALS, MAX_SIGNAL_PAGE } from "../limits.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import { csv, text } from "./export-file.ts";
import { campaignHistoryOf, demandCurveOf } from "../queries/demand-curve.ts";
import { signalsOf } from "../queries/signals.ts";

export const signalsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["signals"];

const cellRegion = region.or(z.literal(EVERYWHERE));
const month = z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/);
const cursor = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}~[A-Za-z0-9_-]{43}$/)
  .optional();

const signalFilter = z.object({
  category: z.string().min(1).max(200).optional(),
  product: z
    .string()
    .regex(/^[0-9]{8,14}$/)
    .optional(),
  region: cellRegion.optional(),
  month: month.optional(),
  campaign: hash.optional(),
});

signalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/signals",
    tags,
    summary: "Demand by campaign, region and month, newest first; what speaks of fewer than k accounts is withheld",
    request: {
      query: signalFilter.extend({
        after: cursor,
        /** campaigns by month, each with all its regions */
        limit: z.coerce.number().int().min(1).max(MAX_SIGNAL_PAGE).default(25),
      }),
    },
    responses: { 200: json(api.signals, "Cells, demand that is paid for, and what can be asked for"), ...refusals },
  }),
  async (c) => {
    const { after, limit, ...filter } = c.req.valid("query");
    return c.json(await signalsOf(c.get("db"), c.get("config").logOrigin, filter, { after: after ?? "", limit }), 200);
  },
);

signalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/signals.csv",
    tags: ["export"],
    summary: "The same cells with the same filters, as a table",
    request: { query: signalFilter },
    responses: text("One row a campaign, region and month", "text/csv"),
  }),
  async (c) => {
    const page = { after: "", limit: MAX_EXPORT_SIGNALS };
    const { cells } = await signalsOf(c.get("db"), c.get("config").logOrigin, c.req.valid("query"), page);
    return csv(c, Object.keys(dataDictionary.files["signals.csv"]), cells.map(csvRow), "signals.csv");
  },
);

function csvRow({ campaign, product, currency, shown, ...cell }: api.SignalCell): string[] {
  const points = shown?.curve ?? [];
  const price = (minor: string): string => formatAmountPlain(BigInt(minor), currency);
  return [
    campaign.id,
    campaign.name,
    product.gtin ?? "",
    cell.category ?? "",
    cell.region,
    cell.month,
    campaign.unit,
    currency,
    cell.withheld ?? "",
    String(shown?.accounts ?? ""),
    String(shown?.communities ?? ""),
    shown?.interest ?? "",
    shown?.pledged ?? "",
    shown?.committed ?? "",
    shown?.purchased ?? "",
    shown?.likely.low ?? "",
    shown?.likely.mid ?? "",
    shown?.likely.high ?? "",
    points.map(({ price_minor, units }) => `${price(price_minor)}=${units}`).join(" "),
    Object.entries(shown?.feedback ?? {})
      .map(([theme, accounts]) => `${theme}=${String(accounts)}`)
      .join(" "),
    String(shown?.size ?? ""),
  ];
}

const byId = z.object({ id: z.string().min(1).max(64) });

signalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns/{id}/demand-curve",
    tags,
    summary: "Units at each price, of a region or of the whole campaign, with what is needed to make them again",
    request: { params: byId, query: z.object({ region: cellRegion.default(EVERYWHERE) }) },
    responses: { 200: json(api.demandCurve, "The curve, or why it is withheld"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const curve = await demandCurveOf(c.get("db"), c.get("config").logOrigin, id, c.req.valid("query").region);
    if (curve === null) throw new Refused("campaign-unknown");
    return c.json(curve, 200);
  },
);

signalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns/{id}/history",
    tags,
    summary: "What was shown of a campaign at the end of each day on which it changed, oldest first",
    request: { params: byId },
    responses: { 200: json(api.campaignHistory, "The days"), ...refusals },
  }),
  async (c) => {
    const history = await campaignHistoryOf(c.get("db"), c.get("config").logOrigin, c.req.valid("param").id);
    if (history === null) throw new Refused("campaign-unknown");
    return c.json(history, 200);
  },
);
