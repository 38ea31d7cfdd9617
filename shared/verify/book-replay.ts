/**
 * Repeats the hub's verdicts on one book (docs/protocol.md §3, §8): its entries once, in order, held against every checkpoint that the
 * reports carried, refolded, and each verdict and lot made again with the campaigns logged by then.
 */
import { rhoOf } from "../audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../audit/lot.ts";
import { type Bytes, equal } from "../bytes.ts";
import { type BookReading, type Verdict, emptyReading, judgeReport } from "../book/judge.ts";
import type { RulesOf } from "../book/state.ts";
import { toldTotals } from "../book/totals.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { type Frontier, emptyFrontier, extendFrontier, frontierRoot, leafHash } from "../log/merkle.ts";
import { bookOrigin } from "../network/book-origin.ts";
import { EXIT, Fault } from "./report.ts";
import { type Chunk, type Log, openNote, readLog } from "./tlog.ts";
import { type BookJournal, type JournalNode, type JournalReport, totalsHash } from "./book-journal.ts";

/** That a book could not be read is said without having read it. */
export function isAboutBook(verdict: JournalReport["verdict"]): boolean {
  return verdict !== null && (verdict.said.ok || verdict.said.code !== "book-unavailable");
}

export interface OpenedReport {
  report: JournalReport;
  head: Checkpoint;
}

/** Every logged report carries a checkpoint by a book key of then, else it should not have been accepted. */
export async function openReports(origin: string, node: JournalNode): Promise<OpenedReport[]> {
  const opened: OpenedReport[] = [];
  for (const report of node.reports.values()) {
    opened.push({ report, head: (await openReport(origin, report)).head });
  }
  return opened;
}

