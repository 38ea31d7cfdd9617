/**
 * The hub's mirror of the communities' books, made again: each book as the other hub keeps it, read in the steps in which
 * that hub has judged it, with the campaigns and closings of that moment.
 */
import { type Bytes, equal } from "../../shared/bytes.ts";
import type { Verdict } from "../../shared/book/judge.ts";
import type { RulesOf } from "../../shared/book/state.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { emptyFrontier, extendFrontier, frontierRoot } from "../../shared/log/merkle.ts";
import { parseNote } from "../../shared/log/note.ts";
import { bookOrigin, mirrorPath } from "../../shared/network/book-origin.ts";
import { rulesFrom } from "../../shared/network/book-rules.ts";
import type { LogItem } from "../../shared/network/fold.ts";
import { currentGeneration, currentReset } from "../../shared/network/resets.ts";
import type { NetworkState } from "../../shared/network/state.ts";
import { MAX_BOOK_ENTRY_BYTES } from "../../shared/protocol/book-entry.ts";
import { fetchIfThere, fetchText } from "../../shared/verify/fetch.ts";
import type { Source } from "../../shared/verify/source.ts";
import { type Log, MAX_NOTE_BYTES, openNote, readLog } from "../../shared/verify/tlog.ts";
import {
  type Mirror,
  type Target,
  applySlice,
  emptyMirror,
  keptAfter,
  mirrorName,
  parseSlice,
  verifiedAfter,
} from "../../workers/hub/mirror.ts";
import { mirrorWrites } from "../../workers/hub/queries/mirror.ts";
import type { LocalDatabase } from "../network/migrations.ts";

interface Book {
  node: string;
  generation: number;
  /** root of its genesis, where it was logged as begun */
  begun: { root: string } | null;
  /** by leaf, in log order */
  reports: Map<string, Judged>;
}

interface Judged {
  index: number;
  note: string;
  /** the book key current there */
  vkey: string;
  verdict: { index: number; said: Verdict } | null;
}

const SLICE = 2000;
/** Verdicts about entries that the hub has read and must keep. */
const READ = new Set<string>(["totals-mismatch", "book-entry-invalid", "book-genesis"]);

export class BookCopy {
  readonly #db: LocalDatabase;
  readonly #source: Source;
  /** by name of the mirror; across a fork too, because the hub's reading of a book goes on */
  readonly #books = new Map<string, Book>();

  constructor(db: LocalDatabase, source: Source) {
    this.#db = db;
    this.#source = source;
  }

  add({ index, leaf, statement: { kind, claims } }: LogItem, { communities }: NetworkState): void {
    if (kind === "demand-report+jwt") {
      const vkey = communities.get(claims.iss)?.book_vkey ?? "";
      this.#bookOf(claims.iss, communities).reports.set(leaf, { index, note: claims.book, vkey, verdict: null });
    } else if (kind === "report-check+jwt") {
      const report = this.#bookOf(claims.node, communities).reports.get(claims.report);
      const { ok, code, index: bad } = claims;
      const said: Verdict =
        ok || code === undefined ? { ok: true } : { ok, code, ...(bad !== undefined && { index: bad }) };
      if (report !== undefined) report.verdict = { index, said };
    }
  }

