/** What the routes of a hub take from a request, in one form: the hub itself, a media type, JSON, page limits. */
import { z } from "zod";
import type { ZodType } from "zod";
import { fromUtf8 } from "../../../shared/bytes.ts";
import type { AppContext } from "../../lib/app.ts";
import { Refused, schemaProblem } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { type Hub, openHub } from "../hub.ts";
import { MAX_PAGE } from "../limits.ts";

export async function hubOf(c: AppContext<HubConfig>): Promise<Hub> {
  return await openHub(c.env, c.get("db"), c.get("now"));
}

export function mediaType(c: AppContext<HubConfig>): string {
  return (c.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

export function requireMediaType(c: AppContext<HubConfig>, ...types: string[]): void {
  if (!types.includes(mediaType(c))) throw new Refused("unsupported-media-type");
}

/** The body as strict UTF-8. */
export async function readText(c: AppContext<HubConfig>): Promise<string> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Refused("malformed-request", { detail: "not UTF-8" });
  }
}

export async function readJson<T>(c: AppContext<HubConfig>, schema: ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readText(c));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused("malformed-json");
    throw error;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw schemaProblem(parsed.error);
  return parsed.data;
}

/** `limit` of a page; `after` is the cursor of the page before. */
export const limitParam = z.coerce.number().int().min(1).max(MAX_PAGE).default(50);
export const numberCursor = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
export const originParam = z.object({ origin: z.string().min(1).max(253) });
