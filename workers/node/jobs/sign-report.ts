/**
 * The node's complete, current demand as one signed report (docs/protocol.md §3). Stored under UNIQUE(hub, seq)
 * before it is sent, and signed only after the hub has said which statement of this node is its newest: a node
 * restored from a backup neither repeats a number nor reports a book that shrank.
 */
import { reportTotals } from "../../../shared/book/totals.ts";
import type { Tally } from "../../../shared/book/state.ts";
import { communityStanding } from "../../../shared/protocol/api/network.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import type { Ed25519Signer } from "../../../shared/signing/ed25519.ts";
import { isConflict, rowsOf } from "../../lib/d1.ts";
import { checkpointOf } from "../../lib/log-read.ts";
import { headOf, headQuery, type LogHead } from "../../lib/log-store.ts";
import type { NodeContext } from "../context.ts";
import { reportSigner } from "../keys.ts";
import { communityQuery, memberCountQuery, profileOf } from "../queries/community.ts";
import { feedbackQuery, withFeedback } from "../queries/feedback.ts";
import type { HubRow } from "../queries/hub.ts";
import { numberOf } from "../queries/rows.ts";
import { tallyOfRow, type TallyRow } from "../queries/tally.ts";
import { seconds } from "../time.ts";
import { fitReport } from "./fit-report.ts";
import { isOwnReport } from "./own-report.ts";

export interface StoredReport {
  seq: number;
  leaf: string;
  jws: string;
}
/**
 * `lost-race`: another invocation stored this number first. `expected`: the hub lost reports that are stored here.
 * `report-unproven`: what the hub calls the newest is not shown to be this community's. `report-lost`: the hub lost one
 * that is not stored here either; its number was said before and must not be said otherwise.
 */
export type SignRefusal =
  | "hub-unreachable"
  | "book-behind"
  | "profile-missing"
  | "issuer-frozen"
  | "key-missing"
  | "report-unproven"
  | "report-lost"
  | "lost-race"
  | { expected: number };

interface Newest {
  seq: number;
  leaf: string;
  bookSize: number;
  /** of its book, as the hub's log has it */
  generation: number;
  /** thumbprint of the report key that its log holds as current */
  kid: string | null;
  /** a recovery of this node's keys waits */
  frozen: boolean;
}

/** What the hub holds of this node; its own word, taken only to avoid signing one number twice. */
export async function newestAtHub({ peer, config }: NodeContext, hub: HubRow): Promise<Newest | null> {
  const address = `${hub.url}/api/communities/${encodeURIComponent(config.origin)}`;
  const found = await peer.getJson(address, communityStanding);
  if (!found.ok) return null;
  const { last_report: last, report_kid: kid, frozen, book } = found.value;
  const keys = { kid, frozen: frozen !== undefined, generation: book?.generation ?? 1 };
  return last === null
    ? { seq: 0, leaf: hub.join_leaf, bookSize: 0, ...keys }
    : { seq: last.seq, leaf: last.leaf, bookSize: last.book_size, ...keys };
}

export async function signReport(context: NodeContext, hub: HubRow): Promise<Result<StoredReport, SignRefusal>> {
  const { db, config, now } = context;
  const newest = await newestAtHub(context, hub);
  if (newest === null) return fail("hub-unreachable");
  if (newest.seq < hub.last_seq) return fail({ expected: newest.seq + 1 });
  if (newest.frozen) return fail("issuer-frozen");
  const key = await reportSigner(config, newest.kid);
  if (key === null) return fail("key-missing");

  const [head, profileRows, countRows, tallyRows, outboxRows, feedbackRows, ownRows, begunRows] = await db.batch([
    headQuery(db),
    communityQuery(db),
    memberCountQuery(db),
    db
      .prepare("SELECT t.* FROM campaign c JOIN tally t ON t.campaign = c.id WHERE c.hub = ? ORDER BY c.idx DESC")
      .bind(hub.origin),
    db.prepare("SELECT rev FROM outbox WHERE hub = ?").bind(hub.origin),
    feedbackQuery(db),
    db
      .prepare("SELECT max(seq) AS highest, max(CASE WHEN seq = ?2 THEN leaf END) AS leaf FROM report WHERE hub = ?1")
      .bind(hub.origin, newest.seq),
    begunQuery(db),
  ]);
  const own = rowsOf<{ highest: number | null; leaf: string | null }>(ownRows)[0];
  const stored = newest.seq === 0 ? hub.join_leaf : (own?.leaf ?? null);
  if (stored !== newest.leaf && (newest.seq === 0 || !(await isOwnReport(context, hub, newest)))) {
    return fail("report-unproven");
  }
  // A number is signed once. The highest ever stored was: whatever is missing below it was said too.
  if (newest.seq < (own?.highest ?? 0)) return fail("report-lost");
  const book = headOf(head?.results ?? []);
  if (book.log < newest.generation) return fail("book-behind");
  if (book.log > newest.generation) {
    const begun = rowsOf<BegunRow>(begunRows)[0];
    if (begun === undefined) throw new Error("a later book without its beginning");
    return await signNewBook(context, hub, { newest, key, book, begun });
  }
  if (book.size < newest.bookSize) return fail("book-behind");
  const profile = profileOf(profileRows?.results ?? [], countRows?.results ?? []);
  if (profile === null) return fail("profile-missing");
  const rows = (tallyRows?.results ?? []) as (TallyRow & { campaign: string })[];
  const tallies = new Map<string, Tally>(rows.map((row) => [row.campaign, tallyOfRow(row)]));

  const at = now();
  const claims = {
    iss: config.origin,
    aud: hub.origin,
    iat: seconds(at),
    v: 1 as const,
    seq: newest.seq + 1,
    prev: newest.leaf,
    book: await checkpointOf(book, config.book),
    profile,
  };
  const totals = withFeedback(reportTotals({ tallies }), feedbackRows?.results ?? []);
  const jws = await signStatement(key, "demand-report+jwt", fitReport(claims, totals, [...tallies.keys()]));
  const rev = numberOf(outboxRows?.results, "rev");
  return await store(db, hub, { seq: newest.seq + 1, leaf: statementLeaf(jws), jws }, { size: book.size, at }, [
    // What changed while this was being signed is not in it, so it stays to be said.
    db.prepare("UPDATE outbox SET dirty_since = NULL WHERE hub = ? AND rev = ?").bind(hub.origin, rev),
  ]);
}