  /** The book that a community is in now. */
  #bookOf(node: string, communities: NetworkState["communities"]): Book {
    const community = communities.get(node) ?? { book: null };
    const generation = currentGeneration(community);
    const name = mirrorName(node, generation);
    const known = this.#books.get(name);
    if (known !== undefined) return known;
    const book = { node, generation, begun: currentReset(community), reports: new Map<string, Judged>() };
    this.#books.set(name, book);
    return book;
  }

  /** Answers how many books were kept. `state` is that of the whole log. */
  async write(state: NetworkState, onProgress: (done: number, total: number) => void): Promise<number> {
    let [done, kept] = [0, 0];
    for (const book of this.#books.values()) {
      onProgress((done += 1), this.#books.size);
      if (await this.#writeBook(book, state)) kept += 1;
    }
    return kept;
  }

  async #writeBook({ node, generation, begun, reports: judged }: Book, state: NetworkState): Promise<boolean> {
    const reports = [...judged.values()];
    const prefix = mirrorPath(node, generation);
    if ((await fetchIfThere(this.#source, `${prefix}/checkpoint`, MAX_NOTE_BYTES)) === null) return false;
    const note = await fetchText(this.#source, `${prefix}/checkpoint`, MAX_NOTE_BYTES);
    // the mirror of a hub that goes on may be ahead of the log that was read: then under the newest key
    const vkey = (reports.find((one) => one.note === note) ?? reports.at(-1))?.vkey ?? "";
    const log: Log = {
      source: this.#source,
      prefix,
      vkey,
      origin: bookOrigin(node, generation),
      maxEntryBytes: MAX_BOOK_ENTRY_BYTES,
    };
    const entries: Bytes[] = [];
    const leaves: Bytes[] = [];
    for await (const chunk of readLog(log, await openNote(log, note))) {
      entries.push(...chunk.entries);
      leaves.push(...chunk.leaves);
    }
    const mirror = emptyMirror(mirrorName(node, generation), begun);
    for (const { target, verdict } of targetsOf(reports, leaves)) {
      if (target.size >= mirror.frontier.size)
        await this.#readTo(mirror, target, {
          book: entries,
          verdict: verdict.said,
          rulesOf: rulesBefore(state, verdict.index),
        });
    }
    return mirror.kept !== null;
  }

  async #readTo(
    mirror: Mirror,
    target: Target,
    { book, verdict, rulesOf }: { book: readonly Bytes[]; verdict: Verdict; rulesOf: RulesOf },
  ): Promise<void> {
    for (let isRead = false; !isRead;) {
      const { origin, generation, frontier } = mirror;
      const from = { origin, generation, size: frontier.size };
      const data = book.slice(frontier.size, Math.min(target.size, frontier.size + SLICE));
      const slice = parseSlice(mirror, data);
      const touched = applySlice(mirror, slice, rulesOf);
      isRead = mirror.frontier.size === target.size;
      if (isRead) {
        mirror.verified = verifiedAfter(mirror, target, verdict);
        mirror.kept = keptAfter(mirror, target, verdict);
      }
      const change = { from, mirror, restarted: false, touched, bundles: slice.bundles, moved: false };
      await this.#db.batch(mirrorWrites(this.#db, [change]));
    }
  }
}

/** What the hub has judged of this very book, in the order in which it did. */
function targetsOf(reports: readonly Judged[], leaves: readonly Bytes[]) {
  const wanted = reports
    .flatMap(({ index, note, verdict }) => {
      const head = headOf(note);
      if (verdict === null || head === null || !(verdict.said.ok || READ.has(verdict.said.code))) return [];
      return [{ verdict, target: { index, note, size: head.size, root: head.root, told: { totals: [] } } }];
    })
    .sort((a, b) => a.verdict.index - b.verdict.index);
  const roots = new Map(wanted.map(({ target }): [number, Bytes | null] => [target.size, null]));
  let frontier = emptyFrontier();
  for (const leaf of leaves) {
    frontier = extendFrontier(frontier, [leaf]);
    if (roots.has(frontier.size)) roots.set(frontier.size, frontierRoot(frontier));
  }
  return wanted.filter(({ target }) => {
    const root = roots.get(target.size) ?? null;
    return root !== null && equal(root, target.root);
  });
}

function headOf(note: string) {
  const parsed = parseNote(note);
  const checkpoint = parsed === null ? null : parseCheckpoint(parsed.text);
  return checkpoint?.ok === true ? checkpoint.value : null;
}

/** A verdict is formed with what was logged before its own index. */
function rulesBefore({ campaigns }: NetworkState, index: number): RulesOf {
  const rules = rulesFrom(campaigns);
  return (id) => {
    const campaign = campaigns.get(id);
    if (campaign === undefined || campaign.index >= index) return undefined;
    const known = rules(id);
    const isClosed = campaign.closing !== null && campaign.closing.index < index;
    return known === undefined || isClosed ? known : { ...known, closing: null };
  };
}
