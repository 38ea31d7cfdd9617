/**
 * One hub with two isolates, three communities that witness it, members who pledge, and a scheduler that decides what
 * happens next. After `heal` nothing is in anybody's way, and all must agree.
 */
import { expect } from "vitest";
import { equal, toBase64 } from "../../../shared/bytes.ts";
import type { Elsewhere } from "../../../shared/evidence/entries.ts";
import { parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import { headlineOf, stateHash } from "../../../shared/network/summary.ts";
import type { Evidence } from "../../../shared/protocol/evidence.ts";
import { type VerifyOptions, type VerifyReport, verifyHub } from "../../../shared/verify/hub.ts";
import { formatPolicy } from "../../../shared/witness/policy.ts";
import { START, TestHub, type TestLog, TestNode } from "../verify/world.ts";
import { Internet } from "./internet.ts";
import { HUB, ModelHub, QUORUM, type Task } from "./model-hub.ts";
import { ModelNode } from "./model-node.ts";
import { ModelWitness } from "./model-witness.ts";

const ORIGINS = ["a.example", "b.example", "c.example"];
const CALM_ROUNDS = 40;

export class ModelNetwork {
  readonly net = new Internet();
  readonly hub: ModelHub;
  readonly nodes: ModelNode[] = [];
  campaign = "";
  now = START + 10;
  readonly skew = new Map<string, number>();
  readonly tasks: { owner: string; task: Task }[] = [];
  /** what the watcher remembers of the log */
  remembered: string | null = null;
  /** what a watcher found that no honest network may show */
  readonly alarms: string[] = [];
  steps = 0;

  private constructor(db: TestHub) {
    this.hub = new ModelHub(db, this.net, () => this.now + (this.skew.get(HUB) ?? 0));
  }

  static async open(): Promise<ModelNetwork> {
    const world = new ModelNetwork(await TestHub.create());
    await world.#begin();
    return world;
  }

  async #begin(): Promise<void> {
    const { hub } = this;
    const { db } = hub;
    this.campaign = (await db.campaign()).leaf;
    for (const origin of ORIGINS) {
      const inner = await TestNode.create(origin);
      await db.admit(inner, { witness: true });
      const node = new ModelNode(inner, hub, this.net, () => this.now + (this.skew.get(origin) ?? 0));
      this.nodes.push(node);
      hub.nodes.set(origin, inner);
      hub.witnesses.push(
        await ModelWitness.create(origin, inner.made.secrets.WITNESS_KEY, { origin: hub.origin, vkey: db.vkey }),
      );
      await node.decide(this.campaign, { kind: "pledge", q: 2, b: 1, which: 0 });
    }
    const policy = formatPolicy(
      hub.witnesses.map(({ name, key }) => ({ name: key.name, vkey: key.vkey, url: `https://${name}/witness` })),
      QUORUM,
    );
    await db.say("witness-policy+jwt", { policy, effective: db.now + 1, reason: "" });
    await this.heal();
    hub.backUp();
    for (const node of this.nodes) node.backUp();
  }

  start(owner: string, task: Task): void {
    this.tasks.push({ owner, task });
  }

  /** One statement of one task. */
  async advance(at: number): Promise<void> {
    const place = at % Math.max(1, this.tasks.length);
    const each = this.tasks[place];
    if (each !== undefined && (await each.task.next()).done === true) this.tasks.splice(this.tasks.indexOf(each), 1);
  }

  /** A task that nothing interrupts. */
  async whole(task: Task): Promise<void> {
    while ((await task.next()).done !== true);
  }

  async finish(): Promise<void> {
    while (this.tasks.length > 0) await this.advance(0);
  }

  deliver(at: number, isolate: number, { keep = false, damage = -1 } = {}): void {
    const letter = this.net.take(at);
    if (letter === undefined) return;
    if (keep) this.net.send(letter.from, letter.to, letter.body);
    if (!this.net.reaches(letter.from, letter.to)) return;
    const { from, to } = letter;
    const body = damage < 0 ? letter.body : damaged(letter.body, damage);
    if (to === HUB) this.start(HUB, this.hub.take(body, from, isolate));
    else {
      const node = this.nodes.find(({ origin }) => origin === to);
      if (node !== undefined) this.start(to, node.hear(body));
    }
  }

  /** Everything that was not written is gone. */
  kill(owner: string): void {
    for (const each of this.tasks.filter((task) => task.owner === owner))
      this.tasks.splice(this.tasks.indexOf(each), 1);
    if (owner === HUB) this.hub.crash();
    else this.nodes.find(({ origin }) => origin === owner)?.crash();
  }

  /** Whether anything of this party's words is still under way: what a restored database could not know. */
  isUnderWay(owner: string): boolean {
    return this.net.letters.some(({ from }) => from === owner) || this.tasks.some((task) => task.owner === owner);
  }

  /** What this community has said arrives, as far as the lines are up. */
  async settleLetters(node: ModelNode): Promise<void> {
    this.now += 61;
    await this.whole(node.report());
    for (const letter of this.net.letters.filter(({ from }) => from === node.origin)) {
      if (!this.net.reaches(letter.from, HUB)) continue;
      this.net.letters.splice(this.net.letters.indexOf(letter), 1);
      await this.whole(this.hub.take(letter.body, letter.from, 0));
    }
  }

  /** A watcher with the memory of its rounds. */
  async look(options: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
    const { db } = this.hub;
    const note = this.remembered;
    return await verifyHub(db.served.source, {
      vkey: db.vkey,
      now: this.now,
      ...(note !== null && { remembered: () => ({ vkey: db.vkey, note }) }),
      ...options,
    });
  }

  async watch(): Promise<void> {
    const report = await this.look();
    if (report.exit === 1 || report.exit === 4) this.alarms.push(failed(report).join(", "));
    if (report.exit === 0) this.remembered = report.checkpoint;
  }

  books = ({ origin }: { origin: string }) => this.nodes.find((node) => node.origin === origin)!.inner.served.source;

  /** The internet is good again, clocks are right, the newest databases are in place; time passes. */
  async heal(except: ReadonlySet<string> = new Set()): Promise<void> {
    this.net.mend();
    this.skew.clear();
    this.hub.bringBack();
    for (const node of this.nodes) node.bringBack();
    this.now += 7200;
    for (let round = 0; round < CALM_ROUNDS; round += 1) {
      this.now += 61;
      for (const node of this.nodes) if (!except.has(node.origin)) this.start(node.origin, node.report());
      await this.finish();
      while (this.net.letters.length > 0) {
        this.deliver(0, round % 2);
        await this.finish();
      }
      const isSaid = this.nodes.every((node) => except.has(node.origin) || isQuiet(node));
      const isJudged = [...this.hub.db.state.communities.values()].every(({ pending }) => pending.size === 0);
      if (isSaid && isJudged && round > 0) break;
      this.start(HUB, this.hub.settle(round % 2));
      await this.finish();
    }
    this.start(HUB, this.hub.settle(0));
    this.start(HUB, this.hub.collect());
    await this.finish();
  }

  /** Hub, verifier, a fresh observer and the books themselves come to the same, and nobody's heads conflict. */
  async expectAgreement(): Promise<void> {
    const { db } = this.hub;
    expect(this.alarms).toEqual([]);
    const report = await this.look({ books: this.books });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.exit).toBe(0);
    const observer = await verifyHub(db.served.source, { vkey: db.vkey, now: this.now });
    expect(observer.network).toEqual(report.network);
    expect(observer.network).toEqual(JSON.parse(new TextDecoder().decode(db.network)));
    let pledges = 0;
    let pledged = 0n;
    for (const { inner } of this.nodes) {
      const { state } = foldBook(inner.parsed, rulesFrom(db.state.campaigns));
      for (const { qty } of state.chains.values()) {
        pledges += 1;
        pledged += qty;
      }
    }
    expect(headlineOf(db.state)).toMatchObject({ pledges, communities: ORIGINS.length });
    expect(headlineOf(db.state).stages.pledged).toBe(String(pledged));
    expect(stateHash(db.state)).toMatch(/^.{43}$/);
    await expectOneTree(db.log, db.vkey, [...this.hub.notes, ...this.hub.witnesses.map(({ note }) => note)]);
    for (const { inner, notes } of this.nodes) await expectOneTree(inner.book, inner.vkey, notes);
  }
}

