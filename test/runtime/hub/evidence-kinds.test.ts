/** Every kind of evidence at a hub: taken in from anybody, logged once per party and kind, shown, refused when changed; and claims too long to check. */
import { beforeEach, describe, expect, it } from "vitest";
import { evidenceList } from "../../../shared/protocol/api/evidence.ts";
import { type Evidence, evidence, evidenceKinds } from "../../../shared/protocol/evidence.ts";
import { makeHubKeys } from "../../../shared/signing/keys.ts";
import { passOn } from "../../../workers/hub/jobs/pass-evidence-on.ts";
import { misdeeds, mutations } from "../../unit/evidence/misdeeds.ts";
import * as make from "../../unit/evidence/makers.ts";
import { makeWorld } from "../../unit/verify/world.ts";
import { type City, city, expectReplayEqualsTables, send } from "./city.ts";

let world: City;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  await world.admitted("b.example.org");
});

/** A world whose hub signs with the key of the hub under test: what it proves is about this hub. */
async function ownWorld() {
  const { config, keys } = world.hub;
  const origin = config.logOrigin.replace(/\/log$/, "");
  const made = await makeHubKeys(origin);
  const secrets = { ...made.secrets, LOG_KEY: config.logKey };
  return await makeWorld({ origin, keys: { ...made, secrets, vkey: keys.log.vkey } });
}

const hand = async (document: unknown) =>
  await send(world.fetch, "/evidence", JSON.stringify(document), "application/json");

async function kept(accused: string) {
  const response = await world.fetch(`/api/evidence?accused=${encodeURIComponent(accused)}`);
  return evidenceList.parse(await response.json()).evidence;
}

describe.each(evidenceKinds)("%s", (kind) => {
  it("is accepted, logged once, shown, passed on, and refused when it is changed", async () => {
    const document: Evidence = await misdeeds[kind].commit(await ownWorld());
    for (const { document: mutated } of [...mutations(document)].slice(-3)) {
      const refused = await hand(mutated);
      expect([refused.status, refused.code]).toEqual([400, "evidence-invalid"]);
    }
    const first = await hand(document);
    expect([first.status, first.body["kind"], first.body["checked"]]).toEqual([201, kind, true]);
    const { accused, sha256, index } = evidenceList.shape.evidence.element.parse(first.body);
    expect(index).not.toBeNull();
    await world.settle();
    const { size } = (await world.network()).log;
    // the same again, and another document of the kind against the same party
    expect((await hand(document)).body).toEqual(first.body);
    const again = await hand(await misdeeds[kind].commit(await ownWorld()));
    expect([again.status, again.body]).toEqual([200, first.body]);
    await world.settle();
    expect((await world.network()).log.size).toBe(size);
    expect(await kept(accused)).toMatchObject([{ kind, sha256, index }]);
    const shown = evidence.parse(await (await world.fetch(`/api/evidence/${sha256}`)).json());
    expect(shown).toEqual(document);
    const other = world.nodes.get("b.example.org");
    other?.requests.splice(0);
    await passOn(world.hub);
    expect(other?.requests).toContain("/evidence");
    await expectReplayEqualsTables();
  });
});

describe("evidence that only names its entries", () => {
  it("is kept as a claim if its signatures hold: shown as unchecked, not logged, not passed on, and at most four against a hub", async () => {
    const lying = await ownWorld();
    const { hub } = lying;
    while (hub.log.size < 70) await hub.publishTotals();
    const anchors = [await make.policyOf(hub)];
    const claim = async (note: string): Promise<Evidence> => ({
      ...make.about(hub, anchors),
      kind: "wrong-totals",
      totals: (await make.inflatedTotals(lying)).totals,
      shown: { by: "log", note },
    });
    const { size } = (await world.network()).log;
    const note = await hub.log.checkpoint();
    const unsigned = { ...(await claim(note)), totals: `${hub.totals.slice(0, -8)}AAAAAAAA` };
    expect((await hand(unsigned)).code).toBe("evidence-invalid");
    const answers = [];
    for (let at = 0; at < 5; at += 1) answers.push(await hand(await claim(await hub.log.checkpoint(hub.log.size))));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 413]);
    expect(answers[4]?.code).toBe("evidence-too-large");
    const shown = await kept(hub.log.origin);
    expect(shown.map(({ checked, index }) => [checked, index])).toEqual(Array.from({ length: 4 }, () => [false, null]));
    expect(evidence.parse(await (await world.fetch(`/api/evidence/${shown[0]?.sha256 ?? ""}`)).json()).kind).toBe(
      "wrong-totals",
    );
    await passOn(world.hub);
    expect(world.nodes.get("b.example.org")?.requests).not.toContain("/evidence");
    expect((await world.network()).log.size).toBe(size);
    // what can be checked still is, and stands before the claims
    expect((await hand(await misdeeds["wrong-totals"].commit(await ownWorld()))).status).toBe(201);
    expect((await kept(hub.log.origin)).map(({ checked }) => checked)).toEqual([true, false, false, false, false]);
  });
});

it("an opening that holds what a member signed is not taken in, whatever it proves", async () => {
  const document = await misdeeds["failed-audit"].commit(await ownWorld());
  const gone = { leaf: "A".repeat(43), gone: { entry: "x", proof: "x" } };
  const shown = {
    by: "opening",
    answer: "x",
    drawn: ["A".repeat(43)],
    opening: gone,
    index: 0,
    proof: [],
    campaign: null,
  };
  expect((await hand({ ...document, shown })).code).toBe("evidence-private");
});
