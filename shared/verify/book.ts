/**
 * Verifies one community's pledge book (docs/protocol.md §10, step 5): read from the node, held against every
 * checkpoint its reports carried, refolded, and every verdict of the hub repeated with the campaigns logged by then.
 */
import { rhoOf } from "../audit/beacon.ts";
import { type LotTerms, ballotsOf, drawLot, lotHash } from "../audit/lot.ts";
import { type Bytes, equal, sha256url } from "../bytes.ts";
import { type BookReading, type Verdict, emptyReading, judgeReport } from "../book/judge.ts";
import type { CampaignRules, RulesOf } from "../book/state.ts";
import { type Telling, provableTotals, tellingOf, toldTotals } from "../book/totals.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { type Frontier, emptyFrontier, extendFrontier, frontierRoot, leafHash } from "../log/merkle.ts";
import { bookOrigin, bookPath, generationOf, mirrorPath } from "../network/book-origin.ts";
import { bookKeysBefore } from "../network/keys.ts";
import type { Community, NetworkState } from "../network/state.ts";
import { MAX_BOOK_ENTRY_BYTES } from "../protocol/book-entry.ts";
import type { CampaignTotals, Claims } from "../protocol/statement.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { fetchIfThere, fetchText } from "./fetch.ts";
import { EXIT, Fault, counted } from "./report.ts";
import { type Source, TooLarge, Unreachable } from "./source.ts";
import type { LoggedStatement } from "./statements.ts";
import { type Chunk, Heads, type Log, MAX_NOTE_BYTES, fetchCheckpoint, openNote, readLog } from "./tlog.ts";

/** Where a node's book is read from: its own address, or wherever the reader of this report chooses. */
export type BookSource = (node: { origin: string; url: string }) => Source;

export interface JournalReport {
  leaf: string;
  index: number;
  note: string;
  /** book keys that may have signed the checkpoint there (`bookKeysOf`), the current one first */
  vkeys: readonly [string, ...string[]];
  /** of what the book can prove */
  totals_sha256: string;
  /** in which form it tells them */
  telling: Telling;
  verdict: { index: number; said: Verdict } | null;
  /** what was drawn from its book */
  audits: readonly { index: number; claims: Claims<"audit+jwt"> }[];
}
/** Shared by all reports of which there is nothing to say: a log has many. */
const NO_AUDITS: JournalReport["audits"] = [];

/** One book of a community: it has more than one where it began anew after a loss. */
export interface JournalNode {
  origin: string;
  generation: number;
  /** a later book has taken its place */
  isOver: boolean;
  /** the entry by which it began; null: it was there at the join */
  begun: Pick<JournalReport, "index" | "note" | "vkeys"> | null;
  url: string;
  vkey: string;
  status: Community["status"];
  /** index of its newest report, or of its join */
  newest: number;
  /** by leaf, in log order */
  reports: Map<string, JournalReport>;
}

/** What a check of this book is about: its community, or the book where it was given up. */
export function subjectOf({ origin, generation, isOver }: JournalNode): string {
  return isOver ? bookOrigin(origin, generation) : origin;
}

/** What the log says of each node's book, kept small: one record a report. */
export class BookJournal {
  /** by community, in the order in which they began */
  readonly #books = new Map<string, JournalNode[]>();
  #state: Pick<NetworkState, "communities"> | null = null;
  readonly #campaigns = new Map<string, { index: number; rules: CampaignRules; terms: LotTerms; closed: number }>();

