/** What the log takes in (docs/protocol.md §4) and the newest signed totals; tiles and proofs are in workers/lib. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { type EntryResult, entryReceipt, entryResults } from "../../../shared/protocol/api/log.ts";
import { typOf } from "../../../shared/signing/jws.ts";
import { problems } from "../../../shared/protocol/problem.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { MINUTE_MS, addressOf, limitBy, rateLimiter } from "../../lib/rate-limit.ts";
import { takeAnswer } from "../actions/audit-answer.ts";
import { type Accepted, type Answer, type Refusal, ingestReports } from "../actions/demand-report.ts";
import { logEquivocations } from "../actions/evidence.ts";
import { changeKeys } from "../actions/node-key.ts";
import type { HubConfig } from "../env.ts";
import type { Hub } from "../hub.ts";
import { settleAfter } from "../jobs/settle.ts";
import { receiptFor, refusalFor } from "../promises.ts";
import { newestTotals } from "../queries/network.ts";
import { hubOf, mediaType, readJson, readText } from "./request.ts";

export const logRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const rareEntries = rateLimiter(10, MINUTE_MS);

logRoute.openAPIRegistry.registerPath({
  method: "post",
  path: "/log/entries",
  tags: ["log"],
  summary:
    "Submit one signed report, change of keys or answer to an audit (application/jose), or an array of reports (application/json)",
  request: {
    body: {
      content: {
        "application/jose": { schema: z.string() },
        "application/json": { schema: z.array(z.string()) },
      },
    },
  },
  responses: {
    200: { description: "It was in the log before", content: { "application/json": { schema: entryReceipt } } },
    202: { description: "It is in the log now", content: { "application/json": { schema: entryReceipt } } },
    207: { description: "One result per item", content: { "application/json": { schema: entryResults } } },
    ...refusals,
  },
});
logRoute.post("/log/entries", async (c) => {
  switch (mediaType(c)) {
    case "application/jose":
      return await submitOne(c);
    case "application/json":
      return await submitMany(c);
    default:
      throw new Refused("unsupported-media-type");
  }
});

async function submitOne(c: AppContext<HubConfig>): Promise<Response> {
  const hub = await hubOf(c);
  const text = await readText(c);
  const take = alone.get(typOf(text) ?? "");
  if (take !== undefined) return await submitAlone(c, hub, text, take);
  const { answers, gaps, equivocations } = await ingestReports(hub, [text], { intervalS: hub.config.reportIntervalS });
  await logEquivocations(hub, equivocations);
  const [answer] = answers;
  if (answer === undefined) throw new Error("a report without an answer");
  if (answer.ok || gaps.length > 0 || equivocations.length > 0) settleAfter(c, { gaps });
  if (!answer.ok) throw await refused(hub, text, answer.error);
  const { leaf, index, isNew } = answer.value;
  return c.json({ leaf, index, receipt: await receiptFor(hub, answer.value) }, isNew ? 202 : 200);
}

type Take = (hub: Hub, text: string) => Promise<Accepted>;

/** What comes by itself and not in an array, by the header alone; what it says is read once. */
const alone: ReadonlyMap<string, Take> = new Map([
  ["node-key+jwt", changeKeys],
  ["audit-answer+jwt", takeAnswer],
]);

async function submitAlone(c: AppContext<HubConfig>, hub: Hub, text: string, take: Take): Promise<Response> {
  limitBy(c, rareEntries, addressOf(c));
  let accepted: Accepted;
  try {
    accepted = await take(hub, text);
  } catch (error) {
    if (error instanceof Refused) throw await refused(hub, text, error);
    throw error;
  }
  const { leaf, index, isNew } = accepted;
  if (isNew) settleAfter(c);
  return c.json({ leaf, index, receipt: await receiptFor(hub, accepted) }, isNew ? 202 : 200);
}

async function submitMany(c: AppContext<HubConfig>): Promise<Response> {
  const hub = await hubOf(c);
  const { maxBatch, reportIntervalS } = hub.config;
  const texts = await readJson(c, z.array(z.string()).min(1).max(maxBatch));
  const { answers, gaps, equivocations } = await ingestReports(hub, texts, { intervalS: reportIntervalS });
  await logEquivocations(hub, equivocations);
  if (gaps.length > 0 || equivocations.length > 0 || answers.some((answer) => answer.ok && answer.value.isNew))
    settleAfter(c, { gaps });
  const results = await Promise.all(answers.map(async (answer, at) => await resultOf(hub, texts[at] ?? "", answer)));
  return c.json({ results }, 207);
}

async function refused(hub: Hub, text: string, { code, extra }: Pick<Refusal, "code" | "extra">): Promise<Refused> {
  const refusal = await refusalFor(hub, text, code);
  return new Refused(code, refusal === undefined ? extra : { ...extra, refusal });
}

async function resultOf(hub: Hub, text: string, answer: Answer): Promise<EntryResult> {
  if (answer.ok) {
    const { leaf, index, isNew } = answer.value;
    return { status: isNew ? 202 : 200, leaf, index, receipt: await receiptFor(hub, answer.value) };
  }
  const { code, extra } = answer.error;
  const refusal = await refusalFor(hub, text, code);
  const { expected_seq, last_leaf, retryAfterS } = extra;
  return {
    status: problems[code][0],
    code,
    ...(expected_seq === undefined ? {} : { expected_seq }),
    ...(last_leaf === undefined ? {} : { last_leaf }),
    ...(retryAfterS === undefined ? {} : { retry_after_s: retryAfterS }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

logRoute.openAPIRegistry.registerPath({
  method: "get",
  path: "/log/totals",
  tags: ["log"],
  summary: "The newest signed totals, a compact JWS",
  responses: {
    200: { description: "totals+jwt", content: { "application/jose": { schema: z.string() } } },
    ...refusals,
  },
});
logRoute.get("/log/totals", async (c) => {
  const jws = await newestTotals(c.get("db"));
  if (jws === null) throw new Refused("entry-unknown");
  return c.body(jws, 200, { "content-type": "application/jose", "cache-control": "no-cache" });
});
