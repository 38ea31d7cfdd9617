/** A log whose key changes while witnesses must have seen it: who follows, and who must not, at each step of the way. */
import { beforeEach, expect, test } from "vitest";
import { sha256, utf8 } from "../../../shared/bytes.ts";
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, noteSigner, parseNote } from "../../../shared/log/note.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { type VerifyOptions, verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { formatPolicy } from "../../../shared/witness/policy.ts";
import { recallOf, rememberedAfter, type State } from "../../../scripts/verify/memory.ts";
import { TestHub } from "./world.ts";

let hub: TestHub;
let ws: Cosigner[];
let policy: string;
/** what a verifier was given when the log was young: its key, and the rule */
let shipped: { vkey: string; policy: string };
/** what its state file holds since then */
let state: State;

beforeEach(async () => {
  hub = await TestHub.create();
  ws = [];
  for (const name of ["a", "b", "c"]) {
    const { skey } = await generateNoteKey(`${name}.example/witness`, sha256(utf8(name)), COSIGNATURE);
    ws.push(await cosigner(skey));
  }
  policy = formatPolicy(
    ws.map(({ name, vkey }) => ({ name, vkey, url: null })),
    2,
  );
  await hub.say("witness-policy+jwt", { policy, effective: hub.now + 1, reason: "" });
  await hub.publishTotals();
  shipped = { vkey: hub.vkey, policy };
  await cosign(0, 1);
  state = {};
  expect((await verified({ vkey: shipped.vkey })).exit).toBe(EXIT.ok);
});

/** These witnesses see the newest head. */
async function cosign(...at: number[]): Promise<void> {
  const note = await hub.log.checkpoint();
  const { text } = parseNote(note)!;
  hub.cosigned = note + (await Promise.all(at.map((i) => ws[i]!.cosign(text, hub.now)))).join("");
}

/** As `npm run verify --state`: remembers what was sound. */
async function verified(options: Partial<VerifyOptions> = {}) {
  const before = { ...state };
  const report = await verifyHub(hub.served.source, {
    now: hub.now,
    remembered: (vkey) => recallOf(before, vkey),
    ...options,
  });
  state = rememberedAfter(state, report);
  const failed = report.checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`);
  return { exit: report.exit, failed, vkey: report.vkey };
}

async function changeLogKey(act: "rotate" | "recover", { old = true } = {}): Promise<void> {
  const { skey, vkey } = await generateNoteKey(hub.log.origin);
  const [before, after] = [await noteHand("log", hub.made.secrets.LOG_KEY), await noteHand("log", skey)];
  const stranger = await signer(await generateEd25519());
  const recovery = await signer(hub.made.recoveryJwk);
  hub.now += 1;
  const draft = {
    iss: hub.log.origin,
    iat: hub.now,
    v: 1 as const,
    act,
    prev: hub.state.policy!.leaf,
    keys: [{ role: "log" as const, from: hub.vkey, key: vkey }],
    ...(act === "recover" && { recovery_jwk: recovery.publicJwk }),
  };
  const proof = old ? before.sign : (message: Uint8Array<ArrayBuffer>) => stranger.sign(message);
  const jws = await signKeyChange(act === "rotate" ? hub.signer : recovery, "hub-key+jwt", draft, {
    log: { new: after.sign, ...(act === "rotate" && { old: proof }) },
  });
  hub.append(jws);
  const next = await noteSigner(skey);
  hub.log.signers = act === "rotate" ? [...hub.log.signers, next] : [next];
  hub.vkey = vkey;
  await hub.publishTotals();
}

test("drill, lost hub log key: recovered while a quorum is required: green for who knows the log, before and after witnesses followed", async () => {
  await changeLogKey("recover");
  // witnesses have not followed: what is served is still the old tree under the old key
  expect(await verified({ vkey: shipped.vkey })).toMatchObject({ exit: EXIT.ok, failed: [], vkey: hub.vkey });
  expect(await verified(shipped)).toMatchObject({ exit: EXIT.ok, failed: [] });
  expect(await verified()).toMatchObject({ exit: EXIT.ok, failed: [] });
  expect((await verified({ ...shipped, remembered: () => undefined })).failed).toContain("log-key: log-key-recovered");
  await cosign(1, 2);
  for (const options of [{}, shipped, { vkey: hub.vkey }])
    expect(await verified(options)).toMatchObject({ exit: EXIT.ok, failed: [], vkey: hub.vkey });
  // one witness that has followed is one too few
  await hub.publishTotals();
  await cosign(2);
  expect(await verified(shipped)).toMatchObject({ exit: EXIT.stale, failed: ["witnesses: quorum-missing"] });
});

test("rotated while a quorum is required: whoever was given the old key and rule follows, with or without a memory", async () => {
  await changeLogKey("rotate");
  for (const options of [shipped, { ...shipped, remembered: () => undefined }, {}])
    expect(await verified(options)).toMatchObject({ exit: EXIT.ok, failed: [], vkey: hub.vkey });
  // the old key is taken away; the witnesses see it under the new one alone
  hub.log.signers = hub.log.signers.slice(1);
  await hub.publishTotals();
  for (const isSeen of [false, true]) {
    if (isSeen) await cosign(0, 2);
    for (const options of [shipped, { ...shipped, remembered: () => undefined }, {}])
      expect(await verified(options)).toMatchObject({ exit: EXIT.ok, failed: [], vkey: hub.vkey });
  }
});

test("a rotation that the old key did not sign is followed by nobody", async () => {
  await changeLogKey("rotate", { old: false });
  hub.log.signers = hub.log.signers.slice(1);
  await hub.publishTotals();
  await cosign(0, 1, 2);
  for (const options of [shipped, { ...shipped, remembered: () => undefined }, {}, { vkey: hub.vkey }])
    expect((await verified(options)).exit).toBe(EXIT.invalid);
});

test("a recovered key whose log is not the one that was seen is a rewritten history, whatever its witnesses", async () => {
  const seen = state;
  hub = await TestHub.create();
  await hub.say("witness-policy+jwt", { policy, effective: hub.now + 1, reason: "another beginning" });
  await hub.publishTotals();
  await changeLogKey("recover");
  await cosign(0, 1, 2);
  state = seen;
  const { exit } = await verified(shipped);
  expect([EXIT.invalid, EXIT.splitView]).toContain(exit);
});
