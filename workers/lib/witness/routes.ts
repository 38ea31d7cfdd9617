/** C2SP tlog-witness over HTTP, the same at hub and node: anyone may submit, only known logs are cosigned. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { fromUtf8 } from "../../../shared/bytes.ts";
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import { memo } from "../../../shared/memo.ts";
import { parseAddCheckpoint } from "../../../shared/witness/request.ts";
import type { AppContext, AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { refusals } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../rate-limit.ts";
import { addCheckpoint, type Witness, witnessedNote } from "./witness.ts";

const text = z.string();
const PLAIN = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" };
/** A witness of many logs is asked often, but not by one address. */
const submissions = rateLimiter(240, MINUTE_MS);

const cosignerFor = memo(16, cosigner);

/** Null where the worker was given no witness key: then it witnesses nothing. */
export async function cosignerOf(config: CommonConfig): Promise<Cosigner | null> {
  return (await cosignersOf(config))[0] ?? null;
}

/** Every witness key this worker was given: while one takes the place of another, each checkpoint is signed with both. */
async function cosignersOf({ witnessKey, witnessKeyNext, origin }: CommonConfig): Promise<Cosigner[]> {
  const held = [witnessKey, witnessKeyNext].filter((key) => key !== null);
  const found = await Promise.all(held.map(cosignerFor));
  if (found.some(({ name }) => name !== `${origin}/witness`)) {
    throw new Error("WITNESS_KEY names another witness than ORIGIN");
  }
  return found;
}

interface Known extends Pick<Witness, "keysOf" | "configuredKeys"> {
  /** whether this log is known by another key now: for a checkpoint that no known key has signed */
  relearn?: (origin: string) => Promise<boolean>;
}

export function witnessRoutes<C extends CommonConfig>(known: (c: AppContext<C>) => Known): OpenAPIHono<AppEnv<C>> {
  const app = new OpenAPIHono<AppEnv<C>>();
  describe(app);

  app.post("/witness/add-checkpoint", async (c) => {
    limitBy(c, submissions, addressOf(c));
    const cosigners = await cosignersOf(c.get("config"));
    if (cosigners.length === 0) throw new Refused("not-found");
    const nowS = Math.floor(c.get("now")() / 1000);
    const { relearn, ...keys } = known(c);
    const body = await bodyOf(c);
    const submit = async () => await addCheckpoint({ db: c.get("db"), cosigners, nowS, ...keys }, body);
    let answer = await submit();
    if (!answer.ok && answer.error.code === "witness-signature" && relearn !== undefined) {
      const request = parseAddCheckpoint(body);
      if (request.ok && (await relearn(request.value.checkpoint.origin))) answer = await submit();
    }
    if (answer.ok) return c.body(answer.value, 200, PLAIN);
    const refusal = answer.error;
    if ("size" in refusal) {
      return c.body(`${String(refusal.size)}\n`, 409, { "content-type": "text/x.tlog.size" });
    }
    throw new Refused(refusal.code);
  });

  app.get("/witness/:origin/checkpoint", async (c) => {
    const note = await witnessedNote(c.get("db"), c.req.param("origin"));
    if (note === null) throw new Refused("witness-log-unknown");
    return c.body(note, 200, PLAIN);
  });

  return app;
}

async function bodyOf<C extends CommonConfig>(c: AppContext<C>): Promise<string> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Refused("witness-malformed");
  }
}

function describe<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>): void {
  const tags = ["witness"];
  const plain = (description: string) => ({ description, content: { "text/plain": { schema: text } } });
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/witness/add-checkpoint",
    tags,
    summary: "Cosign a checkpoint of a log this witness knows (C2SP tlog-witness)",
    request: { body: { required: true, content: { "text/plain": { schema: text } } } },
    responses: {
      200: plain("The signature line; two while one witness key takes the place of another"),
      409: { description: "The size last cosigned", content: { "text/x.tlog.size": { schema: text } } },
      ...refusals,
    },
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/witness/{origin}/checkpoint",
    tags,
    summary: "The newest checkpoint cosigned of a log, by the hex SHA-256 of its origin",
    request: { params: z.object({ origin: text }) },
    responses: { 200: plain("The checkpoint with the log's signatures and this witness's"), ...refusals },
  });
}
