/** A community keeps what is proven against its hubs and passes it on, so that no hub can keep it to itself. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { ok } from "../../../shared/result.ts";
import { joinHub } from "../../../workers/node/actions/join-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { attendHubs } from "../../../workers/node/jobs/attend-hubs.ts";
import { passOn } from "../../../workers/node/jobs/pass-evidence-on.ts";
import { type FakeHub, fakeHub, HUB_LOG, HUB_URL } from "./fake-hub.ts";
import { type Village, village } from "./village.ts";

let world: Village;
let hub: FakeHub;
let context: NodeContext;
let offered: string[];

beforeEach(async () => {
  world = await village({ hub: false });
  hub = await fakeHub();
  offered = [];
  const peer: NodeContext["peer"] = {
    ...hub.peer,
    async post(url, body, type) {
      if (!url.endsWith("/evidence")) return await hub.peer.post(url, body, type);
      offered.push(url);
      return await Promise.resolve(ok({ status: 201, contentType: "", retryAfterS: null, bytes: new Uint8Array() }));
    },
    async getJson(url, schema) {
      if (!url.includes("/api/communities?")) return await hub.peer.getJson(url, schema);
      const communities = ["a.example.org", "community.example.org"].map((origin) => ({
        origin,
        url: `https://${origin}`,
      }));
      return ok({ communities } as never);
    },
  };
  context = { ...world.context, peer, random: () => 0.5 };
  await joinHub(context, { url: HUB_URL, vkey: hub.vkey });
  hub.status = "admitted";
  await attendHubs(context);
});

async function fork(): Promise<EvidenceOf<"fork">> {
  const notes = await hub.twoFaces();
  return {
    v: 1,
    hub: { origin: HUB_LOG, vkey: hub.vkey },
    anchors: [],
    kind: "fork",
    log: HUB_LOG,
    notes,
    place: null,
  };
}

async function hand(document: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { "content-type": "application/json" };
  const response = await world.fetch("/evidence", { method: "POST", headers, body: JSON.stringify(document) });
  return { status: response.status, body: await response.json() };
}

describe("evidence at a community", () => {
  it("is checked, kept once, and shown with the document itself", async () => {
    const document = await fork();
    const first = await hand(document);
    expect(first).toMatchObject({ status: 201, body: { accused: HUB_LOG, kind: "fork", party: "hub", index: null } });
    expect((await hand(document)).status).toBe(200);
    const list = await (await world.fetch("/api/evidence")).json<{ evidence: unknown[] }>();
    expect(list.evidence).toEqual([first.body]);
    const kept = await world.fetch(`/api/evidence/${String(first.body["sha256"])}`);
    expect(await kept.json()).toEqual(document);
    expect(await (await world.fetch("/api/evidence?accused=a.example.org")).json()).toEqual({ evidence: [] });
  });

  it("is refused when it proves nothing, or is of a hub this community has not joined", async () => {
    const document = await fork();
    const same = await hand({ ...document, notes: [document.notes[0], document.notes[0]] });
    expect(same.body).toMatchObject({ code: "evidence-invalid", detail: "no-contradiction" });
    const stranger = await hand({ ...document, hub: { origin: HUB_LOG, vkey: (await fakeHub()).vkey } });
    expect(stranger.body).toMatchObject({ code: "evidence-invalid", detail: "hub-unknown" });
    expect(await env.DB.prepare("SELECT count(*) AS n FROM evidence").first("n")).toBe(0);
  });

  it("is passed on to the hub's other communities and to other hubs, in three rounds, not to the accused or itself", async () => {
    await hand(await fork());
    for (let i = 0; i < 8; i += 1) {
      await passOn(context);
      world.clock.now += 1_801_000;
    }
    expect(offered).toEqual(Array.from({ length: 3 }, () => "https://a.example.org/evidence"));
  });
});
