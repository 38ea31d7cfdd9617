/** A hub restored to an older state (docs/operate.md): it signs nothing new, says so, and goes on with the newest backup. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { signCheckpoint } from "../../../shared/log/checkpoint.ts";
import { generateNoteKey, noteSigner } from "../../../shared/log/note.ts";
import { sha256, utf8 } from "../../../shared/bytes.ts";
import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { commit } from "../../../workers/hub/commit.ts";
import { type Hub, openHub } from "../../../workers/hub/hub.ts";
import { collectWitnesses } from "../../../workers/hub/jobs/collect-witnesses.ts";
import { signTotals } from "../../../workers/hub/jobs/sign-totals.ts";
import { readHead } from "../../../workers/lib/log-store.ts";
import { type Backup, backUp } from "../backup.ts";
import { type City, campaignTerms, city, expectReplayEqualsTables } from "./city.ts";
import type { WitnessDouble } from "./witness-double.ts";

let hub: City;
let ws: WitnessDouble[];
let older: Backup;
let newest: Backup;

beforeEach(async () => {
  hub = await city();
  ws = [];
  for (const origin of ["a.example.org", "b.example.org", "c.example.org"]) {
    ws.push((await hub.admittedWitness(origin)).witness);
  }
  await collectWitnesses(hub.hub);
  older = await backUp();
  hub.later(600);
  await hub.publish();
  await hub.settle();
  await collectWitnesses(hub.hub);
  newest = await backUp();
});

/** The same hub as a new isolate finds it: nothing in memory. */
async function newIsolate(): Promise<Hub> {
  return await openHub({ ...env, SETTLE_MS: "0" } as never, env.DB, () => hub.clock.now);
}
async function append(one: Hub): Promise<string> {
  try {
    await commit(one, { decide: () => ({ entries: [], totals: true, value: null }) });
    return "appended";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
async function size(): Promise<number> {
  return (await readHead(env.DB)).size;
}
async function halted() {
  return (await (await hub.fetch("/api/witnesses")).json<HubWitnesses>()).halted;
}

describe("the drill: an older backup was restored", () => {
  it("a new isolate asks the witnesses and appends nothing; the newest backup puts it right", async () => {
    await older.restore();
    const before = await size();
    const restored = await newIsolate();
    expect(await append(restored)).toBe("log-behind");
    expect(await append(restored)).toBe("log-behind");
    expect(await size()).toBe(before);
    expect(await halted()).toMatchObject({ by: ws[0]!.vkey });
    const { body } = await hub.operator.call("GET", "/api/console");
    expect((body["todos"] as { kind: string }[])[0]).toMatchObject({ kind: "log-halted" });

    await newest.restore();
    expect(await append(await newIsolate())).toBe("appended");
    expect(await halted()).toBeNull();
    await expectReplayEqualsTables();
  });

  it("under a running isolate is seen without asking anybody", async () => {
    await older.restore();
    for (const one of ws) one.mode = "away";
    const before = await size();
    const { status, code } = await hub.operator.call("POST", "/api/campaigns", {
      ...campaignTerms(),
    });
    expect([status, code]).toEqual([503, "log-behind"]);
    expect(await size()).toBe(before);
  });

  it("is found by the schedule before anybody writes", async () => {
    await older.restore();
    await collectWitnesses(await newIsolate());
    expect(await halted()).toMatchObject({ by: ws[0]!.vkey });
    expect(hub.lines).toContainEqual({ level: "error", job: "witnesses", alarm: "log-behind" });
  });

  it("and if it was continued all the same, the witnesses' smaller tree is another one", async () => {
    await older.restore();
    await env.DB.prepare("DELETE FROM log_guard").run();
    for (const one of ws) one.mode = "away";
    const restored = await newIsolate();
    for (let i = 0; i < 9; i += 1) {
      hub.later(6 * 3600);
      await commit(restored, { decide: () => ({ entries: [], totals: true, value: null }) });
      await signTotals(restored);
    }
    expect(await size()).toBeGreaterThan(ws[0]!.held.size);
    for (const one of ws) one.mode = "honest";
    expect(await append(await newIsolate())).toBe("log-behind");
  });
});

describe("what does not halt a hub", () => {
  it("is a larger tree that its own key never signed", async () => {
    const { skey } = await generateNoteKey("hub.example.org/log", sha256(utf8("another")));
    const head = { origin: "hub.example.org/log", size: 9999, root: sha256(utf8("root")) };
    for (const one of ws) one.note = await signCheckpoint(head, await noteSigner(skey));
    expect(await append(await newIsolate())).toBe("appended");
  });

  it("is silence, as long as no quorum is required", async () => {
    for (const one of ws) one.mode = "away";
    expect(await append(await newIsolate())).toBe("appended");
  });
});

describe("once a quorum is required", () => {
  beforeEach(async () => {
    const vkeys = ws.map(({ vkey }) => vkey);
    expect((await hub.operator.call("POST", "/api/witnesses/rule", { vkeys, k: 2, reason: "" })).status).toBe(201);
    await collectWitnesses(hub.hub);
  });

  it("too few answers hold a new isolate back, unless the last check is fresh", async () => {
    expect(await append(await newIsolate())).toBe("appended");
    ws[0]!.mode = "away";
    ws[1]!.mode = "away";
    expect(await append(await newIsolate())).toBe("appended");
    hub.later(2 * 3600);
    expect(await append(await newIsolate())).toBe("witnesses-silent");
    ws[0]!.mode = "honest";
    expect(await append(await newIsolate())).toBe("appended");
  });
});
