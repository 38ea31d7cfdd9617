import { expect, test } from "vitest";
import { toBase64, utf8 } from "../../../shared/bytes.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { type VerifyOptions, verifyHub } from "../../../shared/verify/hub.ts";
import { type Source, Unreachable } from "../../../shared/verify/source.ts";
import { TestHub, TestNode, makeWorld } from "./world.ts";

function check(hub: TestHub, options: Partial<VerifyOptions> = {}) {
  return verifyHub(hub.served.source, { now: hub.now, ...options });
}

async function faults(hub: TestHub, options: Partial<VerifyOptions> = {}) {
  const { checks, exit } = await check(hub, options);
  return { exit, failed: checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`) };
}

test("an honest hub passes every check, books included, and its numbers come out of the log alone", async () => {
  const { hub, books } = await makeWorld();
  const report = await check(hub, { books });
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.checks.map(({ id, subject }) => subject ?? id)).toEqual([
    "descriptor",
    "checkpoint",
    "tiles",
    "entries",
    "proofs",
    "totals",
    "network",
    "freshness",
    "a.example",
    "b.example",
  ]);
  expect(report).toMatchObject({ ok: true, exit: 0, size: hub.log.size, vkey: hub.vkey });
  // 2×500 + 3×700 (the reference price, below the band's) + 5×600
  expect(report.network).toMatchObject({
    purchasing_power_minor: "6100",
    pledges: 4,
    communities: 2,
    members_declared: 20,
  });
});

test("a log of more than a thousand entries, with full tiles on two levels, passes", async () => {
  const { hub, a, books } = await makeWorld();
  while (hub.log.size < 1100) await hub.report(a);
  await hub.publishTotals();
  expect(await faults(hub, { books })).toEqual({ exit: 0, failed: [] });
  expect(hub.served.asked).toContain("/log/tile/1/000.p/4");
}, 30_000);

test("partial tiles and bundles that are gone because the full ones exist are read as the beginning of those", async () => {
  const { hub, a } = await makeWorld();
  while (hub.log.size < 500) await hub.report(a);
  await hub.publishTotals({ logged: false });
  hub.cosigned = await hub.log.checkpoint();
  while (hub.log.size < 520) await hub.report(a);
  hub.served.tamperWith((path, bytes) => (/\/tile\/(0|entries)\/001\.p\//.test(path) ? null : bytes));
  expect(await faults(hub)).toEqual({ exit: 0, failed: [] });
  const { asked } = hub.served;
  for (const tile of ["0", "entries"]) {
    expect(asked.some((path) => path.startsWith(`/log/tile/${tile}/001.p/`))).toBe(true);
    expect(asked).toContain(`/log/tile/${tile}/001`);
  }
}, 30_000);

test("totals that are seven hours old are stale, and nothing else is", async () => {
  const { hub } = await makeWorld();
  expect(await faults(hub, { now: hub.now + 7 * 3600 })).toEqual({ exit: 0, failed: [] });
  expect(await faults(hub, { now: hub.now + 7 * 3600 + 1 })).toEqual({
    exit: EXIT.stale,
    failed: ["freshness: totals-old"],
  });
});

test("the address is only transport: under a pinned key the descriptor is not asked, under another nothing passes", async () => {
  const { hub } = await makeWorld();
  const other = await TestHub.create();
  expect(await faults(hub, { vkey: hub.vkey })).toEqual({ exit: 0, failed: [] });
  expect(hub.served.asked).not.toContain("/.well-known/cocoon.json");
  expect(await faults(hub, { vkey: other.vkey })).toEqual({
    exit: EXIT.invalid,
    failed: ["log-key: log-key-unknown"],
  });
});

test("nobody at the address is exit code 3, and an answer without end is refused", async () => {
  const { hub } = await makeWorld();
  const dead: Source = { name: "dead", get: () => Promise.reject(new Unreachable("refused")) };
  expect((await verifyHub(dead, { now: 0 })).exit).toBe(EXIT.network);
  hub.served.tamperWith((path, bytes) => (path === "/api/network" ? new Uint8Array(2_000_000) : bytes));
  expect(await faults(hub)).toEqual({ exit: EXIT.invalid, failed: ["checkpoint: too-large"] });
});

test("a checkpoint that claims an absurd number of entries is not followed", async () => {
  const { hub } = await makeWorld();
  const note = utf8(await hub.log.forge(10 ** 12, hub.log.root()));
  hub.served.tamperWith((path, bytes) => (path === "/log/checkpoint" ? note : bytes));
  expect(await faults(hub)).toEqual({ exit: EXIT.invalid, failed: ["checkpoint: too-large"] });
});

test("a remembered checkpoint of this log is a prefix of it; one of another history is a split view", async () => {
  const { hub } = await makeWorld();
  const then = await hub.log.checkpoint(5);
  const forged = await hub.log.forge(5, hub.log.root(6));
  const forgedNow = await hub.log.forge(hub.log.size, hub.log.root(6));
  expect(await faults(hub, { remembered: () => ({ vkey: hub.vkey, note: then }) })).toEqual({ exit: 0, failed: [] });
  expect(await faults(hub, { remembered: () => ({ vkey: hub.vkey, note: forged }) })).toEqual({
    exit: EXIT.splitView,
    failed: ["consistency: split-view"],
  });
  expect(await faults(hub, { remembered: () => ({ vkey: hub.vkey, note: forgedNow }) })).toEqual({
    exit: EXIT.splitView,
    failed: ["remembered: split-view"],
  });
});

test("a log shorter than remembered is stale, as an old mirror would be", async () => {
  const { hub } = await makeWorld();
  const later = await hub.log.forge(hub.log.size + 1, hub.log.root());
  expect(await faults(hub, { remembered: () => ({ vkey: hub.vkey, note: later }) })).toEqual({
    exit: EXIT.stale,
    failed: ["remembered: older-than-remembered"],
  });
});

test("two trees of one size signed during one run are a split view", async () => {
  const { hub } = await makeWorld();
  const other = utf8(await hub.log.forge(hub.log.size, hub.log.root(3)));
  let asked = 0;
  hub.served.tamperWith((path, bytes) => {
    if (path === "/api/network") return utf8("{}");
    if (path !== "/log/checkpoint") return bytes;
    asked += 1;
    return asked === 2 ? other : bytes;
  });
  expect(await faults(hub)).toEqual({ exit: EXIT.splitView, failed: ["checkpoint: split-view"] });
});

test("a proof under a newer checkpoint is held against the verified one", async () => {
  const { hub } = await makeWorld();
  let grew = false;
  hub.served.tamperWith((path, bytes) => {
    if (path === "/log/tile/0/000.p/17" && !grew) {
      grew = true;
      hub.log.append(utf8("later"));
    }
    return bytes;
  });
  expect(hub.log.size).toBe(17);
  expect(await faults(hub)).toEqual({ exit: 0, failed: [] });
  expect(hub.log.size).toBe(18);
});

test("numbers that move while they are read are read again", async () => {
  const { hub, a } = await makeWorld();
  const { network } = hub;
  await hub.report(a);
  await hub.publishTotals();
  let asked = 0;
  hub.served.tamperWith((path, bytes) => {
    asked += path === "/api/network" ? 1 : 0;
    return path === "/api/network" && asked === 1 ? network : bytes;
  });
  expect(await faults(hub)).toEqual({ exit: 0, failed: [] });
});

test("numbers of an earlier moment, kept on being served, do not pass", async () => {
  const { hub, a } = await makeWorld();
  const { network } = hub;
  await hub.report(a);
  await hub.publishTotals();
  hub.served.tamperWith((path, bytes) => (path === "/api/network" ? network : bytes));
  expect(await faults(hub)).toEqual({ exit: EXIT.invalid, failed: ["network: network-mismatch"] });
});

test("a hub that signs numbers its log does not come to is found out, in the open statement and in the log", async () => {
  const { hub } = await makeWorld();
  const claims = {
    iss: hub.log.origin,
    iat: hub.now,
    v: 1 as const,
    size: hub.log.size,
    root: toBase64(hub.log.root()),
    state_sha256: "A".repeat(43),
    headline: { ...(await check(hub)).network!, pledges: 400 },
  };
  const {
    formula,
    currency,
    purchasing_power_minor,
    by_currency,
    unconverted,
    rates_date,
    communities,
    pledges,
    members_declared,
    stages,
  } = claims.headline;
  const lie = await signStatement(hub.signer, "totals+jwt", {
    ...claims,
    headline: {
      formula,
      currency,
      purchasing_power_minor,
      by_currency,
      unconverted,
      rates_date,
      communities,
      pledges,
      members_declared,
      stages,
    },
  });
  const honest = hub.totals;
  hub.totals = lie;
  expect((await faults(hub)).failed).toContain("totals: totals-headline");
  hub.totals = honest;
  hub.append(lie);
  expect(await faults(hub)).toEqual({ exit: EXIT.invalid, failed: ["entries: totals-wrong"] });
});

test.each<[string, (hub: TestHub, a: TestNode) => Promise<unknown>]>([
  [
    "entries: signature-invalid",
    async (hub, a) => {
      const jws = await signStatement(a.signer, "demand-report+jwt", {
        iss: a.origin,
        aud: hub.log.origin,
        iat: hub.now,
        v: 1,
        seq: a.seq + 1,
        prev: a.prev,
        book: await a.book.checkpoint(),
        profile: { name: "a", region: "NL", languages: ["nl"], members: 1 },
        totals: [],
      });
      const last = jws.endsWith("A") ? "Q" : "A";
      hub.append(jws.slice(0, -1) + last);
    },
  ],
  [
    "entries: sequence",
    async (hub, a) => {
      a.seq += 1;
      await hub.report(a);
    },
  ],
  [
    "entries: sequence",
    async (hub, a) => {
      a.prev = a.join;
      await hub.report(a);
    },
  ],
  ["entries: issuer", async (hub, a) => hub.report(a, { changes: { aud: "other.example/log" } })],
  [
    "entries: verdict-unknown",
    async (hub, a) => hub.say("report-check+jwt", { node: a.origin, report: a.prev, seq: a.seq, ok: true }),
  ],
  ["entries: verdict-unknown", async (hub, a) => hub.report(a, { verdict: { ok: true, code: "totals-mismatch" } })],
  ["entries: issued-in-future", async (hub, a) => hub.report(a, { changes: { iat: hub.now + 400 } })],
  [
    "entries: status-conflict",
    async (hub, a) => hub.say("node-status+jwt", { node: a.origin, status: "resumed", reason: "", join: a.join }),
  ],
  ["entries: join-again", async (hub, a) => hub.admit(a)],
  [
    "entries: community-unknown",
    async (hub) =>
      hub.say("node-status+jwt", { node: "x.example", status: "admitted", reason: "", join: "A".repeat(43) }),
  ],
  [
    "entries: campaign-unknown",
    async (hub) =>
      hub.say("campaign-close+jwt", { campaign: "A".repeat(43), outcome: "released", band: null, reason: "" }),
  ],
  ["entries: bands", async (hub) => hub.campaign({ bands_minor: ["5", "5"] })],
  ["entries: policy-first", async (hub) => hub.append(new TextDecoder().decode(hub.log.entries[0]))],
  ["entries: statement-not-accepted", async (hub) => hub.append(await unknownKind(hub))],
  ["entries: jws-malformed", async (hub) => hub.append("not a JWS")],
])("a log that holds a statement against the rules is invalid: %s", async (code, break_) => {
  const { hub, a } = await makeWorld();
  await break_(hub, a);
  const { exit, failed } = await faults(hub);
  expect(failed).toContain(code);
  expect(exit).toBe(EXIT.invalid);
});

test("a key joins once: a second community with the same report key is refused", async () => {
  const { hub, a } = await makeWorld();
  const c = await TestNode.create("c.example");
  Object.assign(c, { signer: a.signer });
  await hub.admit(c);
  expect((await faults(hub)).failed).toContain("entries: key-reused");
});

async function unknownKind(hub: TestHub): Promise<string> {
  const { signJws } = await import("../../../shared/signing/jws.ts");
  return signJws(hub.signer, "of-a-later-version+jwt", {});
}