interface BegunRow {
  reason: string;
  /** leaf of the genesis */
  leaf: string;
}

function begunQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(
    `SELECT reason, (SELECT leaf FROM log_entry WHERE idx = 0) AS leaf FROM book_reset ORDER BY generation DESC LIMIT 1`,
  );
}

/** Before anything is reported of a new book, each hub is told that it has begun. What there is to report is said after it. */
async function signNewBook(
  { db, config, now }: NodeContext,
  hub: HubRow,
  about: { newest: Newest; key: Ed25519Signer; book: LogHead; begun: BegunRow },
): Promise<Result<StoredReport, SignRefusal>> {
  const { newest, key, book, begun } = about;
  const at = now();
  const genesis = { log: book.log, size: 1, root: fromBase64url(begun.leaf), at: book.at };
  const jws = await signStatement(key, "book-reset+jwt", {
    iss: config.origin,
    aud: hub.origin,
    iat: seconds(at),
    v: 1,
    seq: newest.seq + 1,
    prev: newest.leaf,
    book: {
      origin: bookOrigin(config.origin, book.log),
      generation: book.log,
      checkpoint: await checkpointOf(genesis, config.book),
    },
    reason: begun.reason,
  });
  return await store(db, hub, { seq: newest.seq + 1, leaf: statementLeaf(jws), jws }, { size: 0, at }, []);
}

async function store(
  db: D1Database,
  hub: HubRow,
  report: StoredReport,
  { size, at }: { size: number; at: number },
  also: D1PreparedStatement[],
): Promise<Result<StoredReport, SignRefusal>> {
  try {
    await db.batch([
      db
        .prepare("INSERT INTO report (hub, seq, leaf, jws, book_size, iat) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(hub.origin, report.seq, report.leaf, report.jws, size, at),
      ...also,
    ]);
  } catch (error) {
    if (isConflict(error, "report.")) return fail("lost-race");
    throw error;
  }
  return ok(report);
}

/**
 * A stored report that the hub has not logged, under the key that is current there now. The payload stays what it is, so
 * that even somebody who holds both has only one statement of this number. Null where there is no other key to sign with,
 * or where the report after it names it as it is: then the change of keys has to be in the log before it (mayChangeKeys).
 * It takes the stored one's place once the hub has taken it: until then the same key makes the same bytes again.
 */
export async function resignReport(
  context: NodeContext,
  hub: HubRow,
  stored: StoredReport,
): Promise<StoredReport | null> {
  const newest = await newestAtHub(context, hub);
  const parsed = parseJws(stored.jws);
  if (newest === null || newest.kid === null || !parsed.ok || parsed.value.kid === newest.kid) return null;
  const next = await context.db
    .prepare("SELECT jws FROM report WHERE hub = ? AND seq = ?")
    .bind(hub.origin, stored.seq + 1)
    .first<string>("jws");
  if (next !== null && prevOf(next) === stored.leaf) return null;
  const key = await reportSigner(context.config, newest.kid);
  if (key === null) return null;
  const jws = await signJws(key, parsed.value.typ, parsed.value.claims);
  return { seq: stored.seq, leaf: statementLeaf(jws), jws };
}

function prevOf(jws: string): string | null {
  const parsed = parseStatement(jws);
  if (!parsed.ok) return null;
  const { claims } = parsed.value.statement;
  return "prev" in claims ? (claims.prev ?? null) : null;
}
