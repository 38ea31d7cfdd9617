/** Whatever a hub answers, in whatever order, a community says one thing under one number; and goes on once the hub is right again. */
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { fromBase64url, fromUtf8, utf8 } from "../../../shared/bytes.ts";
import { generateNoteKey } from "../../../shared/log/note.ts";
import { ok } from "../../../shared/result.ts";
import { generateEd25519, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { joinHub } from "../../../workers/node/actions/join-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { attendHubs } from "../../../workers/node/jobs/attend-hubs.ts";
import { deliverReports } from "../../../workers/node/jobs/deliver-reports.ts";
import { heldKeys } from "../../../workers/node/keys.ts";
import { readHub } from "../../../workers/node/queries/hub.ts";
import { type FakeHub, fakeHub, HUB_LOG, HUB_URL } from "./fake-hub.ts";
import { type Village, village } from "./village.ts";

const MINUTE = 60_000;

let world: Village;
let hub: FakeHub;
let context: NodeContext;
/** the lie told to each request of a kind, until it is told */
const lies = { post: [] as Lie[], standing: [] as Standing[] };
/** payloads by number, as they left the community */
const said = new Map<number, Set<string>>();

/** `takes`: it logs the report and says that it did not. */
interface Lie {
  takes: boolean;
  code: "seq-gap" | "equivocation" | "kid-unknown" | "book-checkpoint-invalid" | "issuer-frozen" | "key-chain";
  expected: number;
}
/** What it says of this community: a number ahead or behind, under an invented leaf, a foreign one or an older one; another key. */
interface Standing {
  seq: number;
  leaf: "invented" | "foreign" | "older";
  kid: "right" | "old" | "next" | "stranger";
}
type Act =
  | { do: "lie"; lie: Lie }
  | { do: "misname"; standing: Standing }
  | { do: "news" }
  | { do: "deliver" }
  | { do: "attend" }
  | { do: "rotate" }
  | { do: "save" }
  | { do: "restore" };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("lie" as const),
        lie: fc.record({
          takes: fc.boolean(),
          code: fc.constantFrom<Lie["code"][]>(
            "seq-gap",
            "seq-gap",
            "equivocation",
            "kid-unknown",
            "book-checkpoint-invalid",
            "issuer-frozen",
            "key-chain",
          ),
          expected: fc.integer({ min: 1, max: 12 }),
        }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("misname" as const),
        standing: fc.record({
          seq: fc.integer({ min: 0, max: 12 }),
          leaf: fc.constantFrom<Standing["leaf"][]>("invented", "foreign", "older"),
          kid: fc.constantFrom<Standing["kid"][]>("right", "old", "next", "stranger"),
        }),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ do: "news" as const }) },
    { weight: 6, arbitrary: fc.constant({ do: "deliver" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "attend" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "rotate" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "save" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "restore" as const }) },
  ),
  { minLength: 4, maxLength: 14 },
);

let saved: () => void;
let foreign = "";

beforeAll(async () => {
  world = await village({ hub: false });
  hub = await fakeHub();
  context = { ...world.context, peer: lyingPeer(), random: () => 0.5 };
  await joinHub(context, { url: HUB_URL, vkey: hub.vkey });
  hub.status = "admitted";
  const held = await heldKeys(context.config);
  hub.nodeKeys = {
    origin: context.config.origin,
    keys: held.map(({ role, key }) => ({
      role,
      key,
      kid: role === "report" ? thumbprint({ kty: "OKP", crv: "Ed25519", x: key }) : null,
      from: 1,
      until: null,
      ended_by: null,
    })),
    last: hub.join,
    last_recovery: hub.join,
    pending: null,
  };
  hub.kid = hub.nodeKeys.keys[0]?.kid ?? null;
  await attendHubs(context);
  // a report in the log under this community's name, by a key that never was its own
  const [first] = hub.reports;
  if (first === undefined) throw new Error("no report");
  const jws = await signStatement(await signer(await generateEd25519()), "demand-report+jwt", {
    ...first.claims,
    seq: 9,
  });
  hub.entries.push(jws);
  foreign = statementLeaf(jws);
  save();
});

function save(): void {
  const [reports, kid, keys] = [[...hub.reports], hub.kid, structuredClone(hub.nodeKeys)];
  saved = () => {
    hub.reports.splice(0, hub.reports.length, ...reports);
    hub.kid = kid;
    hub.nodeKeys = structuredClone(keys);
  };
}

