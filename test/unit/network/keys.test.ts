/** Keys in the network fold: random struggles between an honest operator, a thief of the report key, and a busy clock. */
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { COSIGNATURE, generateNoteKey } from "../../../shared/log/note.ts";
import { type LogItem, applyStatement } from "../../../shared/network/fold.ts";
import { KnownKeys, newKeys } from "../../../shared/network/key-once.ts";
import { bookKeysBefore, bookKeysOf, keyAt } from "../../../shared/network/keys.ts";
import { faultOf } from "../../../shared/network/rules.ts";
import { type Community, type NetworkState, emptyNetwork } from "../../../shared/network/state.ts";
import type { Claims, Statement } from "../../../shared/protocol/statement.ts";
import type { Ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { DAY, LOG, id, policy } from "./arbitrary.ts";

const NODE = "a.example";
const DELAY = 7 * DAY;
const recovery = { kty: "OKP", crv: "Ed25519", x: id("recovery key") } as const;
const SIG = `${"A".repeat(85)}Q`;
const BOOKS: string[] = [];

beforeAll(async () => {
  for (let n = 0; n < 60; n += 1) {
    BOOKS.push((await generateNoteKey(`${NODE}/book`, new Uint8Array(32).fill(n + 1))).vkey);
  }
});

type NodeKey = Claims<"node-key+jwt">;
type Act =
  | { do: "rotate"; book: boolean; stale: boolean; reuse: boolean }
  | { do: "recover"; stale: boolean; reuse: boolean; wrongKey: boolean; renew: boolean }
  | { do: "object"; wrong: boolean }
  | { do: "report" }
  | { do: "replay"; which: number }
  | { do: "time"; seconds: number };

const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("rotate" as const), book: fc.boolean(), stale: rarely, reuse: rarely }),
    fc.record({
      do: fc.constant("recover" as const),
      stale: rarely,
      reuse: rarely,
      wrongKey: rarely,
      renew: fc.boolean(),
    }),
    fc.record({ do: fc.constant("object" as const), wrong: rarely }),
    fc.record({ do: fc.constant("report" as const) }),
    fc.record({ do: fc.constant("replay" as const), which: fc.nat(60) }),
    fc.record({ do: fc.constant("time" as const), seconds: fc.constantFrom(60, DAY, 3 * DAY, DELAY) }),
  ),
  { maxLength: 50, size: "max" },
);

/** A log that takes in what its rules allow, as a hub would, and remembers each state's current keys. */
class Ledger {
  readonly state: NetworkState = emptyNetwork();
  readonly known = new KnownKeys();
  readonly entries: Statement[] = [];
  /** current keys just before each entry */
  readonly current: { report: string; book: string }[] = [];
  now = policy.claims.iat;
  made = 0;
  /** every recovery key there ever was, by its thumbprint */
  readonly recoveries = new Map([[thumbprint(recovery), recovery as Ed25519Jwk]]);
  /** index of this community's newest report, or join */
  newest = 0;

  constructor() {
    this.take(policy);
    const join = this.leaf();
    this.take({
      kind: "node-join+jwt",
      claims: {
        ...this.node(),
        url: `https://${NODE}`,
        report_jwk: { kty: "OKP", crv: "Ed25519", x: id("first report key") },
        book: { vkey: this.bookKey(), checkpoint: "x" },
        recovery_sha256: thumbprint(recovery),
        profile: { name: "A", region: "NL", languages: ["nl"], members: 1 },
      },
    });
    this.take({
      kind: "node-status+jwt",
      claims: { iss: LOG, iat: this.now, v: 1, node: NODE, status: "admitted", reason: "", join },
    });
  }

  node() {
    return { iss: NODE, aud: LOG, iat: this.now, v: 1 as const };
  }
  leaf(): string {
    return id(`entry ${this.state.size}`);
  }
  bookKey(): string {
    this.made += 1;
    return BOOKS[this.made % BOOKS.length]!;
  }
  reportKey(): string {
    this.made += 1;
    return id(`report key ${this.made}`);
  }
  get community(): Community {
    return this.state.communities.get(NODE)!;
  }

