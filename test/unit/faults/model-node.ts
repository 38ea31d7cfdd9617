/** A community that can be stopped between any two statements: a report is stored before it is sent, and sent for ever. */
import type { Bytes } from "../../../shared/bytes.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { isoTime } from "../../../shared/time.ts";
import type { TestNode } from "../verify/world.ts";
import type { Internet } from "./internet.ts";
import { type Answer, HUB, type ModelHub, type Task } from "./model-hub.ts";

interface OwnReport {
  seq: number;
  leaf: string;
  jws: string;
  delivered: boolean;
  receipt: string | null;
}

interface Backup {
  size: number;
  reports: Map<number, OwnReport>;
  said: number;
  day: string;
}

export class ModelNode {
  readonly inner: TestNode;
  readonly net: Internet;
  readonly hub: ModelHub;
  readonly clock: () => number;
  /** by number; what was signed once is never signed otherwise */
  reports = new Map<number, OwnReport>();
  /** entries of its book that a report has spoken of */
  said = 0;
  day: string;
  /** false until the hub's word shows that this database is not an old one */
  checked = true;
  readonly notes: string[] = [];
  readonly backups: Backup[] = [];
  /** the newest database, while an older one stands in its place */
  aside: (Omit<Backup, "size"> & Pick<TestNode, "parsed"> & { entries: Bytes[] }) | null = null;

  constructor(inner: TestNode, hub: ModelHub, net: Internet, clock: () => number) {
    this.inner = inner;
    this.hub = hub;
    this.net = net;
    this.clock = clock;
    this.day = isoTime(clock()).slice(0, 10);
  }

  get origin(): string {
    return this.inner.origin;
  }

  /** A member decides: a new pledge, or the same account says something else. */
  async decide(
    campaign: string,
    choice: { kind: "pledge" | "revise" | "withdraw"; q: number; b: number; which: number },
  ) {
    if (!this.#guard()) return;
    const today = isoTime(this.clock()).slice(0, 10);
    if (today > this.day) this.day = today;
    const d = this.day;
    const { state } = foldBook(this.inner.parsed, rulesFrom(this.hub.db.state.campaigns));
    const heads = [...state.chains.keys()];
    const r = heads[choice.which % Math.max(1, heads.length)];
    const cm = this.inner.nonce();
    if (choice.kind === "pledge" || r === undefined) this.inner.pledge(campaign, String(choice.q), choice.b, d);
    else if (choice.kind === "revise") this.inner.write({ t: "revise", r, q: String(choice.q), b: choice.b, cm, d });
    else this.inner.write({ t: "withdraw", r, why: "member", cm, d });
    this.notes.push(await this.inner.book.checkpoint());
  }

  async *report(): Task {
    const waiting = [...this.reports.values()].filter(({ delivered }) => !delivered).sort((a, b) => a.seq - b.seq)[0];
    if (waiting !== undefined) {
      this.net.send(this.origin, HUB, waiting.jws);
      return;
    }
    if (this.inner.book.size === this.said || !this.net.reaches(this.origin, HUB)) return;
    const newest = this.hub.newestOf(this.origin);
    const own = Math.max(0, ...this.reports.keys());
    if (newest.seq < own) {
      for (const report of this.reports.values()) if (report.seq > newest.seq) report.delivered = false;
      return;
    }
    const { book } = this.inner;
    if (book.size < newest.bookSize) return;
    const { size } = book;
    const { state } = foldBook(this.inner.parsed, rulesFrom(this.hub.db.state.campaigns));
    const seq = newest.seq + 1;
    const jws = await signStatement(this.inner.signer, "demand-report+jwt", {
      iss: this.origin,
      aud: this.hub.origin,
      iat: this.clock(),
      v: 1,
      seq,
      prev: newest.leaf,
      book: await book.checkpoint(),
      profile: { name: this.origin, region: "NL", languages: ["nl"], members: 10 },
      totals: reportTotals(state),
    });
    yield; // signed, not stored: nobody has seen it and nobody will
    if (this.reports.has(seq)) return;
    this.reports.set(seq, { seq, leaf: statementLeaf(jws), jws, delivered: false, receipt: null });
    this.said = size;
    yield; // stored, not sent
    this.net.send(this.origin, HUB, jws);
  }

  async *hear(body: string): Task {
    const answer = read(body);
    const report = answer?.seq === undefined ? undefined : this.reports.get(answer.seq);
    if (answer === null || report === undefined) return;
    if (answer.status !== 200 && answer.status !== 202) return;
    const opened = await openPromise("entry-receipt+jwt", answer.receipt ?? "", this.hub.db.signer.publicJwk);
    const isKept = opened.ok && opened.value.leaf === report.leaf && opened.value.node === this.origin;
    yield; // read, not stored
    report.delivered = true;
    if (isKept) report.receipt = answer.receipt ?? null;
  }

  crash(): void {
    this.checked = false;
  }

  backUp(): void {
    const { reports, said, day } = this;
    if (this.aside === null)
      this.backups.push({ size: this.inner.book.size, reports: structuredClone(reports), said, day });
  }

  /** Backups that would lose something. */
  get older(): Backup[] {
    return this.backups.filter(({ size }) => size < this.inner.book.size);
  }

  /** Whether the hub knows all that this database could lose. */
  get isReported(): boolean {
    const { seq, bookSize } = this.hub.newestOf(this.origin);
    return bookSize === this.inner.book.size && seq === Math.max(0, ...this.reports.keys());
  }

  restore(at: number): void {
    const { book, parsed } = this.inner;
    const { reports, said, day } = this;
    this.aside = { entries: [...book.entries], parsed: [...parsed], reports, said, day };
    const backup = this.older[at % this.older.length]!;
    book.entries.splice(backup.size);
    parsed.splice(backup.size);
    Object.assign(this, { reports: structuredClone(backup.reports), said: backup.said, day: backup.day });
    this.checked = false;
  }

  bringBack(): void {
    if (this.aside === null) return;
    const { entries, parsed, ...rest } = this.aside;
    this.inner.book.entries.splice(0, Number.POSITIVE_INFINITY, ...entries);
    this.inner.parsed.splice(0, Number.POSITIVE_INFINITY, ...parsed);
    Object.assign(this, rest);
    this.aside = null;
    this.checked = false;
  }

  /** Nothing is written to a book that may be an old one. */
  #guard(): boolean {
    if (this.checked) return true;
    if (!this.net.reaches(this.origin, HUB)) return false;
    this.checked = this.hub.newestOf(this.origin).bookSize <= this.inner.book.size;
    return this.checked;
  }
}

function read(body: string): Answer | null {
  try {
    return JSON.parse(body) as Answer;
  } catch {
    return null;
  }
}
