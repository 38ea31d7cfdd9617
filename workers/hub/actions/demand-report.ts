/**
 * Reports, and new books, into the log (docs/protocol.md §3, §4): any number in one batch, each with its own answer. Signatures are
 * verified once, before and beside the database; everything that depends on the log is decided on the head the
 * batch is built on, in the order of arrival.
 */
import type { ParsedStatement } from "../../../shared/signing/statement.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { type OwnClaims, acceptReport, compareSameSeq, openBookCheckpoint } from "../../../shared/network/accept.ts";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { bookKeysOf } from "../../../shared/network/keys.ts";
import { currentGeneration } from "../../../shared/network/resets.ts";
import type { Community } from "../../../shared/network/state.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { MAX_STATEMENT_BYTES, type Statement } from "../../../shared/protocol/statement.ts";
import { type Result, fail, ok } from "../../../shared/result.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { jsonParameter } from "../../lib/d1.ts";
import type { ProblemExtra } from "../../lib/problem.ts";
import { type DecidedEntry, commit } from "../commit.ts";
import type { Hub } from "../hub.ts";
import type { View } from "../view.ts";
import { isOwnEntry } from "../view-writes.ts";

export interface Accepted {
  leaf: string;
  node: string;
  seq: number;
  index: number;
  /** log time at which it was taken in */
  received: number;
  /** false when it was in the log before */
  isNew: boolean;
}
export interface Refusal {
  code: ProblemCode;
  extra: ProblemExtra;
}
export type Answer = Result<Accepted, Refusal>;

interface Submitted {
  data: string;
  leaf: string;
  kid: string;
  parsed: ParsedStatement["parsed"];
  statement: Extract<Statement, { kind: "demand-report+jwt" | "book-reset+jwt" }>;
  claims: OwnClaims;
}

type Parsed = Result<Submitted, Refusal>;

export interface Ingested {
  answers: Answer[];
  /** communities whose own key signed a report that does not follow the last one: something was missed */
  gaps: string[];
  /** two statements of one community under one number, both under its key */
  equivocations: { iss: string; statements: [string, string] }[];
}

export async function ingestReports(
  hub: Hub,
  texts: readonly string[],
  options: { intervalS: number },
): Promise<Ingested> {
  const parsed = texts.map(parseReport);
  const reports = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  if (reports.length === 0) return { answers: parsed.filter((one) => !one.ok), gaps: [], equivocations: [] };
  const verified = new Map<Submitted, Promise<Fault | null>>();
  const { value } = await commit<Ingested>(hub, {
    needs: {
      issuers: [...new Set(reports.map(({ claims }) => claims.iss))],
      // what a community counted goes with the book it came from
      communities: reports.flatMap(({ statement: { kind, claims } }) =>
        kind === "book-reset+jwt" ? [claims.iss] : [],
      ),
    },
    reads: [sameSeqQuery(hub.db, reports)],
    decide: async ({ view, next, iat, results }) => {
      const faults = await Promise.all(
        reports.map(async (report) => {
          const known = verified.get(report) ?? verify(report, view.state.communities.get(report.claims.iss));
          verified.set(report, known);
          return [report, await known] as const;
        }),
      );
      const desk: Desk = {
        hub,
        view,
        intervalS: options.intervalS,
        received: iat,
        faults: new Map(faults),
        taken: takenOf(results[0]),
        ends: new Map(),
        next,
        entries: [],
        gaps: new Set(),
        begun: new Set(),
        equivocations: [],
      };
      const answers = parsed.map((one) => (one.ok ? decide(desk, one.value) : one));
      return { entries: desk.entries, value: { answers, gaps: [...desk.gaps], equivocations: desk.equivocations } };
    },
  });
  return value;
}

function parseReport(data: string): Parsed {
  if (data.length > MAX_STATEMENT_BYTES) return refuse("statement-too-large");
  const statement = parseStatement(data);
  if (!statement.ok) return refuse(statement.error);
  const { leaf, kid, parsed, statement: entry } = statement.value;
  if (!isOwnEntry(entry)) return refuse("statement-not-accepted");
  return ok({ data, leaf, kid, parsed, statement: entry, claims: entry.claims });
}

/** What does not depend on the log's end: the key, the signature, the book's checkpoint. In the order they are told. */
async function verify(report: Submitted, community: Community | undefined): Promise<Fault | null> {
  if (community === undefined || community.status === "joined") return "issuer-unknown";
  // Before the keys are asked: whoever holds the old one should hear that it waits, not that it is wrong.
  if (community.keys.pending !== null) return "issuer-frozen";
  if (report.kid !== thumbprint(community.report_jwk)) return "kid-unknown";
  const isSigned = await verifyJws(report.parsed, community.report_jwk);
  if (!isSigned) return "signature-invalid";
  const { book, note } = checkpointIn(community, report.statement);
  if (await verifyBook(book, community.book_vkey, note)) return null;
  for (const vkey of bookKeysOf(community).slice(1)) if (await verifyBook(book, vkey, note)) return SIGNED_BEFORE;
  return "book-checkpoint-invalid";
}

/** No fault of the first report after a change of the book key; of any later one `book-checkpoint-invalid`. */
const SIGNED_BEFORE = "book-signed-before";
type Fault = ProblemCode | typeof SIGNED_BEFORE;

/** Checkpoints that verified: a book without news is reported, and a report retried, with the same note. */
const MAX_KNOWN_NOTES = 512;
const knownNotes = new Set<string>();