function isQuiet(node: ModelNode): boolean {
  return node.said === node.inner.book.size && [...node.reports.values()].every(({ delivered }) => delivered);
}

async function expectOneTree(log: TestLog, vkey: string, notes: readonly string[]): Promise<void> {
  for (const note of new Set(notes)) {
    const head = await openCheckpoint(note, vkey, log.origin);
    if (!head.ok) throw new Error(head.error);
    expect(head.value.size).toBeLessThanOrEqual(log.size);
    if (!equal(log.root(head.value.size), head.value.root))
      throw new Error(`${log.origin} signed another tree of ${head.value.size}: ${toBase64(head.value.root)}`);
  }
}

export function damaged(body: string, at: number): string {
  const place = at % Math.max(1, body.length);
  const changed = String.fromCharCode(body.charCodeAt(place) ^ 1);
  return body.slice(0, place) + changed + body.slice(place + 1);
}

export function failed({ checks }: VerifyReport): string[] {
  return checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code ?? ""}`);
}

/** What a stranger with nothing but the hub's key says of a document that came as a file, reading what it only names. */
export async function offline(document: Evidence, vkey: string, elsewhere: Elsewhere | null = null): Promise<string> {
  const parsed = parseEvidence(JSON.parse(JSON.stringify(document)));
  if (parsed === null) return "malformed";
  const found = await verifyEvidence(parsed, [vkey], elsewhere);
  return found.ok ? `${found.value.party} ${found.value.accused}` : found.error.fault;
}