export async function openReport(
  origin: string,
  { vkeys, note, index }: Pick<JournalReport, "vkeys" | "note" | "index">,
) {
  for (const vkey of vkeys) {
    try {
      return { vkey, head: await openNote({ vkey, origin }, note) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  throw new Fault("book-checkpoint-invalid", `the entry at ${index} has a bad book checkpoint`, { index });
}

/** The head that the new book was logged with: whatever is served as this book continues it. */
async function openGenesis(origin: string, { begun }: JournalNode): Promise<Expected | null> {
  return begun === null ? null : { index: begun.index, head: (await openReport(origin, begun)).head };
}

/** Repeats this community's verdicts on a book at hand. Throws the first fault found. */
export async function repeatOn(node: JournalNode, journal: BookJournal, book: readonly Bytes[]): Promise<void> {
  const origin = bookOrigin(node.origin, node.generation);
  const covered = (await openReports(origin, node)).filter(({ head }) => head.size <= book.length);
  const replay = new Replay(origin, node, covered, await openGenesis(origin, node), journal);
  replay.add({ start: 0, entries: [...book], leaves: book.map((entry) => leafHash(entry)) });
  replay.finish();
}

/** Streams the book once, stopping at each size a report speaks of and at each verdict, in log order. */
export async function repeatVerdicts(
  log: Log,
  head: Checkpoint,
  node: JournalNode,
  reports: readonly OpenedReport[],
  journal: BookJournal,
): Promise<number> {
  const replay = new Replay(log.origin, node, reports, await openGenesis(log.origin, node), journal);
  // Whether the bytes are those that were signed comes first: a fault found on the way is told after that.
  let fault: unknown = null;
  for await (const chunk of readLog(log, head)) {
    if (fault !== null) continue;
    try {
      replay.add(chunk);
    } catch (error) {
      fault = error;
    }
  }
  if (fault !== null) throw fault;
  return replay.finish();
}

/** A signed head that the book as it is served must lead to. */
interface Expected {
  /** of the entry that carries it */
  index: number;
  head: Checkpoint;
}

class Replay {
  readonly #origin: string;
  readonly #node: JournalNode;
  readonly #journal: BookJournal;
  readonly #judged: OpenedReport[];
  /** checkpoints of reports the hub found no fault with: they must be of the book as it is served now */
  readonly #expected = new Map<number, Expected[]>();
  /** the hub has known the first entry since the new book was logged, whatever the first report says */
  readonly #fromGenesis: boolean;
  #position: Frontier = emptyFrontier();
  #reading = emptyReading();
  /** entries from where the reading stands up to the position */
  #data: Bytes[] = [];
  #next = 0;

  constructor(
    origin: string,
    node: JournalNode,
    reports: readonly OpenedReport[],
    genesis: Expected | null,
    journal: BookJournal,
  ) {
    this.#origin = origin;
    this.#node = node;
    this.#journal = journal;
    this.#judged = reports
      .filter(({ report }) => report.verdict !== null)
      .sort((a, b) => (a.report.verdict?.index ?? 0) - (b.report.verdict?.index ?? 0));
    for (const { report, head } of reports) {
      if (report.verdict?.said.ok !== false) this.#expect({ index: report.index, head });
    }
    if (genesis !== null) this.#expect(genesis);
    this.#fromGenesis = genesis !== null;
  }

  #expect(one: Expected): void {
    this.#expected.set(one.head.size, [...(this.#expected.get(one.head.size) ?? []), one]);
  }

  add({ entries, leaves }: Chunk): void {
    for (const [at, entry] of entries.entries()) {
      const leaf = leaves[at];
      if (leaf === undefined) throw new Error("a chunk has a leaf hash for each entry");
      this.#position = extendFrontier(this.#position, [leaf]);
      this.#data.push(entry);
      this.#compareRoots();
    }
    this.#judge(false);
  }

  finish(): number {
    this.#judge(true);
    return this.#judged.length;
  }

  #compareRoots(): void {
    const expected = this.#expected.get(this.#position.size);
    if (expected === undefined) return;
    const root = frontierRoot(this.#position);
    for (const { index, head } of expected) {
      if (equal(head.root, root)) continue;
      throw new Fault(
        "book-fork",
        `${this.#origin} signed another tree of size ${head.size} in the entry at ${index}`,
        {
          index,
          exit: EXIT.splitView,
        },
      );
    }
    if (this.#fromGenesis && this.#position.size === 1) this.#readGenesis();
  }

  #readGenesis(): void {
    const head = { size: 1, root: frontierRoot(this.#position) };
    const { origin } = this.#node;
    const rulesOf: RulesOf = () => undefined;
    const compare = (): Verdict => ({ ok: true });
    this.#reading = judgeReport({ origin, compare, head, reading: this.#reading, data: this.#data, rulesOf }).reading;
    this.#data = this.#data.slice(this.#reading.frontier.size);
  }

  #judge(isEnd: boolean): void {
    for (let each = this.#judged[this.#next]; each !== undefined; each = this.#judged[this.#next]) {
      if (each.head.size > this.#position.size && !isEnd) return;
      this.#reading = repeatVerdict(this.#node, each, this.#reading, this.#data, this.#journal);
      const unread = this.#position.size - this.#reading.state.size;
      this.#data = this.#data.slice(this.#data.length - unread);
      this.#next += 1;
    }
  }
}

function repeatVerdict(
  node: JournalNode,
  { report, head }: OpenedReport,
  reading: BookReading,
  data: readonly Bytes[],
  journal: BookJournal,
): BookReading {
  const { verdict } = report;
  if (verdict === null) return reading;
  const { said } = verdict;
  // That a book could not be read on some day cannot be repeated on another.
  if (!isAboutBook(verdict)) return reading;
  const judged = judgeReport({
    origin: node.origin,
    head,
    reading,
    data,
    rulesOf: journal.rulesBefore(verdict.index),
    compare: (state) => {
      const found = toldTotals(report.telling, state);
      const isEqual = found !== null && totalsHash(found) === report.totals_sha256;
      return isEqual ? { ok: true } : { ok: false, code: "totals-mismatch" };
    },
  });
  requireSame(report, said, judged.verdict);
  for (const audit of report.audits) requireLot(audit, judged.reading, journal);
  return judged.reading;
}

/** The state is that of the audited report's book. */
function requireLot({ index, claims }: JournalReport["audits"][number], { state }: BookReading, journal: BookJournal) {
  const drawn = drawLot({
    report: claims.report,
    rho: rhoOf(claims.beacons),
    samples: claims.samples,
    ballots: ballotsOf(state),
    termsOf: (campaign) => journal.termsOf(campaign),
  });
  if (drawn.length === claims.drawn && lotHash(drawn) === claims.lot) return;
  throw new Fault("audit-lot", `the audit at ${index} names other pledges than its lot draws`, { index });
}

function requireSame(report: JournalReport, said: Verdict, found: Verdict): void {
  const name = (verdict: Verdict) => (verdict.ok ? "ok" : verdict.code);
  const indexOf = (verdict: Verdict) => (verdict.ok ? undefined : verdict.index);
  if (name(said) === name(found) && indexOf(said) === indexOf(found)) return;
  const index = report.verdict?.index ?? report.index;
  throw new Fault("verdict-wrong", `the verdict at ${index} says ${name(said)}, the book says ${name(found)}`, {
    index,
  });
}