/** The checkpoint in a report is of the book that the community is in, and that of a new book of the one it names. */
function checkpointIn(community: Community, { kind, claims }: Submitted["statement"]): { book: string; note: string } {
  const { origin } = community;
  return kind === "demand-report+jwt"
    ? { book: bookOrigin(origin, currentGeneration(community)), note: claims.book }
    : { book: bookOrigin(origin, claims.book.generation), note: claims.book.checkpoint };
}

async function verifyBook(book: string, vkey: string, note: string): Promise<boolean> {
  const name = `${book}\n${vkey}\n${note}`;
  if (knownNotes.has(name)) return true;
  const opened = await openBookCheckpoint(book, [vkey], note);
  if (!opened.ok) return false;
  if (knownNotes.size >= MAX_KNOWN_NOTES) knownNotes.clear();
  knownNotes.add(name);
  return true;
}

interface Taken {
  leaf: string;
  idx: number;
  data: string;
  at: number;
}

/** Everything one batch is decided with, and what it has decided so far. */
interface Desk {
  hub: Hub;
  view: View;
  intervalS: number;
  /** log time of this batch */
  received: number;
  faults: ReadonlyMap<Submitted, Fault | null>;
  /** logged reports, and those of this batch, by issuer and seq */
  taken: Map<string, Taken>;
  /** newest own entry of each issuer, where it is of this batch: the fold has not seen it yet */
  ends: Map<string, Pick<Community, "last_seq" | "last_leaf">>;
  /** index of the next entry */
  next: number;
  entries: DecidedEntry[];
  gaps: Set<string>;
  /** who began a new book in this batch: what follows is judged on the next head, which knows that book */
  begun: Set<string>;
  equivocations: Ingested["equivocations"];
}

function decide(desk: Desk, report: Submitted): Answer {
  const { hub, view, taken } = desk;
  const { claims, leaf, data } = report;
  const place = placeOf(claims.iss, claims.seq);
  const stored = taken.get(place);
  if (stored !== undefined && stored.data === data) return accepted(claims, stored, false);
  const found = desk.faults.get(report) ?? null;
  const isFirst = !desk.ends.has(claims.iss);
  const fault = found === SIGNED_BEFORE ? (isFirst ? null : "book-checkpoint-invalid") : found;
  if (fault !== null && fault !== "book-checkpoint-invalid") return refuse(fault);
  if (stored !== undefined) {
    if (compareSameSeq(stored.data, data) !== "equivocation") return accepted(claims, stored, false);
    desk.equivocations.push({ iss: claims.iss, statements: [stored.data, data] });
    return refuse("equivocation");
  }
  if (desk.begun.has(claims.iss)) return refuse("busy", { retryAfterS: 1 });
  const logged = view.state.communities.get(claims.iss);
  const community = logged && { ...logged, ...desk.ends.get(claims.iss) };
  const now = Math.floor(hub.now() / 1000);
  const lastReceived = view.lastAt.get(claims.iss) ?? 0;
  const verdict = acceptReport({
    claims,
    kid: report.kid,
    community,
    log: hub.config.logOrigin,
    time: { log_time: view.state.log_time, now },
    pace: { last_received: lastReceived === 0 ? null : lastReceived, interval_s: desk.intervalS },
  });
  if (!verdict.ok) {
    if (verdict.error === "too-often") return refuse("too-often", { retryAfterS: lastReceived + desk.intervalS - now });
    if (verdict.error !== "seq-gap" || community === undefined) return refuse(verdict.error);
    if (claims.seq > community.last_seq + 1) desk.gaps.add(claims.iss);
    return refuse("seq-gap", { expected_seq: community.last_seq + 1, last_leaf: community.last_leaf });
  }
  if (fault !== null || community === undefined) return refuse(fault ?? "issuer-unknown");
  const index = desk.next;
  desk.next += 1;
  desk.entries.push({
    entry: { leaf, kind: report.statement.kind, iss: claims.iss, seq: claims.seq, data },
    statement: report.statement,
  });
  if (report.statement.kind === "book-reset+jwt") desk.begun.add(claims.iss);
  const entered = { leaf, idx: index, data, at: desk.received };
  taken.set(place, entered);
  desk.ends.set(claims.iss, { last_seq: claims.seq, last_leaf: leaf });
  view.lastAt.set(claims.iss, now);
  return accepted(claims, entered, true);
}

function accepted({ iss, seq }: Submitted["claims"], { leaf, idx, at }: Taken, isNew: boolean): Answer {
  return ok({ leaf, node: iss, seq, index: idx, received: at, isNew });
}

function refuse(code: ProblemCode, extra: ProblemExtra = {}): { ok: false; error: Refusal } {
  return fail({ code, extra });
}

function placeOf(iss: string, seq: number): string {
  return `${iss} ${String(seq)}`;
}

/** By the primary key (origin, seq) and the primary key of the log: no row is read for a report that is new. */
function sameSeqQuery(db: D1Database, reports: readonly Submitted[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT report.origin, report.seq, report.at, log_entry.idx, log_entry.leaf, log_entry.data FROM json_each(?) AS asked
       CROSS JOIN report ON report.origin = asked.value ->> 0 AND report.seq = asked.value ->> 1
       JOIN log_entry ON log_entry.idx = report.idx`,
    )
    .bind(jsonParameter(reports.map(({ claims }) => [claims.iss, claims.seq])));
}

function takenOf(result: D1Result | undefined): Map<string, Taken> {
  const rows = (result?.results ?? []) as (Taken & { origin: string; seq: number })[];
  return new Map(rows.map(({ origin, seq, leaf, idx, data, at }) => [placeOf(origin, seq), { leaf, idx, data, at }]));
}