  /** The refusal, or null when it is in the log now. */
  take(statement: Statement): string | null {
    const item: LogItem = { index: this.state.size, leaf: this.leaf(), statement };
    const fault = faultOf(this.state, item);
    if (fault !== null) return fault;
    if (!this.known.add(newKeys(statement))) return "key-reused";
    const community = this.state.communities.get(NODE);
    this.current.push({ report: community?.report_jwk.x ?? "", book: community?.book_vkey ?? "" });
    const { recovery_sha256: laidDown, pending } = community?.keys ?? { recovery_sha256: null, pending: null };
    applyStatement(this.state, item);
    if (laidDown !== null && this.community.keys.recovery_sha256 !== laidDown) {
      // only a recovery that waited, and that showed the key before it, lays down another
      const entry = this.entries[pending?.index ?? -1];
      expect(entry?.kind).toBe("node-key+jwt");
      const { recovery_jwk: shown, recovery_sha256: next } = entry!.claims as NodeKey;
      expect([thumbprint(shown!), next]).toEqual([laidDown, this.community.keys.recovery_sha256]);
    }
    this.entries.push(statement);
    const after = this.community;
    if (statement.kind === "demand-report+jwt" || statement.kind === "node-join+jwt") this.newest = item.index;
    if (after !== undefined) {
      const { keys, book_vkey } = after;
      // what a hub keeps and what a verifier finds in the history is the same
      expect(bookKeysOf(after).toSorted()).toEqual([book_vkey, ...bookKeysBefore(keys, this.newest)].toSorted());
    }
    return null;
  }

  change(claims: Omit<NodeKey, "iss" | "aud" | "iat" | "v">): Extract<Statement, { kind: "node-key+jwt" }> {
    return { kind: "node-key+jwt", claims: { ...this.node(), ...claims } };
  }
  recover(): Extract<Statement, { kind: "node-key+jwt" }> {
    const { last_recovery } = this.community.keys;
    const keys = [{ role: "report" as const, key: this.reportKey(), proof: SIG }];
    const jwk = this.recoveries.get(this.community.keys.recovery_sha256)!;
    return this.change({ act: "recover", prev: last_recovery, keys, recovery_jwk: jwk });
  }
  /** One that was laid down before, or never. */
  otherRecovery(): Ed25519Jwk {
    const gone = [...this.recoveries].find(([hash]) => hash !== this.community.keys.recovery_sha256);
    return gone?.[1] ?? { ...recovery, x: id("another") };
  }
  newRecovery(): string {
    this.made += 1;
    const jwk = { ...recovery, x: id(`recovery key ${this.made}`) };
    this.recoveries.set(thumbprint(jwk), jwk);
    return thumbprint(jwk);
  }
  report(): string | null {
    const { last_seq, last_leaf, profile } = this.community;
    return this.take({
      kind: "demand-report+jwt",
      claims: { ...this.node(), seq: last_seq + 1, prev: last_leaf, book: "x", profile, totals: [] },
    });
  }
  /** The hub says something, which is what moves log time. */
  tick(): void {
    const claims = {
      iss: LOG,
      iat: this.now,
      v: 1 as const,
      size: 1,
      root: "",
      state_sha256: "",
      headline: {} as never,
    };
    this.take({ kind: "totals+jwt", claims });
  }
}

