import { beforeEach, describe, expect, test } from "vitest";
import { rhoOf, signBeacon } from "../../../shared/audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { faultOf } from "../../../shared/network/rules.ts";
import { AUDIT_ANSWER_S, AUDIT_INTERVAL_S, type AuditCode } from "../../../shared/protocol/audit.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { TestHub, TestNode } from "./world.ts";

let hub: TestHub;
let nodes: TestNode[];
let report: string;

beforeEach(async () => {
  hub = await TestHub.create();
  const { leaf: campaign } = await hub.campaign();
  nodes = [];
  for (const name of ["a", "b", "c"]) {
    const node = await TestNode.create(`${name}.example`);
    await hub.admit(node, { witness: true });
    nodes.push(node);
  }
  for (let at = 0; at < 40; at += 1) nodes[0]!.pledge(campaign, String(1 + (at % 5)), at % 3);
  await hub.report(nodes[0]!);
  report = nodes[0]!.prev;
});

async function beaconsOf(at: readonly number[], about = report) {
  const beacons = await Promise.all(
    at.map(async (i) => {
      const { WITNESS_KEY: skey } = nodes[i]!.made.secrets;
      return { vkey: (await cosigner(skey)).vkey, signature: await signBeacon(skey, about) };
    }),
  );
  return beacons.sort((a, b) => (a.vkey < b.vkey ? -1 : 1));
}

async function claimsOf(changes: Partial<Claims<"audit+jwt">> = {}) {
  const beacons = changes.beacons ?? (await beaconsOf([1, 2]));
  const drawn = drawLot({
    report,
    rho: rhoOf(beacons),
    samples: 30,
    ballots: ballotsOf(nodes[0]!.reading.state),
    termsOf: (id) => hub.state.campaigns.get(id)?.terms,
  });
  const deadline = hub.now + 1 + AUDIT_ANSWER_S;
  const lot = { samples: 30, drawn: drawn.length, lot: lotHash(drawn), deadline };
  return { node: nodes[0]!.origin, report, beacons, ...lot, ...changes };
}

function outcomeOf(audit: string, changes: Partial<Claims<"audit-outcome+jwt">> = {}) {
  const drawn = hub.state.communities.get(nodes[0]!.origin)?.audits?.open?.drawn ?? 0;
  const codes: AuditCode[] = [];
  const found = { ok: true, opened: drawn, gone: 0, codes, openings_sha256: report };
  return { node: nodes[0]!.origin, audit, ...found, ...changes };
}

function faultOfClaims(claims: Awaited<ReturnType<typeof claimsOf>>, wait = 0) {
  const whole = { iss: hub.log.origin, iat: hub.now + 1 + wait, v: 1 as const, ...claims };
  return faultOf(hub.state, { index: hub.log.size, leaf: "x", statement: { kind: "audit+jwt", claims: whole } });
}

async function verified() {
  await hub.publishTotals();
  const books = ({ origin }: { origin: string }) => nodes.find((node) => node.origin === origin)!.served.source;
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now, books });
  return { exit, failed: checks.filter(({ ok }) => !ok).map(({ id, code, subject }) => `${subject ?? id}: ${code}`) };
}

const audits = () => hub.state.communities.get(nodes[0]!.origin)?.audits;

