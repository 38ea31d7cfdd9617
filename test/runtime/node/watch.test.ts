/** A community's own watching of its hub: remembered, shown to the steward, told to a webhook once, and tried again until it is told. */
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import { toBase64, utf8 } from "../../../shared/bytes.ts";
import { EMPTY_ROOT } from "../../../shared/log/merkle.ts";
import { formatCheckpoint } from "../../../shared/log/checkpoint.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../shared/log/note.ts";
import type { Headline } from "../../../shared/protocol/statement.ts";
import { ok } from "../../../shared/result.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { watchHubs } from "../../../workers/node/jobs/watch-hub.ts";
import { HUB, START, type Village, village } from "./village.ts";

const SECRET = `whsec_${toBase64(utf8("a secret that only two know"))}`;
const headline: Headline = {
  formula: 1,
  currency: "EUR",
  purchasing_power_minor: "0",
  by_currency: {},
  unconverted: [],
  rates_date: null,
  communities: 1,
  pledges: 0,
  members_declared: 1,
  stages: { interest: "0", pledged: "0", committed: "0", purchased: "0" },
};

let world: Village;
let context: NodeContext;
let lines: Record<string, unknown>[];
let posts: { headers: Record<string, string>; body: string }[];
let hears: boolean;
let head: { size: number; root: Uint8Array<ArrayBuffer> };
let shownPledges: number;

beforeEach(async () => {
  world = await village();
  lines = [];
  posts = [];
  hears = true;
  shownPledges = 0;
  head = { size: 5, root: EMPTY_ROOT };
  const log = await generateNoteKey(HUB);
  const note = await noteSigner(log.skey);
  const statements = await signer(await generateEd25519());
  await env.DB.prepare("UPDATE hub SET status = 'admitted', vkey = ?, statement_jwk = ? WHERE origin = ?")
    .bind(log.vkey, JSON.stringify(statements.publicJwk), HUB)
    .run();
  const answer = (bytes: Uint8Array<ArrayBuffer>) =>
    ok({ status: 200, contentType: "text/plain", retryAfterS: null, bytes });
  const root = toBase64(EMPTY_ROOT);
  const peer: NodeContext["peer"] = {
    async get(url) {
      if (url.endsWith("/log/head")) {
        const checkpoint = formatCheckpoint({ origin: HUB, size: head.size, root: head.root });
        return answer(utf8(await signNote(checkpoint, [note])));
      }
      const iat = Math.floor(world.clock.now / 1000);
      const claims = { iss: HUB, iat, v: 1 as const, size: 4, root, state_sha256: "A".repeat(43), headline };
      return answer(utf8(await signStatement(statements, "totals+jwt", claims)));
    },
    async post(_url, body, _type, options) {
      if (!hears) return ok({ status: 503, contentType: "", retryAfterS: null, bytes: utf8("") });
      posts.push({ headers: options?.headers ?? {}, body: String(body) });
      return answer(utf8(""));
    },
    async getJson(_url, schema) {
      const shown = { ...headline, pledges: shownPledges };
      const view = { ...shown, log: { origin: HUB, size: 4, root }, campaigns: [], as_of: "2026-09-21T00:00:00Z" };
      return ok(schema.parse(view));
    },
  };
  const config = { ...world.context.config, watchWebhook: { url: "https://alarm.example.org/hook", secret: SECRET } };
  context = { ...world.context, config, peer };
});

async function look(): Promise<void> {
  await watchHubs(context, (line) => lines.push(line));
}

async function seen(): Promise<{ codes: string[] } | null> {
  const { body } = await world.steward.call("GET", "/api/community");
  return (body["hubs"] as { watch: { codes: string[] } | null }[])[0]!.watch;
}

describe("a community", () => {
  it("is silent about an honest hub, and shows its steward that it looked", async () => {
    expect(await seen()).toBeNull();
    await look();
    await look();
    expect(await seen()).toMatchObject({ codes: [], checked_at: new Date(START).toISOString().replace(".000", "") });
    expect({ lines, posts }).toEqual({ lines: [], posts: [] });
  });

  it("tells once that the hub shows other numbers than it signed, and once that it is over", async () => {
    await look();
    shownPledges = 7;
    await look();
    await look();
    expect(await seen()).toMatchObject({ codes: ["network-mismatch"] });
    expect(lines).toMatchObject([{ level: "warn", codes: ["network-mismatch"] }]);
    expect(posts).toHaveLength(1);
    expect(new Webhook(SECRET).verify(posts[0]!.body, withClock(posts[0]!))).toMatchObject({ type: "watch.alarm" });
    shownPledges = 0;
    await look();
    expect(posts.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      "watch.alarm",
      "watch.recovered",
    ]);
  });

  it("tries again until somebody has heard it", async () => {
    shownPledges = 7;
    hears = false;
    await look();
    expect(posts).toEqual([]);
    hears = true;
    await look();
    expect(posts).toHaveLength(1);
  });

  it("never forgets the largest head it has seen", async () => {
    await look();
    head = { size: 4, root: EMPTY_ROOT };
    await look();
    await look();
    expect(await seen()).toMatchObject({ codes: ["log-shrunk"] });
    head = { size: 5, root: new Uint8Array(32).fill(7) };
    await look();
    expect(await seen()).toMatchObject({ codes: ["split-view"] });
  });
});

/** The verifier allows five minutes of clock: the test's clock is not today's. */
function withClock({ headers, body }: { headers: Record<string, string>; body: string }): Record<string, string> {
  const at = new Date();
  const id = headers["webhook-id"] ?? "";
  const signed = new Webhook(SECRET).sign(id, new Date(Number(headers["webhook-timestamp"]) * 1000), body);
  expect(headers["webhook-signature"]).toBe(signed);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(SECRET).sign(id, at, body),
  };
}
