/** A witness whose key changes: its old one counts until the rule names the new one, and the log is never without its quorum. */
import { beforeEach, expect, it } from "vitest";
import { cosigner, readCosignatures } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey } from "../../../shared/log/note.ts";
import type { CommunityKeysView } from "../../../shared/protocol/api/keys.ts";
import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { POLICY_WAIT_S } from "../../../shared/witness/change.ts";
import { collectWitnesses } from "../../../workers/hub/jobs/collect-witnesses.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import { LOG, type NodeDouble } from "./node-double.ts";
import type { WitnessDouble } from "./witness-double.ts";

let hub: City;
let ws: { node: NodeDouble; witness: WitnessDouble }[];

beforeEach(async () => {
  hub = await city();
  ws = [];
  for (const name of ["a", "b", "c"]) ws.push(await hub.admittedWitness(`${name}.example.org`));
});

async function collect(): Promise<void> {
  await collectWitnesses(hub.hub);
}
async function witnesses(): Promise<HubWitnesses> {
  return await (await hub.fetch("/api/witnesses")).json();
}
/** Old and new key of a's, as the table shows them. */
async function shownOfA() {
  return (await witnesses()).witnesses
    .filter(({ name }) => name === "a.example.org")
    .map(({ vkey, former, counted, current }) => ({ vkey, former, counted, current }));
}

/** The node names another witness key, or its first; from then on it signs with both. */
async function nameWitnessKey({ node, witness }: (typeof ws)[number], { proves = true } = {}): Promise<string> {
  const { skey, vkey } = await generateNoteKey(`${node.origin}/witness`, undefined, COSIGNATURE);
  const { last } = await (await hub.fetch(`/api/communities/${node.origin}/keys`)).json<CommunityKeysView>();
  const iat = Math.floor(hub.clock.now / 1000);
  const keys = [{ role: "witness" as const, key: vkey }];
  const draft = { iss: node.origin, aud: LOG, iat, v: 1 as const, act: "rotate" as const, prev: last, keys };
  const [before, after] = [await noteHand("witness", witness.skey), await noteHand("witness", skey)];
  const jws = await signKeyChange(node.signer, "node-key+jwt", draft, {
    witness: { new: after.sign, ...(proves && { old: before.sign }) },
  });
  expect((await hub.submit(jws)).status).toBe(202);
  witness.others = [await cosigner(skey)];
  return vkey;
}

it("rotated: signs with both, is asked once, and the rule follows it by fourteen days and the old quorum", async () => {
  const [a] = ws;
  await collect();
  // all of them must sign: whoever is missing would stop the log from being shown
  const rule = { vkeys: ws.map(({ witness }) => witness.vkey), k: 3, reason: "" };
  expect((await hub.operator.call("POST", "/api/witnesses/rule", rule)).status).toBe(201);
  await collect();
  const next = await nameWitnessKey(a!);
  const asked = a!.witness.asked.length;
  await collect();
  expect(a!.witness.asked.length).toBe(asked + 1);
  const { size } = await witnesses();
  expect(await shownOfA()).toEqual([
    { vkey: next, former: false, counted: false, current: false },
    { vkey: a!.witness.vkey, former: true, counted: true, current: false },
  ]);
  // the change of the rule is an entry itself, and is cosigned with both keys in the next round
  await collect();
  expect((await shownOfA()).map(({ current }) => current)).toEqual([true, true]);
  const note = await (await hub.fetch("/log/checkpoint")).text();
  const both = await readCosignatures(note, [next, a!.witness.vkey]);
  expect(both).toMatchObject({ ok: true, value: [{}, {}] });
  const pending = await witnesses();
  expect(pending).toMatchObject({ rule: { k: 3, n: 3 }, pending: { k: 3, n: 3 }, witnessed: { size: size } });
  expect(pending.rule?.policy).toContain(a!.witness.vkey);
  expect(pending.pending?.policy).toContain(next);
  expect(pending.pending?.policy).not.toContain(a!.witness.vkey);
  await expectReplayEqualsTables();

  hub.later(POLICY_WAIT_S + 3600);
  await hub.publish();
  await collect();
  await collect();
  expect(await witnesses()).toMatchObject({ rule: { k: 3, n: 3 }, pending: null });
  expect(await shownOfA()).toEqual([{ vkey: next, former: false, counted: true, current: true }]);
  // now the old key may go
  a!.witness.signsFirst = false;
  await hub.publish();
  await collect();
  const after = await witnesses();
  expect(after.witnessed?.size).toBe(after.size);
  await expectReplayEqualsTables();
});

it("of a community that joined without one: its first makes it a witness, without anything of before to prove", async () => {
  const late = await hub.admitted("d.example.org");
  const { witness } = await hub.lateWitness(late);
  const vkey = await nameWitnessKey({ node: late, witness }, { proves: false });
  await collect();
  expect((await witnesses()).witnesses.find(({ name }) => name === late.origin)).toMatchObject({
    vkey,
    former: false,
    current: true,
  });
  await expectReplayEqualsTables();
});

it("lost and not replaced: the rule is left as it is, and the others make the quorum", async () => {
  const [a] = ws;
  await collect();
  const rule = { vkeys: ws.map(({ witness }) => witness.vkey), k: 2, reason: "" };
  await hub.operator.call("POST", "/api/witnesses/rule", rule);
  await nameWitnessKey(a!);
  a!.witness.mode = "away";
  await hub.publish();
  await collect();
  await collect();
  const shown = await witnesses();
  expect(shown.pending).toBe(null);
  expect(shown.witnessed?.size).toBe(shown.size);
});
