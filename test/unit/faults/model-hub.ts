/**
 * A hub that can be stopped between any two statements: each task loads, decides and writes as the workers do, and
 * yields where they wait. What is decided is decided by shared/; the rows are lists here.
 */
import { type BookReading, emptyReading, compareTotals, judgeReport } from "../../../shared/book/judge.ts";
import { type Bytes, equal, utf8 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { parseNote } from "../../../shared/log/note.ts";
import { consistencyProof } from "../../../shared/log/tiles.ts";
import { acceptReport, compareSameSeq, openBookCheckpoint } from "../../../shared/network/accept.ts";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { bookKeysOf } from "../../../shared/network/keys.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import { type LogItem, foldNetwork } from "../../../shared/network/fold.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { signReceipt, signRefusal } from "../../../shared/signing/entry-receipt.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { formatAddCheckpoint } from "../../../shared/witness/request.ts";
import type { TestHub, TestLog } from "../verify/world.ts";
import type { Internet } from "./internet.ts";
import type { ModelWitness } from "./model-witness.ts";

/** One thing that an actor does; between two steps it may be killed. */
export type Task = AsyncGenerator<undefined, void>;

interface StoredReport {
  jws: string;
  index: number;
  received: number;
}
interface Database {
  entries: Bytes[];
  /** by issuer and number */
  reports: Map<string, StoredReport>;
  readings: Map<string, BookReading>;
  cosigned: string | null;
  totals: string;
  network: Bytes;
}

export interface Answer {
  status: number;
  seq?: number;
  code?: ProblemCode;
  receipt?: string;
  refusal?: string;
}

export const HUB = "hub";
export const QUORUM = 2;

export class ModelHub {
  readonly db: TestHub;
  readonly net: Internet;
  witnesses: ModelWitness[] = [];
  nodes = new Map<string, { book: TestLog }>();
  reports = new Map<string, StoredReport>();
  readings = new Map<string, BookReading>();
  /** world time plus its own error */
  clock: () => number;
  /** each isolate's memory: whether its witnesses have let it write, and the largest head it saw */
  isolates = [emptyMemory(), emptyMemory()];
  readonly backups: Database[] = [];
  /** the newest database, while an older one stands in its place */
  aside: Database | null = null;
  /** pairs that contradict each other, as they came in */
  readonly equivocations: [string, string][] = [];
  readonly receipts: string[] = [];
  readonly refusals: string[] = [];
  readonly notes: string[] = [];
  readonly answered = new Map<string, number>();

  constructor(db: TestHub, net: Internet, clock: () => number) {
    this.db = db;
    this.net = net;
    this.clock = clock;
  }

  get origin(): string {
    return this.db.log.origin;
  }

  #setClock(): void {
    this.db.now = Math.max(this.clock(), this.db.state.log_time);
  }

  async *take(body: string, from: string, isolate: number): Task {
    const parsed = parseStatement(utf8(body));
    if (!parsed.ok || parsed.value.statement.kind !== "demand-report+jwt")
      return await this.#refuse(from, body, "statement-invalid");
    const { statement, leaf, kid } = parsed.value;
    const { claims } = statement;
    for (;;) {
      const base = this.db.log.size;
      const halted = this.#guard(isolate);
      if (halted !== null) return this.#answer(from, { status: 503, code: halted, seq: claims.seq });
      this.#setClock();
      const community = this.db.state.communities.get(claims.iss);
      if (community === undefined || !(await verifyJws(parsed.value.parsed, community.report_jwk)))
        return await this.#refuse(
          from,
          body,
          community === undefined ? "issuer-unknown" : "signature-invalid",
          claims.seq,
        );
      const key = `${claims.iss} ${String(claims.seq)}`;
      const stored = this.reports.get(key);
      if (stored !== undefined) {
        const compared = compareSameSeq(stored.jws, body);
        yield;
        if (compared !== "equivocation") return await this.#receipt(from, claims.iss, claims.seq, 200);
        this.equivocations.push([stored.jws, body]);
        return await this.#refuse(from, body, "equivocation", claims.seq);
      }
      const last = this.reports.get(`${claims.iss} ${String(claims.seq - 1)}`);
      const time = { log_time: this.db.state.log_time, now: this.db.now };
      const pace = { last_received: last?.received ?? null, interval_s: 60 };
      const accepted = acceptReport({ claims, kid, community, log: this.origin, time, pace });
      if (!accepted.ok) return await this.#refuse(from, body, accepted.error, claims.seq);
      const head = await openBookCheckpoint(bookOrigin(claims.iss), bookKeysOf(community), claims.book);
      if (!head.ok) return await this.#refuse(from, body, head.error, claims.seq);
      yield; // between reading and writing: somebody else may write first
      if (this.db.log.size !== base) continue;
      const { index } = this.db.append(body);
      this.reports.set(key, { jws: body, index, received: this.db.now });
      await this.#written(isolate);
      if (leaf !== statementLeaf(body)) throw new Error("one leaf");
      yield; // durable, not answered yet
      return await this.#receipt(from, claims.iss, claims.seq, 202);
    }
  }

  /** The oldest report without a verdict, if its book can be read; then the totals. */
  async *settle(isolate: number): Task {
    for (const { origin, pending } of this.db.state.communities.values()) {
      const [waiting] = [...pending.values()];
      const book = this.nodes.get(origin)?.book;
      if (waiting === undefined || book === undefined || !this.net.reaches(HUB, origin)) continue;
      if (this.#guard(isolate) !== null) return;
      const base = this.db.log.size;
      const parsed = parseStatement(this.db.log.entries[waiting.index]!);
      if (!parsed.ok || parsed.value.statement.kind !== "demand-report+jwt") throw new Error("a logged report");
      const { claims } = parsed.value.statement;
      const head = await openCheckpoint(
        claims.book,
        this.db.state.communities.get(origin)!.book_vkey,
        bookOrigin(origin),
      );
      if (!head.ok) throw new Error(head.error);
      const reading = structuredClone(this.readings.get(origin) ?? emptyReading());
      const data = book.entries.slice(reading.state.size);
      const judged = judgeReport({
        origin,
        compare: (state) => compareTotals(claims, state),
        head: head.value,
        reading,
        data,
        rulesOf: rulesFrom(this.db.state.campaigns),
      });
      yield; // read, not decided for the log
      // What cannot be read now may be read later.
      if (!judged.verdict.ok && judged.verdict.code === "book-unavailable") continue;
      if (this.db.log.size !== base) continue;
      this.#setClock();
      this.readings.set(origin, judged.reading);
      await this.db.say("report-check+jwt", {
        node: origin,
        report: waiting.leaf,
        seq: claims.seq,
        ...judged.verdict,
      });
      await this.#written(isolate);
      yield;
    }
    yield;
    if (this.#guard(isolate) !== null) return;
    this.#setClock();
    await this.db.publishTotals();
    await this.#written(isolate);
  }

  async *collect(): Task {
    const { log } = this.db;
    const { size } = log;
    const note = await log.checkpoint();
    const lines: string[] = [];
    for (const witness of this.witnesses) {
      if (!this.net.reaches(HUB, witness.name)) continue;
      let old = 0;
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const tiles = log.tiles(size);
        const proof =
          old === 0
            ? []
            : consistencyProof(
                old,
                size,
                (level, at) => tiles.find((tile) => tile.level === level && tile.index === at)!.hashes,
              );
        const answer = await witness.add(formatAddCheckpoint({ old, proof, note }), this.clock());
        yield; // the witness has stored it; whether the hub hears of it is open
        if (answer === null) break;
        if ("line" in answer) {
          lines.push(answer.line);
          break;
        }
        if (answer.size > size) break;
        old = answer.size;
      }
    }
    const shown = parseNote(this.db.cosigned ?? "")?.text.split("\n")[1];
    if (lines.length >= QUORUM && size > Number(shown ?? 0)) this.db.cosigned = note + lines.join("");
  }

  /** What it says of a community to whoever asks. */
  newestOf(origin: string): { seq: number; leaf: string; bookSize: number } {
    const community = this.db.state.communities.get(origin)!;
    const stored = this.reports.get(`${origin} ${String(community.last_seq)}`);
    const parsed = stored === undefined ? null : parseStatement(utf8(stored.jws));
    const note =
      parsed?.ok && parsed.value.statement.kind === "demand-report+jwt" ? parsed.value.statement.claims.book : "";
    return { seq: community.last_seq, leaf: community.last_leaf, bookSize: Number(note.split("\n")[1] ?? 0) };
  }

  crash(): void {
    this.isolates = [emptyMemory(), emptyMemory()];
  }

  backUp(): void {
    if (this.aside === null) this.backups.push(this.#dump());
  }

  /** Whether all that anybody was shown is with a quorum of witnesses: what is lost before that, nobody can know. */
  get isWitnessed(): boolean {
    return this.witnesses.filter(({ held }) => held.size === this.db.log.size).length >= QUORUM;
  }

  /** Backups that would lose something. */
  get older(): Database[] {
    return this.backups.filter(({ entries }) => entries.length < this.db.log.size);
  }

  restore(at: number): void {
    const backup = this.older[at % this.older.length]!;
    this.aside = this.#dump();
    this.#load(backup);
    this.crash();
  }

  bringBack(): void {
    if (this.aside === null) return;
    this.#load(this.aside);
    this.aside = null;
    this.crash();
  }

  #dump(): Database {
    return {
      entries: [...this.db.log.entries],
      reports: new Map(this.reports),
      readings: structuredClone(this.readings),
      cosigned: this.db.cosigned,
      totals: this.db.totals,
      network: this.db.network,
    };
  }

  #load(database: Database): void {
    this.db.log.entries.splice(0, Number.POSITIVE_INFINITY, ...database.entries);
    const items: LogItem[] = database.entries.map((entry, index) => {
      const parsed = parseStatement(entry);
      if (!parsed.ok) throw new Error(parsed.error);
      return { index, leaf: parsed.value.leaf, statement: parsed.value.statement };
    });
    Object.assign(this.db.state, foldNetwork(items));
    this.reports = new Map(database.reports);
    this.readings = structuredClone(database.readings);
    Object.assign(this.db, { cosigned: database.cosigned, totals: database.totals, network: database.network });
  }

  /** docs/protocol.md §7, restored databases: asked once by each isolate. */
  #guard(isolate: number): "log-behind" | "witnesses-silent" | null {
    const memory = this.isolates[isolate]!;
    const { log } = this.db;
    if (log.size < memory.size) return "log-behind";
    if (memory.checked) return null;
    const answered = this.witnesses.filter(({ name }) => this.net.reaches(HUB, name));
    for (const { held } of answered) {
      if (held.size > log.size) return "log-behind";
      if (held.root !== null && !equal(log.root(held.size), held.root)) return "log-behind";
    }
    if (answered.length < Math.max(QUORUM, this.witnesses.length - QUORUM + 1)) return "witnesses-silent";
    memory.checked = true;
    return null;
  }

  async #written(isolate: number): Promise<void> {
    this.isolates[isolate]!.size = this.db.log.size;
    this.notes.push(await this.db.log.checkpoint());
  }

  async #receipt(to: string, node: string, seq: number, status: number): Promise<void> {
    const { jws, index, received } = this.reports.get(`${node} ${String(seq)}`)!;
    const entry = { iss: this.origin, leaf: statementLeaf(jws), node, seq, index, received };
    const receipt = await signReceipt(this.db.signer, entry);
    this.receipts.push(receipt);
    this.#answer(to, { status, seq, receipt });
  }

  async #refuse(to: string, body: string, code: ProblemCode, seq?: number): Promise<void> {
    this.#setClock();
    const refusal = await signRefusal(this.db.signer, {
      iss: this.origin,
      leaf: statementLeaf(body),
      code,
      at: this.db.now,
    });
    this.refusals.push(refusal);
    this.#answer(to, { status: 409, code, refusal, ...(seq !== undefined && { seq }) });
  }

  #answer(to: string, answer: Answer): void {
    const name = answer.code ?? String(answer.status);
    this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
    if (this.nodes.has(to)) this.net.send(HUB, to, JSON.stringify(answer));
  }
}

function emptyMemory(): { checked: boolean; size: number } {
  return { checked: false, size: 0 };
}