describe("an audit in the log", () => {
  test("is folded, and its lot is drawn again from the book", async () => {
    const { leaf } = await hub.say("audit+jwt", await claimsOf());
    expect(audits()).toMatchObject({ ok: 0, open: { leaf, report }, last: null });
    await hub.say("audit-outcome+jwt", outcomeOf(leaf));
    expect(audits()).toMatchObject({ ok: 1, failed: 0, unanswered: 0, open: null, last: { leaf, outcome: "ok" } });
    expect(await verified()).toEqual({ exit: 0, failed: [] });
  });

  test("with another lot than its beacons draw is found out by whoever reads the book", async () => {
    await hub.say("audit+jwt", await claimsOf({ lot: report }));
    expect(await verified()).toEqual({ exit: EXIT.invalid, failed: ["a.example: audit-lot"] });
  });

  test("with a beacon that its witness signed for another report is found out from the log alone", async () => {
    const [good] = await beaconsOf([1]);
    const [stale] = await beaconsOf([2], nodes[0]!.join);
    const beacons = [good!, stale!].sort((a, b) => (a.vkey < b.vkey ? -1 : 1));
    await hub.say("audit+jwt", await claimsOf({ beacons }));
    expect(await verified()).toEqual({ exit: EXIT.invalid, failed: ["entries: audit-beacons"] });
  });

  test("needs two beacons, in order, of communities that the log knows, none of the audited one", async () => {
    const [first, second] = await beaconsOf([1, 2]);
    expect(faultOfClaims(await claimsOf())).toBeNull();
    for (const beacons of [[second!, first!], [first!, first!], await beaconsOf([0, 1])])
      expect(faultOfClaims(await claimsOf({ beacons }))).toBe("audit-beacons");
    const stranger = await TestNode.create("d.example");
    nodes.push(stranger);
    expect(faultOfClaims(await claimsOf({ beacons: await beaconsOf([1, 3]) }))).toBe("audit-beacons");
    // who was suspended says nothing, though its key is the logged one
    await hub.say("node-status+jwt", { node: nodes[2]!.origin, status: "suspended", reason: "", join: nodes[2]!.join });
    expect(faultOfClaims(await claimsOf({ beacons: await beaconsOf([1, 2]) }))).toBe("audit-beacons");
    await hub.admit(stranger, { witness: true });
    expect(faultOfClaims(await claimsOf({ beacons: await beaconsOf([1, 3]) }))).toBeNull();
  });

  test("has no outcome from its deadline on, by the date of the outcome itself", async () => {
    await hub.say("audit+jwt", await claimsOf());
    const { leaf, due } = audits()!.open!;
    const faultAt = (iat: number) => {
      const claims = { iss: hub.log.origin, iat, v: 1 as const, ...outcomeOf(leaf) };
      return faultOf(hub.state, { index: hub.log.size, leaf: "x", statement: { kind: "audit-outcome+jwt", claims } });
    };
    expect([faultAt(due - 1), faultAt(due)]).toEqual([null, "audit-unknown"]);
  });

  test("is about the report that counts, leaves time to answer, and comes at most weekly", async () => {
    expect(faultOfClaims(await claimsOf({ report: nodes[0]!.join }))).toBe("audit-report");
    expect(faultOfClaims(await claimsOf({ deadline: hub.now + AUDIT_ANSWER_S }))).toBe("audit-early");
    expect(faultOfClaims(await claimsOf({ node: "nobody.example" }))).toBe("status-conflict");
    const { leaf } = await hub.say("audit+jwt", await claimsOf());
    expect(faultOfClaims(await claimsOf())).toBe("audit-early");
    await hub.say("audit-outcome+jwt", outcomeOf(leaf));
    const later = await claimsOf({ deadline: hub.now + 30 * 86_400 });
    expect(faultOfClaims(later, AUDIT_INTERVAL_S - 10)).toBe("audit-early");
    expect(faultOfClaims(later, AUDIT_INTERVAL_S)).toBeNull();
  });
});

describe("the outcome", () => {
  test("that nobody logs within 72 hours of log time is a failed audit, by rule", async () => {
    const { leaf } = await hub.say("audit+jwt", await claimsOf());
    hub.now += AUDIT_ANSWER_S - 2;
    await hub.publishTotals();
    expect(audits()).toMatchObject({ unanswered: 0, open: { leaf } });
    hub.now += 2;
    await hub.publishTotals();
    expect(audits()).toMatchObject({ unanswered: 1, open: null, last: { outcome: "unanswered", opened: 0 } });
    await hub.say("audit-outcome+jwt", outcomeOf(leaf));
    expect(audits()).toMatchObject({ ok: 0, unanswered: 1 });
    expect(await verified()).toMatchObject({ failed: ["entries: audit-unknown"] });
  });

  test("says ok only of all that was drawn, and why where it does not", async () => {
    const { leaf } = await hub.say("audit+jwt", await claimsOf());
    const open = audits()?.open?.drawn ?? 0;
    const fault = (changes: Partial<Claims<"audit-outcome+jwt">>) => {
      const claims = { iss: hub.log.origin, iat: hub.now, v: 1 as const, ...outcomeOf(leaf, changes) };
      return faultOf(hub.state, { index: hub.log.size, leaf: "x", statement: { kind: "audit-outcome+jwt", claims } });
    };
    expect(fault({})).toBeNull();
    expect(fault({ opened: open - 2, gone: 2 })).toBeNull();
    expect(fault({ ok: false, opened: open - 1, codes: ["signature"] })).toBeNull();
    expect(fault({ opened: open - 1 })).toBe("audit-unknown");
    expect(fault({ opened: open + 1 })).toBe("audit-unknown");
    expect(fault({ ok: false })).toBe("audit-unknown");
    expect(fault({ codes: ["key"] })).toBe("audit-unknown");
    expect(fault({ ok: false, codes: ["signature", "key"] })).toBe("audit-unknown");
    expect(fault({ audit: report })).toBe("audit-unknown");
  });
});
