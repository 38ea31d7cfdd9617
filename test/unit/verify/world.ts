/**
 * A hub and its communities in memory: real keys, real logs, real signatures, made with the functions of shared/.
 * What they serve can be tampered with on the way. Knows none of the workers' code.
 */
import { compareTotals, emptyReading, judgeReport } from "../../../shared/book/judge.ts";
import { type Bytes, concat, fromUtf8, sha256url, toBase64, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { formatCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { type NoteSigner, noteSigner, signNote } from "../../../shared/log/note.ts";
import { formatProof } from "../../../shared/log/proof.ts";
import { encodeBundle, extendTiles, inclusionProof, parseTilePath } from "../../../shared/log/tiles.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import { demandView } from "../../../shared/capital/demand-view.ts";
import { type FundEntry, applyEvents } from "../../../shared/capital/fold.ts";
import { type CapitalState, emptyCapital } from "../../../shared/capital/state.ts";
import { bookOrigin, mirrorPath } from "../../../shared/network/book-origin.ts";
import { applyStatement } from "../../../shared/network/fold.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { headlineOf, networkJson, stateHash } from "../../../shared/network/summary.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import type { FundEvent, Transfer } from "../../../shared/protocol/fund.ts";
import type { Claims, StatementKind } from "../../../shared/protocol/statement.ts";
import { encodeEntry, parseBookEntry } from "../../../shared/signing/book-entry.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { type Ed25519Signer, type PrivateJwk, signer } from "../../../shared/signing/ed25519.ts";
import { type HubKeys, type NodeKeys, makeHubKeys, makeNodeKeys } from "../../../shared/signing/keys.ts";
import { parseStatement, signStatement } from "../../../shared/signing/statement.ts";
import { type Source, TooLarge } from "../../../shared/verify/source.ts";
import { award, demand, fund, funder, pay, receipt, recipient, settle } from "../capital/events.ts";

export const START = 1_780_000_000;
/** the UTC day of START */
export const DAY = "2026-05-28";
export type Tamper = (path: string, bytes: Bytes) => Bytes | null;

/** A C2SP tiled log kept as a list of entries. */
export class TestLog {
  readonly entries: Bytes[] = [];
  readonly origin: string;
  /** every checkpoint is signed by each of them */
  signers: NoteSigner[];

  constructor(origin: string, noteSigner: NoteSigner) {
    this.origin = origin;
    this.signers = [noteSigner];
  }

  get size(): number {
    return this.entries.length;
  }

  append(entry: Bytes): { index: number; leaf: string } {
    this.entries.push(entry);
    return { index: this.entries.length - 1, leaf: toBase64url(leafHash(entry)) };
  }

  root(size = this.size): Bytes {
    return rootOf(this.entries.slice(0, size).map((entry) => leafHash(entry)));
  }

  checkpoint(size = this.size): Promise<string> {
    return this.forge(size, this.root(size));
  }

  /** Signs a head that this log does not have. */
  forge(size: number, root: Bytes): Promise<string> {
    return signNote(formatCheckpoint({ origin: this.origin, size, root }), this.signers);
  }

  tiles(size = this.size) {
    const leaves = this.entries.slice(0, size).map((entry) => leafHash(entry));
    return extendTiles(0, () => new Uint8Array(0), leaves).tiles;
  }

  async proof(leaf: string): Promise<string | null> {
    const index = this.entries.findIndex((entry) => toBase64url(leafHash(entry)) === leaf);
    if (index === -1) return null;
    const tiles = this.tiles();
    const hashes = inclusionProof(
      index,
      this.size,
      (level, at) => tiles.find((tile) => tile.level === level && tile.index === at)!.hashes,
    );
    return formatProof({ index, hashes, checkpoint: await this.checkpoint() });
  }

  async serve(path: string): Promise<Bytes | null> {
    if (path === "/checkpoint") return utf8(await this.checkpoint());
    const [, leaf] = /^\/entries\/(.+)\.tlog-proof$/.exec(path) ?? [];
    if (leaf !== undefined) {
      const proof = await this.proof(leaf);
      return proof === null ? null : utf8(proof);
    }
    const tile = parseTilePath(path.slice(1));
    if (tile === null) return null;
    const { level, index, width } = tile;
    if (level === "entries") {
      const entries = this.entries.slice(index * 256, index * 256 + width);
      return entries.length === width ? encodeBundle(entries) : null;
    }
    const stored = this.tiles().find((each) => each.level === level && each.index === index);
    return stored === undefined || stored.hashes.length < width * 32 ? null : stored.hashes.slice(0, width * 32);
  }
}

function sourceOf(
  name: string,
  serve: (path: string) => Promise<Bytes | null>,
): { source: Source; tamperWith(tamper: Tamper): void; asked: string[] } {
  let change: Tamper = (_, bytes) => bytes;
  const asked: string[] = [];
  const source: Source = {
    name,
    async get(path, maxBytes) {
      asked.push(path);
      const served = await serve(path);
      const bytes = served === null ? null : change(path, served);
      if (bytes === null) return { status: 404, bytes: utf8("{}") };
      if (bytes.length > maxBytes) throw new TooLarge(path);
      return { status: 200, bytes };
    },
  };
  return { source, asked, tamperWith: (tamper) => (change = tamper) };
}

export class TestNode {
  readonly origin: string;
  /** the one it is in; it serves every one it had */
  book: TestLog;
  readonly books: TestLog[] = [];
  generation = 1;
  vkey: string;
  signer: Ed25519Signer;
  /** as made, with what is not public */
  readonly made: NodeKeys;
  readonly served: ReturnType<typeof sourceOf>;
  parsed: { index: number; leaf: string; entry: BookEntry | null }[] = [];
  seq = 0;
  prev = "";
  join = "";
  reading = emptyReading();

  private constructor(origin: string, book: TestLog, made: NodeKeys, reportSigner: Ed25519Signer) {
    this.origin = origin;
    this.book = book;
    this.books.push(book);
    this.made = made;
    this.vkey = made.vkey;
    this.signer = reportSigner;
    this.served = sourceOf(`https://${origin}`, (path) => {
      const served = this.books.findLast((one) => path.startsWith(`${one.origin.slice(origin.length)}/`));
      return served === undefined
        ? Promise.resolve(null)
        : served.serve(path.slice(served.origin.length - origin.length));
    });
    this.write({ t: "genesis", iss: origin, v: 1, n: this.nonce() });
  }

  static async create(origin: string, keys?: NodeKeys): Promise<TestNode> {
    const made = keys ?? (await makeNodeKeys(origin));
    const { secrets } = made;
    const book = new TestLog(`${origin}/book`, await noteSigner(secrets.BOOK_KEY));
    return new TestNode(origin, book, made, await signer(JSON.parse(secrets.REPORT_JWK) as PrivateJwk));
  }

  nonce(): string {
    return sha256url(utf8(`${this.book?.origin.replace(/\/book$/, "") ?? this.origin} ${this.book?.size}`));
  }

  /** Loses its book and begins another one. */
  loseBook(generation = this.generation + 1): void {
    this.generation = generation;
    this.book = new TestLog(bookOrigin(this.origin, generation), this.book.signers[0]!);
    this.books.push(this.book);
    this.parsed = [];
    this.reading = emptyReading();
    this.write({ t: "genesis", iss: this.origin, v: 1, n: this.nonce() });
  }

  write(entry: BookEntry): { index: number; leaf: string } {
    return this.writeBytes(encodeEntry(entry));
  }

  writeBytes(bytes: Bytes): { index: number; leaf: string } {
    const written = this.book.append(bytes);
    const parsed = parseBookEntry(bytes);
    if (parsed.ok) this.parsed.push({ ...written, entry: parsed.value.entry });
    return written;
  }

  pledge(campaign: string, q: string, b: number, d = "2026-06-01"): { index: number; leaf: string } {
    return this.write({ t: "pledge", c: campaign, q, b, cm: this.nonce(), a: "strong", d });
  }
}

export class TestHub {
  readonly log: TestLog;
  vkey: string;
  signer: Ed25519Signer;
  readonly made: HubKeys;
  readonly served: ReturnType<typeof sourceOf>;
  readonly state = emptyNetwork();
  capital: CapitalState = emptyCapital();
  now = START;
  /** the checkpoint that is served, where it is not the newest head alone */
  cosigned: string | null = null;
  totals = "";
  network: Bytes = new Uint8Array(0);
  /** what it keeps of books, by path */
  readonly mirrors = new Map<string, TestLog>();
  /** other public JSON, by path */
  readonly api = new Map<string, Bytes>();

  private constructor(log: TestLog, made: HubKeys, statementSigner: Ed25519Signer) {
    this.log = log;
    this.made = made;
    this.vkey = made.vkey;
    this.signer = statementSigner;
    this.served = sourceOf("https://hub.example", (path) => this.#serve(path));
  }

  static async create(origin = "hub.example", keys?: HubKeys): Promise<TestHub> {
    const made = keys ?? (await makeHubKeys(origin));
    const { secrets } = made;
    const statementSigner = await signer(JSON.parse(secrets.STATEMENT_JWK) as PrivateJwk);
    const hub = new TestHub(new TestLog(`${origin}/log`, await noteSigner(secrets.LOG_KEY)), made, statementSigner);
    await hub.say("hub-policy+jwt", {
      name: "Hub",
      statement_jwk: statementSigner.publicJwk,
      recovery_sha256: secrets.RECOVERY_SHA256,
      quorum: "none",
      formula: 1,
      currency: "EUR",
      k: 1,
      report_interval_s: 60,
    });
    return hub;
  }

  /** `hub` with `parent`'s entries in place of its own: what a fork begins with, before it has said so. */
  static async goOn(hub: TestHub, parent: TestHub): Promise<TestHub> {
    const [signer] = hub.log.signers;
    const fork = new TestHub(new TestLog(hub.log.origin, signer!), hub.made, hub.signer);
    for (const entry of parent.log.entries) fork.append(fromUtf8(entry));
    fork.now = parent.now;
    return fork;
  }

  /** Appends a statement signed by the hub. */
  async say<K extends StatementKind>(
    kind: K,
    claims: Omit<Claims<K>, "iss" | "iat" | "v">,
  ): Promise<{ index: number; leaf: string }> {
    this.now += 1;
    const whole = { iss: this.log.origin, iat: this.now, v: 1, ...claims } as unknown as Claims<K>;
    return this.append(await signStatement(this.signer, kind, whole));
  }

  append(jws: string): { index: number; leaf: string } {
    const parsed = parseStatement(jws);
    const appended = this.log.append(utf8(jws));
    if (parsed.ok) applyStatement(this.state, { ...appended, statement: parsed.value.statement });
    return appended;
  }

  /** Logs money as the hub does; `changes` are what a hub that cheats would sign instead. */
  async money(
    by: FundEntry["by"],
    events: FundEvent[],
    changes: { transfers?: (made: Transfer[]) => Transfer[]; by?: FundEntry["by"] } = {},
  ): Promise<{ index: number; leaf: string }> {
    const iat = this.now + 1;
    const state = structuredClone(this.capital);
    const applied = applyEvents(state, demandView(this.state, iat), { index: this.log.size, iat, by, events });
    if (!applied.ok) throw new Error(`refused: ${JSON.stringify(applied.error)}`);
    this.capital = state;
    const { transfers } = applied.value;
    return this.say("fund+jwt", {
      by: changes.by === undefined ? by : changes.by,
      events,
      transfers: changes.transfers?.(transfers) ?? transfers,
    });
  }

  async publishTotals({ logged = true } = {}): Promise<void> {
    this.now += 1;
    const { size } = this.log;
    const root = toBase64(this.log.root());
    const claims: Claims<"totals+jwt"> = {
      iss: this.log.origin,
      iat: this.now,
      v: 1,
      size,
      root,
      state_sha256: stateHash(this.state),
      headline: headlineOf(this.state),
    };
    this.network = canonicalBytes(networkJson(this.state, { origin: this.log.origin, size, root, iat: this.now }));
    this.totals = await signStatement(this.signer, "totals+jwt", claims);
    if (logged) this.append(this.totals);
  }

  campaign(changes: Partial<Claims<"campaign+jwt">> = {}): Promise<{ index: number; leaf: string }> {
    return this.say("campaign+jwt", {
      name: "Soap",
      text: "",
      product: { gtin: null, name: "Soap", brand: null },
      unit: "bar",
      currency: "EUR",
      reference_price_minor: "700",
      bands_minor: ["500", "600", "800"],
      max_qty: "100",
      goal_qty: "1000",
      closes: START + 30 * 86_400,
      nonce: sha256url(utf8(String(this.log.size))).slice(0, 22),
      ...changes,
    });
  }

  async admit(node: TestNode, { witness = false } = {}): Promise<void> {
    const witnessKey = witness ? await cosigner(node.made.secrets.WITNESS_KEY) : null;
    const note = await node.book.checkpoint();
    const cosignature = await witnessKey?.cosign(note.slice(0, note.indexOf("\n\n") + 1), this.now);
    const join = await signStatement(node.signer, "node-join+jwt", {
      iss: node.origin,
      aud: this.log.origin,
      iat: this.now,
      v: 1,
      url: `https://${node.origin}`,
      report_jwk: node.signer.publicJwk,
      book: { vkey: node.vkey, checkpoint: note + (cosignature ?? "") },
      ...(witnessKey && { witness: witnessKey.vkey }),
      recovery_sha256: node.made.secrets.RECOVERY_SHA256,
      profile: { name: node.origin, region: "NL", languages: ["nl"], members: 10 },
    });
    node.join = this.append(join).leaf;
    node.prev = node.join;
    await this.say("node-status+jwt", { node: node.origin, status: "admitted", reason: "", join: node.join });
  }

  /** The node has lost its book and begins another one; this hub goes on keeping what it had read. */
  async newBook(node: TestNode, changes: Partial<Claims<"book-reset+jwt">> = {}): Promise<{ index: number }> {
    this.mirrors.set(mirrorPath(node.origin, node.generation), node.book);
    node.loseBook(changes.book?.generation);
    node.seq += 1;
    const { generation, book } = node;
    const claims: Claims<"book-reset+jwt"> = {
      iss: node.origin,
      aud: this.log.origin,
      iat: this.now,
      v: 1,
      seq: node.seq,
      prev: node.prev,
      book: { origin: book.origin, generation, checkpoint: await book.checkpoint() },
      reason: "The disk is gone",
      ...changes,
    };
    const logged = this.append(await signStatement(node.signer, "book-reset+jwt", claims));
    node.prev = logged.leaf;
    const head = { size: 1, root: book.root(1) };
    const question = { origin: node.origin, compare: () => ({ ok: true as const }), head, reading: node.reading };
    node.reading = judgeReport({ ...question, data: book.entries.slice(0, 1), rulesOf: () => undefined }).reading;
    return logged;
  }

  /** The node reports its book as it is, or what `changes` say; the hub judges and logs its verdict, or another one. */
  async report(
    node: TestNode,
    {
      changes = {},
      verdict,
    }: { changes?: Partial<Claims<"demand-report+jwt">>; verdict?: Partial<Claims<"report-check+jwt">> } = {},
  ): Promise<void> {
    const rulesOf = rulesFrom(this.state.campaigns);
    node.seq += 1;
    const claims: Claims<"demand-report+jwt"> = {
      iss: node.origin,
      aud: this.log.origin,
      iat: this.now,
      v: 1,
      seq: node.seq,
      prev: node.prev,
      book: await node.book.checkpoint(),
      profile: { name: node.origin, region: "NL", languages: ["nl"], members: 10 },
      totals: reportTotals(foldBook(node.parsed, rulesOf).state),
      ...changes,
    };
    const { leaf } = this.append(await signStatement(node.signer, "demand-report+jwt", claims));
    node.prev = leaf;
    const head = { size: node.book.size, root: node.book.root() };
    const data = node.book.entries.slice(node.reading.state.size);
    const judged = judgeReport({
      origin: node.origin,
      compare: (state) => compareTotals(claims, state),
      head,
      reading: node.reading,
      data,
      rulesOf,
    });
    node.reading = judged.reading;
    await this.say("report-check+jwt", {
      node: node.origin,
      report: leaf,
      seq: node.seq,
      ...judged.verdict,
      ...verdict,
    });
  }

  async #serve(path: string): Promise<Bytes | null> {
    if (path === "/log/totals") return utf8(this.totals);
    if (path === "/api/network") return this.network;
    if (path === "/log/checkpoint" && this.cosigned !== null) return utf8(this.cosigned);
    if (path === "/log/head") return utf8(await this.log.checkpoint());
    const published = this.api.get(path);
    if (published !== undefined) return published;
    for (const [prefix, log] of this.mirrors) {
      if (path.startsWith(`${prefix}/checkpoint`) || path.startsWith(`${prefix}/tile/`))
        return log.serve(path.slice(prefix.length));
    }
    if (path.startsWith("/log")) return this.log.serve(path.slice(4));
    if (path !== "/.well-known/cocoon.json") return null;
    const { origin } = this.log;
    return canonicalBytes({
      kind: "hub",
      name: "Hub",
      origin: "hub.example",
      log: { origin, vkey: this.vkey, url: "https://hub.example/log" },
      statement_jwks: { keys: [{ ...this.signer.publicJwk, kid: this.signer.kid }] },
      protocol: ["cocoon/1"],
      demo: true,
    });
  }
}

export const PEOPLE = { proposed: sha256url(utf8("ana")), approved: sha256url(utf8("ben")) };

/** Two communities with pledges for one campaign, counted, and published; an award that their demand released. */
export async function makeWorld(own?: { origin: string; keys: HubKeys }): Promise<{
  hub: TestHub;
  a: TestNode;
  b: TestNode;
  campaign: string;
  books: (node: { origin: string }) => Source;
}> {
  const hub = await TestHub.create(own?.origin, own?.keys);
  const { leaf: campaign } = await hub.campaign();
  const a = await TestNode.create("a.example");
  const b = await TestNode.create("b.example");
  for (const node of [a, b]) await hub.admit(node);
  const conditions = [demand({ campaign, min_units: "9", hold_days: 0 })];
  await hub.money(PEOPLE, [
    funder("acme"),
    fund("plastics"),
    recipient("lab"),
    receipt("acme", "plastics", 1_000_000, { on: DAY }),
    award("deo", 300_000, { conditions, decided_on: DAY }),
  ]);
  a.pledge(campaign, "2", 0);
  a.pledge(campaign, "3", 2);
  b.pledge(campaign, "4", 1);
  for (const node of [a, b]) await hub.report(node);
  const held_since_index = hub.log.size - 1;
  await hub.publishTotals();
  await hub.money(null, [settle("deo", 0, "met", { campaign, held_since_index, on: DAY })]);
  await hub.money(PEOPLE, [pay("deo", 100_000, { on: DAY })]);
  b.pledge(campaign, "1", 1);
  await hub.report(b);
  await hub.publishTotals();
  const books = ({ origin }: { origin: string }) => (origin === a.origin ? a : b).served.source;
  return { hub, a, b, campaign, books };
}

export function flip(bytes: Bytes, at: number, bit = 1): Bytes {
  return concat(bytes.subarray(0, at), Uint8Array.of((bytes[at] ?? 0) ^ bit), bytes.subarray(at + 1));
}
