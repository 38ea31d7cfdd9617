/** What other sites may put into a frame: the widget of one campaign, and its stylesheet. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { hash } from "../../../shared/protocol/primitives.ts";
import { EVERYWHERE } from "../../../shared/signals/cells.ts";
import type { AppEnv } from "../../lib/app.ts";
import { Refused } from "../../lib/problem.ts";
import { EMBED_CSP, embedStyle, widget } from "../embed/widget.ts";
import type { HubConfig } from "../env.ts";
import { demandCurveOf } from "../queries/demand-curve.ts";
import { text } from "./export-file.ts";

export const embedRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["signals"];

embedRoute.openapi(
  createRoute({
    method: "get",
    path: "/embed/signals",
    tags,
    summary: "The widget of a campaign: a page without scripts and cookies that any site may frame",
    request: { query: z.object({ campaign: hash, lang: z.enum(["en", "es"]).default("en") }) },
    responses: text("A page", "text/html"),
  }),
  async (c) => {
    const { campaign, lang } = c.req.valid("query");
    const { logOrigin, name, publicUrl } = c.get("config");
    const curve = await demandCurveOf(c.get("db"), logOrigin, campaign, EVERYWHERE);
    if (curve === null) throw new Refused("campaign-unknown");
    const page = await widget(curve, { language: lang, hub: name, url: publicUrl });
    return c.html(page, 200, { "content-security-policy": EMBED_CSP, "cache-control": "public, max-age=60" });
  },
);

embedRoute.openapi(
  createRoute({
    method: "get",
    path: "/embed/style.css",
    tags,
    summary: "The widget's stylesheet",
    responses: text("A stylesheet", "text/css"),
  }),
  (c) =>
    c.body(embedStyle, 200, { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=3600" }),
);
