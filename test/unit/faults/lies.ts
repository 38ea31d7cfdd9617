/** The lies of a hub and of a community: how each is told, who notices by which code, and what proves it to others. */
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { isoTime } from "../../../shared/time.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import type { Evidence } from "../../../shared/protocol/evidence.ts";
import { formatAddCheckpoint } from "../../../shared/witness/request.ts";
import * as make from "../evidence/makers.ts";
import { type TestHub, TestLog, TestNode } from "../verify/world.ts";
import { HUB } from "./model-hub.ts";
import { type ModelNetwork, failed } from "./model-network.ts";

export interface Told {
  /** what honest parties say, by the code they say it with */
  noticed: string[];
  /** null: only observable */
  document: Evidence | null;
}
export interface Lie {
  name: string;
  by: "hub" | "node";
  /** the codes that must be among those noticed */
  codes: string[];
  isProvable: boolean;
  prepare?: (world: ModelNetwork) => Promise<void>;
  tell: (world: ModelNetwork) => Promise<Told>;
}

/** The world as the makers of evidence know it. */
function known(world: ModelNetwork): { hub: TestHub; a: TestNode; b: TestNode; campaign: string } {
  const { db, readings } = world.hub;
  const [a, b] = world.nodes.map(({ inner }) => inner) as [TestNode, TestNode];
  const { last_seq, last_leaf } = db.state.communities.get(a.origin)!;
  const reading = readings.get(a.origin);
  if (reading === undefined) throw new Error("every community has been read once");
  Object.assign(a, { seq: last_seq, prev: last_leaf, reading: structuredClone(reading) });
  db.now = Math.max(world.now, db.state.log_time);
  return { hub: db, a, b, campaign: world.campaign };
}

async function seen(world: ModelNetwork): Promise<string[]> {
  world.now = Math.max(world.now, world.hub.db.now);
  return failed(await world.look({ books: world.books }));
}

/** Hands the hub a statement, and lets it judge what it has accepted. */
async function submit(world: ModelNetwork, jws: string): Promise<string[]> {
  world.now += 61;
  const { hub } = world;
  const before = new Map(hub.answered);
  await world.whole(hub.take(jws, "anybody", 0));
  await world.whole(hub.settle(0));
  const refused = [...hub.answered].flatMap(([name, n]) => (n > (before.get(name) ?? 0) ? [name] : []));
  const leaf = statementLeaf(jws);
  const verdicts = hub.db.log.entries.flatMap((entry) => {
    const parsed = parseStatement(entry);
    if (!parsed.ok || parsed.value.statement.kind !== "report-check+jwt") return [];
    const { claims } = parsed.value.statement;
    return claims.report === leaf ? [claims.code ?? "ok"] : [];
  });
  return [...refused, ...verdicts];
}

async function withWitness(world: ModelNetwork, note: string, size: number): Promise<string[]> {
  const [witness] = world.hub.witnesses;
  await witness!.add(formatAddCheckpoint({ old: size, proof: [], note }), world.now);
  return witness!.refusals;
}

async function told(world: ModelNetwork, document: Evidence): Promise<Told> {
  return { noticed: [...(await seen(world)), document.kind], document };
}

