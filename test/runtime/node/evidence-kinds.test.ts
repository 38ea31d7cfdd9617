/** Every kind of evidence at a community: taken in from anybody about a hub it knows, kept once, shown, passed on, refused when changed. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { evidenceList } from "../../../shared/protocol/api/evidence.ts";
import { evidence, evidenceKinds } from "../../../shared/protocol/evidence.ts";
import { ok } from "../../../shared/result.ts";
import { type HubKeys, makeHubKeys } from "../../../shared/signing/keys.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { passOn } from "../../../workers/node/jobs/pass-evidence-on.ts";
import { misdeeds, mutations } from "../../unit/evidence/misdeeds.ts";
import { makeWorld } from "../../unit/verify/world.ts";
import { HUB, type Village, village } from "./village.ts";

const ORIGIN = HUB.replace(/\/log$/, "");
let world: Village;
let keys: HubKeys;

beforeEach(async () => {
  world = await village();
  keys = await makeHubKeys(ORIGIN);
  await env.DB.prepare("UPDATE hub SET status = 'admitted', vkey = ?").bind(keys.vkey).run();
});

const ownWorld = async () => await makeWorld({ origin: ORIGIN, keys });

let address = 0;
async function hand(document: unknown) {
  address += 1;
  const headers = { "content-type": "application/json", "cf-connecting-ip": `10.8.0.${String(address)}` };
  const response = await world.fetch("/evidence", { method: "POST", headers, body: JSON.stringify(document) });
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
}

describe.each(evidenceKinds)("%s", (kind) => {
  it("is accepted, kept once, shown, passed on to all but the accused, and refused when it is changed", async () => {
    const document = await misdeeds[kind].commit(await ownWorld());
    for (const { document: mutated } of [...mutations(document)].slice(-3))
      expect(await hand(mutated)).toMatchObject({ status: 400, body: { code: "evidence-invalid" } });
    const first = await hand(document);
    expect(first).toMatchObject({ status: 201, body: { kind, checked: true, index: null } });
    expect(await hand(document)).toEqual({ status: 200, body: first.body });
    const again = await hand(await misdeeds[kind].commit(await ownWorld()));
    expect(again).toEqual({ status: 200, body: first.body });
    const accused = misdeeds[kind].by === "hub" ? HUB : "a.example";
    const list = await world.fetch(`/api/evidence?accused=${encodeURIComponent(accused)}`);
    expect(evidenceList.parse(await list.json()).evidence).toMatchObject([{ kind, accused }]);
    const shown = await world.fetch(`/api/evidence/${String(first.body["sha256"])}`);
    expect(evidence.parse(await shown.json())).toEqual(document);
    const offered: string[] = [];
    const peer: NodeContext["peer"] = {
      ...world.context.peer,
      post(url) {
        offered.push(url);
        return Promise.resolve(ok({ status: 201, contentType: "", retryAfterS: null, bytes: new Uint8Array() }));
      },
      getJson(_, schema) {
        const communities = ["a.example", "b.example"].map((origin) => ({ origin, url: `https://${origin}` }));
        return Promise.resolve(ok({ communities } as unknown as ReturnType<typeof schema.parse>));
      },
    };
    await passOn({ ...world.context, peer });
    const everybody = [
      ["a.example", "https://a.example/evidence"],
      ["b.example", "https://b.example/evidence"],
      [HUB, `https://${ORIGIN}/evidence`],
    ];
    const others = everybody.filter(([origin]) => origin !== accused).map(([, url]) => url);
    expect(offered.toSorted()).toEqual(others);
  });
});