function step(log: Ledger, act: Act): void {
  const { keys } = log.community;
  const frozen = keys.pending !== null;
  switch (act.do) {
    case "time":
      log.now += act.seconds;
      return log.tick();
    case "report":
      expect(log.report()).toBe(frozen ? "frozen" : null);
      return;
    case "rotate": {
      const role = act.book ? "book" : "report";
      const used = act.book ? log.community.book_vkey : log.community.report_jwk.x;
      const key = act.reuse ? used : act.book ? log.bookKey() : log.reportKey();
      const change = act.book
        ? { role: "book" as const, key, proof: SIG, old_proof: SIG }
        : { role: "report" as const, key, proof: SIG };
      const fault = log.take(log.change({ act: "rotate", prev: act.stale ? id("stale") : keys.last, keys: [change] }));
      const expected = frozen ? "frozen" : act.stale ? "key-chain" : act.reuse ? "key-reused" : null;
      expect({ role, fault }).toEqual({ role, fault: expected });
      return;
    }
    case "recover": {
      const statement = log.recover();
      if (act.stale) statement.claims.prev = id("stale");
      if (act.reuse) statement.claims.keys[0]!.key = log.community.report_jwk.x;
      if (act.wrongKey) statement.claims.recovery_jwk = log.otherRecovery();
      if (act.renew) statement.claims.recovery_sha256 = log.newRecovery();
      const expected = act.wrongKey ? "recovery-key" : act.stale ? "key-chain" : act.reuse ? "key-reused" : null;
      expect(log.take(statement)).toBe(expected);
      return;
    }
    case "object": {
      const prev = act.wrong ? id("wrong") : (keys.pending?.leaf ?? id("none"));
      const isRight = frozen && !act.wrong && keys.pending?.objected === false;
      expect(log.take(log.change({ act: "object", prev, keys: [] }))).toBe(isRight ? null : "objection");
      return;
    }
    case "replay": {
      const old = log.entries[act.which];
      if (old?.kind !== "node-key+jwt") return;
      expect(log.take(structuredClone(old))).not.toBe(null);
    }
  }
}