  add({ index, leaf, statement, state }: LoggedStatement): void {
    const { kind, claims } = statement;
    this.#state = state;
    if (kind === "hub-policy+jwt") {
      for (const node of this.#all()) if (node.status !== "joined") node.status = "left";
    } else if (kind === "node-join+jwt") {
      const { iss, url, book } = claims;
      // what a fork's parent logged of the same book stands before it: the hub's reading goes on too
      this.#begin(
        { origin: iss, generation: generationOf(book.checkpoint, iss), url, vkey: book.vkey, begun: null },
        index,
      );
    } else if (kind === "book-reset+jwt") {
      const { url } = this.#current(claims.iss) ?? { url: "" };
      const { generation, checkpoint: note } = claims.book;
      const vkeys = this.#keysOf(claims.iss);
      this.#begin({ origin: claims.iss, generation, url, vkey: vkeys[0], begun: { index, note, vkeys } }, index);
      for (const node of this.#books.get(claims.iss) ?? []) node.status = "admitted";
    } else if (kind === "node-status+jwt") {
      for (const node of this.#books.get(claims.node) ?? [])
        node.status = state.communities.get(claims.node)?.status ?? node.status;
    } else if (kind === "demand-report+jwt") {
      const totals_sha256 = hashOf(provableTotals(claims.totals));
      const telling = tellingOf(claims);
      const report = {
        leaf,
        index,
        note: claims.book,
        vkeys: this.#keysOf(claims.iss),
        totals_sha256,
        telling,
        verdict: null,
        audits: NO_AUDITS,
      };
      const node = this.#current(claims.iss);
      if (node === undefined) return;
      [node.vkey] = report.vkeys;
      node.newest = index;
      node.reports.set(leaf, report);
    } else if (kind === "report-check+jwt") {
      const report = this.#current(claims.node)?.reports.get(claims.report);
      if (report !== undefined) report.verdict = { index, said: verdictOf(claims) };
    } else if (kind === "campaign+jwt") {
      const rules = { bands: claims.bands_minor.length, max_qty: BigInt(claims.max_qty), closing: null };
      const { currency, reference_price_minor, bands_minor } = claims;
      const terms = { currency, reference_price_minor, bands_minor };
      this.#campaigns.set(leaf, { index, rules, terms, closed: Number.POSITIVE_INFINITY });
    } else if (kind === "audit+jwt") {
      const report = this.#current(claims.node)?.reports.get(claims.report);
      if (report !== undefined) report.audits = [...report.audits, { index, claims }];
    } else if (kind === "campaign-close+jwt") {
      const campaign = this.#campaigns.get(claims.campaign);
      if (campaign === undefined) return;
      campaign.rules.closing = { leaf, outcome: claims.outcome, band: claims.band };
      campaign.closed = index;
    }
  }

  /** The books of those that were admitted at some time. */
  nodes(): JournalNode[] {
    return this.#all()
      .filter((node) => node.status !== "joined")
      .map((node) => {
        const vkey = node.isOver ? undefined : this.#state?.communities.get(node.origin)?.book_vkey;
        return { ...node, vkey: vkey ?? node.vkey };
      });
  }

  #all(): JournalNode[] {
    return [...this.#books.values()].flat();
  }

  #current(origin: string): JournalNode | undefined {
    return this.#books.get(origin)?.at(-1);
  }

  #begin(book: Pick<JournalNode, "origin" | "generation" | "url" | "vkey" | "begun">, newest: number): void {
    const before = this.#books.get(book.origin) ?? [];
    const same = before.find(({ generation }) => generation === book.generation);
    const others = before.filter((one) => one !== same).map((one) => ({ ...one, isOver: true }));
    const begun = book.begun ?? same?.begun ?? null;
    const reports = same?.reports ?? new Map<string, JournalReport>();
    this.#books.set(book.origin, [...others, { ...book, begun, isOver: false, status: "joined", newest, reports }]);
  }