/** The fake hub's, with the lies in between. */
function lyingPeer(): NodeContext["peer"] {
  return {
    ...hub.peer,
    async post(url, body, type) {
      if (!url.endsWith("/log/entries") || typeof body !== "string") return await hub.peer.post(url, body, type);
      const [head = "", payload = ""] = body.split(".");
      if (fromUtf8(fromBase64url(head)).includes("demand-report+jwt")) {
        const { seq } = JSON.parse(fromUtf8(fromBase64url(payload))) as { seq: number };
        said.set(seq, (said.get(seq) ?? new Set()).add(payload));
      }
      const lie = lies.post.shift();
      if (lie === undefined || lie.takes) {
        const answer = await hub.peer.post(url, body, type);
        if (lie === undefined) return answer;
      }
      const { code, expected } = lie;
      const problem = {
        type: "t",
        title: "t",
        status: 409,
        code,
        ...(code === "seq-gap" && { expected_seq: expected }),
      };
      return ok({
        status: 409,
        contentType: "application/json",
        retryAfterS: null,
        bytes: utf8(JSON.stringify(problem)),
      });
    },
    async getJson(url, schema) {
      const found = await hub.peer.getJson(url, schema);
      if (!found.ok || !url.includes("/api/communities/") || url.endsWith("/keys")) return found;
      const lie = lies.standing.shift();
      return lie === undefined ? found : ok(schema.parse(await misnamed(found.value as object, lie)));
    },
  };
}

async function misnamed(standing: object, { seq, leaf, kid }: Standing): Promise<object> {
  const older = hub.reports[seq % Math.max(1, hub.reports.length)];
  const leaves = { invented: "I".repeat(42) + "A", foreign, older: older?.leaf ?? hub.join };
  const { reportJwk, reportJwkNext } = context.config;
  const kids = {
    right: hub.kid,
    old: thumbprint(reportJwk),
    next: reportJwkNext === null ? hub.kid : thumbprint(reportJwkNext),
    stranger: thumbprint(await generateEd25519()),
  };
  const last = {
    seq,
    leaf: leaves[leaf],
    index: 5,
    at: "2026-10-01T00:00:00Z",
    verdict: "ok",
    code: null,
    book_size: 1,
  };
  return { ...standing, last_report: seq === 0 ? null : last, report_kid: kids[kid] };
}

async function step(act: Act): Promise<void> {
  world.clock.now += 2 * MINUTE;
  switch (act.do) {
    case "lie":
      lies.post.push(act.lie);
      return;
    case "misname":
      lies.standing.push(act.standing);
      return;
    case "news":
      await env.DB.prepare("UPDATE outbox SET rev = rev + 1, dirty_since = ?").bind(world.clock.now).run();
      return;
    case "deliver":
      await deliverReports(context, HUB_LOG, { force: true });
      return;
    case "attend":
      // a hub that has lost reports and lies about it while a key changes has broken its own log for this community
      lies.standing.length = 0;
      await attendHubs(context, { force: true });
      return;
    case "rotate": {
      if (context.config.reportJwkNext !== null) return;
      const { skey } = await generateNoteKey(`${context.config.origin}/book`);
      const next = { reportJwkNext: await generateEd25519(), book: { ...context.config.book, next: skey } };
      context = { ...context, config: { ...context.config, ...next } };
      return;
    }
    case "save":
      save();
      return;
    case "restore":
      saved();
  }
}

it(
  "says one thing under one number, and is understood again once the lies have ended",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (all) => {
        for (const act of all) await step(act);
        for (const [seq, payloads] of said) expect({ seq, payloads: payloads.size }).toEqual({ seq, payloads: 1 });
        lies.post.length = 0;
        lies.standing.length = 0;
        await env.DB.prepare("UPDATE outbox SET dirty_since = 1").run();
        for (let at = 0; at < 400; at += 1) {
          const row = await readHub(env.DB, HUB_LOG);
          if (at > 3 && row?.dirty_since === null && row.undelivered === 0) break;
          world.clock.now += 61 * MINUTE;
          await attendHubs(context, { force: true });
        }
        expect(await readHub(env.DB, HUB_LOG)).toMatchObject({ last_error: null, dirty_since: null, undelivered: 0 });
        expect(hub.reports.map(({ claims }) => claims.seq)).toEqual(hub.reports.map((_, at) => at + 1));
        for (const [seq, payloads] of said) expect({ seq, payloads: payloads.size }).toEqual({ seq, payloads: 1 });
      }),
      { numRuns: 25 },
    );
  },
);