test("at no index two keys are current, and the history names for each index exactly the one that was", () => {
  fc.assert(
    fc.property(acts, (all) => {
      const log = new Ledger();
      for (const act of all) step(log, act);
      const { keys, report_jwk, book_vkey } = log.community;
      for (const [index, { report, book }] of log.current.entries()) {
        if (report === "") continue;
        expect(keyAt(keys.past, "report", index, report_jwk.x)).toBe(report);
        expect(keyAt(keys.past, "book", index, book_vkey)).toBe(book);
      }
      const times = keys.past.map(({ until }) => until);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});

test("whatever a thief of the report key does, the recovery key is heard, freezes at once and prevails after two delays", () => {
  fc.assert(
    fc.property(acts, acts, (before, after) => {
      const log = new Ledger();
      for (const act of before) step(log, act);
      const statement = log.recover();
      expect(log.take(statement)).toBe(null);
      expect(log.report()).toBe("frozen");
      const from = Math.max(log.state.log_time, log.now);
      // the thief objects, rotates, reports, replays; only time and the owner are not theirs
      for (const act of after) if (act.do !== "recover" && act.do !== "time") step(log, act);
      log.now = from + 2 * DELAY;
      log.tick();
      expect(log.community.report_jwk.x).toBe(statement.claims.keys[0]!.key);
      expect(log.report()).toBe(null);
    }),
    { numRuns: 300 },
  );
});

test("whatever is rotated, recovered, objected to or expires: no report and no rotation while frozen, and each old entry keeps the key it was signed with", () => {
  fc.assert(
    fc.property(acts, (all) => {
      const log = new Ledger();
      for (const act of all) {
        const { pending } = log.community.keys;
        const { last_seq: seq, report_jwk, book_vkey } = log.community;
        step(log, act);
        if (pending === null || act.do === "time") continue;
        expect(log.community).toMatchObject({ last_seq: seq, report_jwk, book_vkey });
      }
      const { keys, report_jwk } = log.community;
      for (const [index, { kind, claims }] of log.entries.entries()) {
        const isByReportKey = kind === "demand-report+jwt" || (kind === "node-key+jwt" && claims.act !== "recover");
        if (isByReportKey) expect(keyAt(keys.past, "report", index, report_jwk.x)).toBe(log.current[index]!.report);
      }
    }),
    { numRuns: 200 },
  );
});

test("an objection prolongs the freeze once, and does not veto", () => {
  const log = new Ledger();
  const statement = log.recover();
  log.take(statement);
  const { leaf } = log.community.keys.pending!;
  expect(log.take(log.change({ act: "object", prev: leaf, keys: [] }))).toBe(null);
  expect(log.take(log.change({ act: "object", prev: leaf, keys: [] }))).toBe("objection");
  log.now += 2 * DELAY - 1;
  log.tick();
  expect(log.report()).toBe("frozen");
  log.now += 1;
  log.tick();
  expect(log.community.keys).toMatchObject({ pending: null, past: [{ role: "report", until: log.state.size - 1 }] });
});

test("a recovery may change the recovery key too, and the one before it says nothing any more", () => {
  const log = new Ledger();
  const next = { ...recovery, x: id("next recovery key") };
  const first = log.recover();
  log.take({ ...first, claims: { ...first.claims, recovery_sha256: thumbprint(next) } });
  log.now += DELAY;
  log.tick();
  expect(log.take(log.recover())).toBe("recovery-key");
  const second = log.recover();
  expect(log.take({ ...second, claims: { ...second.claims, recovery_jwk: next } })).toBe(null);
});

test("another recovery takes the place of the one that waits, and waits as long anew", () => {
  const log = new Ledger();
  log.take(log.recover());
  log.now += DELAY - 1;
  log.tick();
  const second = log.recover();
  expect(log.take(second)).toBe(null);
  log.now += DELAY - 1;
  log.tick();
  expect(log.community.keys.pending).not.toBe(null);
  log.now += 1;
  log.tick();
  expect(log.community.report_jwk.x).toBe(second.claims.keys[0]!.key);
});

test("the policy says how long a recovery waits", () => {
  const log = new Ledger();
  log.state.policy = { leaf: log.state.policy!.leaf, claims: { ...log.state.policy!.claims, recovery_delay_s: 60 } };
  log.take(log.recover());
  log.now += 60;
  log.tick();
  expect(log.community.keys.pending).toBe(null);
});

test("a community that joined before there were witness keys may add one", () => {
  const log = new Ledger();
  const keys = [{ role: "witness" as const, key: witness, proof: SIG }];
  expect(log.take(log.change({ act: "rotate", prev: log.community.keys.last, keys }))).toBe(null);
  expect(log.community).toMatchObject({ witness_vkey: witness, keys: { past: [] } });
});

test.each<[string, (log: Ledger) => Partial<NodeKey>]>([
  ["no key", () => ({ keys: [] })],
  ["one role twice", (log) => ({ keys: [0, 1].map(() => ({ role: "report", key: log.reportKey(), proof: SIG })) })],
  ["a book key without the old one's proof", (log) => ({ keys: [{ role: "book", key: log.bookKey(), proof: SIG }] })],
  [
    "an old proof where there was no witness key",
    () => ({ keys: [{ role: "witness", key: witness, proof: SIG, old_proof: SIG }] }),
  ],
  [
    "a book key with another node's name",
    () => ({ keys: [{ role: "book", key: otherBook, proof: SIG, old_proof: SIG }] }),
  ],
  ["a recovery key in a rotation", () => ({ recovery_jwk: recovery })],
  ["a recovery hash in a rotation", () => ({ recovery_sha256: id("r") })],
  ["keys in an objection", () => ({ act: "object" })],
])("a change of keys is refused with %s", (_, changes) => {
  const log = new Ledger();
  const keys = [{ role: "report" as const, key: log.reportKey(), proof: SIG }];
  const statement = log.change({ act: "rotate", prev: log.community.keys.last, keys, ...changes(log) });
  expect(log.take(statement)).toBe("key-change");
});
let otherBook = "";
let witness = "";
beforeAll(async () => {
  witness = (await generateNoteKey(`${NODE}/witness`, undefined, COSIGNATURE)).vkey;
  otherBook = (await generateNoteKey("b.example/book")).vkey;
});