  /** The book keys that a report may rest on, as of the entry that was added last. */
  #keysOf(origin: string): [string, ...string[]] {
    const community = this.#state?.communities.get(origin);
    if (community === undefined) return [""];
    return [community.book_vkey, ...bookKeysBefore(community.keys, this.#current(origin)?.newest ?? 0)];
  }

  termsOf(campaign: string): LotTerms | undefined {
    return this.#campaigns.get(campaign)?.terms;
  }

  /** The campaigns and closings logged before `index`. */
  rulesBefore(index: number): RulesOf {
    return (id) => {
      const campaign = this.#campaigns.get(id);
      if (campaign === undefined || campaign.index >= index) return undefined;
      return campaign.closed < index ? campaign.rules : { ...campaign.rules, closing: null };
    };
  }
}

/**
 * From the community itself or, when it does not answer with its book, from the hub's mirror: under the same signature,
 * up to the newest entry that a verdict speaks of.
 */
export async function checkBook(node: JournalNode, journal: BookJournal, sourceOf: BookSource, hub: Source) {
  const log: Log = {
    source: sourceOf(node),
    prefix: bookPath(node.generation),
    vkey: node.vkey,
    origin: bookOrigin(node.origin, node.generation),
    maxEntryBytes: MAX_BOOK_ENTRY_BYTES,
  };
  // Whoever lost a book has an older copy of it at best: what was counted of it is at the hub.
  if (node.isOver)
    return (await checkMirror(log, node, journal, hub)) ?? gone(node, "was given up, and nothing of it was kept");
  try {
    return await checkBookAt(log, node, journal, "book");
  } catch (error) {
    if (!isGone(error)) throw error;
    const mirrored = await checkMirror(log, node, journal, hub);
    if (mirrored !== null) return mirrored;
    if (node.status === "left") return gone(node, "has left and its book is no longer served");
    if ([...node.reports.values()].some(({ verdict }) => isAboutBook(verdict))) throw error;
    return gone(node, "does not answer, and nothing of it has been counted yet");
  }
}

/** Null: the hub has no copy, because it has read nothing of this book. */
async function checkMirror(log: Log, node: JournalNode, journal: BookJournal, hub: Source) {
  const mirror: Log = { ...log, source: hub, prefix: mirrorPath(node.origin, node.generation) };
  if ((await fetchIfThere(hub, `${mirror.prefix}/checkpoint`, MAX_NOTE_BYTES)) === null) {
    const read = [...node.reports.values()].find(({ verdict }) => verdict?.said.ok === true);
    if (!node.isOver || read === undefined) return null;
    throw new Fault("mirror-missing", `the hub keeps no copy of ${log.origin}, which it counted at ${read.index}`, {
      index: read.index,
    });
  }
  // A mirror's checkpoint is that of a report, signed by the book key current there.
  const note = await fetchText(hub, `${mirror.prefix}/checkpoint`, MAX_NOTE_BYTES);
  const report = [...node.reports.values()].find((one) => one.note === note);
  const vkey = report === undefined ? log.vkey : (await openReport(log.origin, report)).vkey;
  return await checkBookAt({ ...mirror, vkey }, node, journal, "mirror");
}

function gone({ origin, generation }: JournalNode, why: string) {
  const detail = `${generation === 1 ? origin : bookOrigin(origin, generation)} ${why}`;
  return { value: true, detail, facts: { entries: 0, verdicts: 0 } };
}

/**
 * No answer, or one that nobody has signed: where a community was, a provider's page or another site may answer. What
 * its key has signed speaks for itself.
 */
function isGone(error: unknown): boolean {
  if (error instanceof Unreachable || error instanceof TooLarge) return true;
  return error instanceof Fault && UNSIGNED.has(error.code);
}

const UNSIGNED = new Set(["missing", "unexpected-answer", "not-text", "note-malformed"]);

/** That a book could not be read is said without having read it. */
function isAboutBook(verdict: JournalReport["verdict"]): boolean {
  return verdict !== null && (verdict.said.ok || verdict.said.code !== "book-unavailable");
}

async function checkBookAt(log: Log, node: JournalNode, journal: BookJournal, from: "book" | "mirror") {
  const head = await fetchCheckpoint(log, EXIT.network);
  const opened = await openReports(log.origin, node);
  // A mirror ends where the newest verdict about readable entries does: nothing can be repeated beyond it.
  const reports =
    from === "book"
      ? opened
      : opened.filter(({ report: { verdict }, head: reported }) => isCovered(verdict, reported, head));
  const heads = new Heads(log);
  heads.see(head);
  for (const { report, head: reported } of reports) {
    if (reported.size > head.size && report.verdict?.said.ok !== false) {
      throw new Fault("book-shrunk", `the book has ${head.size} entries, a report counted ${reported.size}`, {
        index: report.index,
      });
    }
    if (report.verdict?.said.ok !== false) heads.see(reported);
  }
  const verdicts = await repeatVerdicts(log, head, node, reports, journal);
  const why = node.isOver ? "a later book has taken its place" : "the community did not answer";
  const where = from === "book" ? "" : `, read from the hub's mirror because ${why}`;
  return {
    value: true,
    detail: `${counted(head.size, "entry", "entries")} of ${log.origin} under its signed root${where}; ${counted(verdicts, "verdict", "verdicts")} of the hub repeated`,
    facts: { entries: head.size, reports: reports.length, verdicts, source: from },
  };
}

/** A verdict that says a book was readable promises its entries in the mirror. */
function isCovered(verdict: JournalReport["verdict"], reported: Checkpoint, head: Checkpoint): boolean {
  return verdict !== null && (verdict.said.ok || reported.size <= head.size);
}

interface OpenedReport {
  report: JournalReport;
  head: Checkpoint;
}

/** Every logged report carries a checkpoint by a book key of then, else it should not have been accepted. */
async function openReports(origin: string, node: JournalNode): Promise<OpenedReport[]> {
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
async function repeatVerdicts(
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
      const isEqual = found !== null && hashOf(found) === report.totals_sha256;
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

function verdictOf(claims: {
  ok: boolean;
  code?: Extract<Verdict, { ok: false }>["code"] | undefined;
  index?: number | undefined;
}): Verdict {
  if (claims.ok || claims.code === undefined) return { ok: true };
  return { ok: false, code: claims.code, ...(claims.index !== undefined && { index: claims.index }) };
}

function hashOf(totals: readonly CampaignTotals[]): string {
  return sha256url(canonicalBytes(totals));
}