export const lies: Lie[] = [
  {
    name: "a split view by equal sizes",
    by: "hub",
    codes: ["remembered: split-view", "witness-fork"],
    isProvable: true,
    async tell(world) {
      const { log } = world.hub.db;
      const { size } = world.hub.witnesses[0]!.held;
      const forged = await log.forge(size, log.root(2));
      const refusals = await withWitness(world, forged, size);
      world.remembered = await log.forge(log.size, log.root(2));
      const report = await world.look();
      return { noticed: [...failed(report), ...refusals], document: report.evidence[0] ?? null };
    },
  },
  {
    name: "a split view by different sizes",
    by: "hub",
    codes: ["consistency: split-view", "witness-proof"],
    isProvable: true,
    async tell(world) {
      const { db, witnesses } = world.hub;
      const { log } = db;
      const at = log.size - 2;
      const other = new TestLog(log.origin, log.signers[0]!);
      other.entries.push(...log.entries);
      other.entries[at] = log.entries[0]!;
      const shown = await other.checkpoint(log.size - 1);
      const longer = await other.forge(log.size + 5, other.root());
      const refusals = await withWitness(world, longer, witnesses[0]!.held.size);
      world.remembered = shown;
      const noticed = [...failed(await world.look()), ...refusals];
      const [here, there] = [make.placeIn(log, 0, at), make.placeIn(other, 0, at)];
      const notes: [string, string] = [await log.checkpoint(), await other.checkpoint()];
      const place = {
        level: 0,
        index: at,
        hashes: [here.hash, there.hash] as [string, string],
        proofs: [here.proof, there.proof] as [string[], string[]],
      };
      return { noticed, document: { ...make.about(db, []), kind: "fork", log: log.origin, notes, place } };
    },
  },
  {
    name: "omission after a receipt: something else stands there",
    by: "hub",
    codes: ["broken-promise"],
    isProvable: true,
    tell: async (world) => told(world, await make.droppedReport(known(world) as make.World)),
  },
  {
    name: "omission after a receipt: the log goes on without it",
    by: "hub",
    codes: ["broken-promise"],
    isProvable: true,
    tell: async (world) => told(world, await make.missingReport(known(world) as make.World)),
  },
  {
    name: "omission before a receipt",
    by: "hub",
    codes: ["undelivered"],
    isProvable: false,
    async tell(world) {
      const node = world.nodes[0]!;
      await node.decide(world.campaign, { kind: "pledge", q: 3, b: 1, which: 0 });
      for (let i = 0; i < 5; i += 1) {
        await world.whole(node.report());
        world.net.letters.splice(0);
        world.now += 3600;
      }
      await world.whole(world.hub.settle(0));
      const waits = [...node.reports.values()].some(({ delivered }) => !delivered);
      return { noticed: [...(await seen(world)), ...(waits ? ["undelivered"] : [])], document: null };
    },
  },
  {
    name: "a wrong sum",
    by: "hub",
    codes: ["totals: totals-headline"],
    isProvable: true,
    async tell(world) {
      const document = await make.inflatedTotals(known(world) as make.World);
      world.hub.db.totals = document.totals;
      return await told(world, document);
    },
  },
  {
    name: "a false verdict against right totals",
    by: "hub",
    codes: ["books: verdict-wrong"],
    isProvable: true,
    tell: async (world) => lieAndPublish(world, false),
  },
  {
    name: "a false verdict for wrong totals",
    by: "hub",
    codes: ["books: verdict-wrong"],
    isProvable: true,
    tell: async (world) => lieAndPublish(world, true),
  },
  {
    name: "a missing verdict",
    by: "hub",
    codes: ["pending"],
    isProvable: false,
    async tell(world) {
      const node = world.nodes[0]!;
      await node.decide(world.campaign, { kind: "pledge", q: 3, b: 1, which: 0 });
      world.now += 61;
      await world.whole(node.report());
      world.deliver(0, 0);
      await world.finish();
      await world.whole(world.hub.collect());
      let pending = 0;
      const onStatement = ({ state }: { state: TestHub["state"] }): void => {
        pending = state.communities.get(node.origin)?.pending.size ?? 0;
      };
      const report = await world.look({ onStatement });
      return { noticed: [...failed(report), ...(pending > 0 ? ["pending"] : [])], document: null };
    },
  },
  {
    name: "back-dating",
    by: "hub",
    codes: ["freshness: totals-old"],
    isProvable: false,
    async tell(world) {
      const { db } = world.hub;
      world.now += 9 * 3600;
      db.now = world.now - 9 * 3600;
      await db.publishTotals();
      return { noticed: failed(await world.look()), document: null };
    },
  },
  {
    name: "dating ahead",
    by: "hub",
    codes: ["witnesses: log-time-ahead"],
    isProvable: false,
    async tell(world) {
      const { hub } = world;
      hub.db.now = Math.max(world.now, hub.db.state.log_time) + 3600;
      await hub.db.publishTotals();
      await world.whole(hub.collect());
      return { noticed: failed(await world.look()), document: null };
    },
  },
  {
    name: "equivocation",
    by: "node",
    codes: ["equivocation"],
    isProvable: true,
    async tell(world) {
      const { hub, a } = known(world);
      const totals = reportTotals(foldBook(a.parsed, rulesFrom(hub.state.campaigns)).state);
      const iat = world.now + 61;
      const first = await make.reportJws(hub, a, { totals, iat });
      const other = await make.reportJws(hub, a, { totals, iat: iat - 1 });
      const noticed = [...(await submit(world, first)), ...(await submit(world, other))];
      const [statements] = world.hub.equivocations;
      const anchors = [await make.joinOf(hub, a)];
      const document = statements && { ...make.about(hub, anchors), kind: "equivocation" as const, statements };
      return { noticed: [...noticed, ...(await seen(world))], document: document ?? null };
    },
  },
  {
    name: "inflated totals",
    by: "node",
    codes: ["totals-mismatch"],
    isProvable: false,
    async tell(world) {
      const { hub, a } = known(world);
      const honest = reportTotals(foldBook(a.parsed, rulesFrom(hub.state.campaigns)).state);
      const totals = honest.length === 0 ? [] : honest.map((one) => ({ ...one, interest: "7" }));
      if (honest.length === 0) a.pledge(world.campaign, "3", 1, isoTime(world.now).slice(0, 10));
      return { noticed: await submit(world, await make.reportJws(hub, a, { totals })), document: null };
    },
  },
  {
    name: "two revisions of one pledge",
    by: "node",
    codes: ["totals-mismatch"],
    isProvable: false,
    async tell(world) {
      const { hub, a } = known(world);
      const d = world.nodes[0]!.day;
      const { leaf: r } = a.pledge(world.campaign, "2", 1, d);
      a.write({ t: "revise", r, q: "5", b: 1, cm: a.nonce(), d });
      const second = a.write({ t: "revise", r, q: "6", b: 1, cm: a.nonce(), d });
      const { state, effect } = foldBook(a.parsed, rulesFrom(hub.state.campaigns));
      const doubled = reportTotals(state).map((one) => ({
        ...one,
        pledges: one.pledges + 1,
        pledged: one.pledged.map((units, band) => (band === 1 ? String(BigInt(units) + 6n) : units)),
      }));
      const counted = effect.problems.some(({ index, code }) => index === second.index && code === "head-unknown");
      const noticed = await submit(world, await make.reportJws(hub, a, { totals: doubled }));
      return { noticed: [...noticed, ...(counted ? [] : ["counted twice"])], document: null };
    },
  },
  {
    name: "a shrunken book",
    by: "node",
    codes: ["book-shrunk"],
    isProvable: true,
    async tell(world) {
      const { hub, a } = known(world);
      const { entries } = a.book;
      const kept = entries.at(-1)!;
      const entry = a.parsed.at(-1)?.entry;
      const document = await make.droppedPledge({ hub, a } as make.World);
      if (entry === undefined || kept === entries.at(-1)) throw new Error("dropped");
      return { noticed: await submit(world, await make.reportJws(hub, a)), document };
    },
  },
  {
    name: "a rewritten book",
    by: "node",
    codes: ["book-fork"],
    isProvable: true,
    async tell(world) {
      const { hub, a } = known(world);
      const document = await make.alteredPledge({ ...known(world) } as make.World);
      return { noticed: await submit(world, await make.reportJws(hub, a)), document };
    },
  },
  {
    name: "another community's checkpoint",
    by: "node",
    codes: ["book-checkpoint-invalid"],
    isProvable: false,
    async tell(world) {
      const { hub, a, b } = known(world);
      const jws = await make.reportJws(hub, a, { book: await b.book.checkpoint() });
      return { noticed: await submit(world, jws), document: null };
    },
  },
  {
    name: "another community's book under an own signature",
    by: "node",
    codes: ["book-genesis"],
    isProvable: false,
    async tell(world) {
      const { hub, a } = known(world);
      const thief = await TestNode.create("thief.example");
      thief.book.entries.splice(0, 1, ...a.book.entries);
      await hub.admit(thief);
      world.hub.nodes.set(thief.origin, thief);
      const totals = reportTotals(foldBook(a.parsed, rulesFrom(hub.state.campaigns)).state);
      return { noticed: await submit(world, await make.reportJws(hub, thief, { totals })), document: null };
    },
  },
  {
    name: "a book that is not shown",
    by: "node",
    codes: ["pending"],
    isProvable: false,
    async tell(world) {
      const { hub, a } = known(world);
      world.net.cut(HUB, a.origin);
      a.pledge(world.campaign, "9", 1, world.nodes[0]!.day);
      const noticed = await submit(world, await make.reportJws(hub, a));
      const { pending } = hub.state.communities.get(a.origin)!;
      return { noticed: [...noticed, ...(pending.size > 0 ? ["pending"] : [])], document: null };
    },
  },
  {
    name: "a statement under somebody else's name",
    by: "node",
    codes: ["signature-invalid"],
    isProvable: false,
    async tell(world) {
      const { hub, a, b } = known(world);
      const signed = await make.reportJws(hub, a);
      const parsed = parseStatement(new TextEncoder().encode(signed));
      if (!parsed.ok || parsed.value.statement.kind !== "demand-report+jwt") throw new Error("a report");
      const jws = await signStatement(b.signer, "demand-report+jwt", parsed.value.statement.claims);
      return { noticed: await submit(world, jws), document: null };
    },
  },
];

async function lieAndPublish(world: ModelNetwork, isKind: boolean): Promise<Told> {
  const before = known(world);
  if (isKind) before.a.pledge(world.campaign, "3", 1, world.nodes[0]!.day);
  const document = await make.falseVerdict(before as make.World, isKind);
  await before.hub.publishTotals();
  return await told(world, document);
}
