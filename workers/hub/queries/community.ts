/** Communities for the public pages: by origin, with their last and their counted report and the verdicts on both. */
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { currentGeneration, givenUpBefore } from "../../../shared/network/resets.ts";
import type { Community } from "../../../shared/network/state.ts";
import type { CommunityBookView, CommunityDetail, CommunityView } from "../../../shared/protocol/api/network.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { isoTime } from "../../../shared/time.ts";
import { evidenceAgainst, evidenceOf } from "../../lib/evidence/store.ts";
import { headQuery } from "../../lib/log-store.ts";
import type { HubConfig } from "../env.ts";
import { type CommunityRow, communityOf } from "../view-rows.ts";
import { auditSummary } from "./book-audit.ts";
import { type LogRef, logRefOf } from "./campaign.ts";
import { publicStatus } from "./join.ts";
import { pendingOf } from "./keys.ts";

type ReportRef = CommunityDetail["reports"][number];

interface ReportRow {
  idx: number;
  seq: number;
  leaf: string;
  at: number;
  book_size: number;
  ok: number | null;
  code: string | null;
}

interface Row extends CommunityRow {
  last: string | null;
  counted_report: string | null;
}

const REPORT_COLUMNS = "report.idx, report.seq, report.leaf, report.at, report.book_size, verdict.ok, verdict.code";
/** Both by the primary key (origin, seq) and the verdict's primary key: at most four rows a community. */
function reportJson(seq: string): string {
  return `(SELECT json_object('idx', report.idx, 'seq', report.seq, 'leaf', report.leaf, 'at', report.at,
    'book_size', report.book_size, 'ok', verdict.ok, 'code', verdict.code)
    FROM report LEFT JOIN verdict ON verdict.report_idx = report.idx
    WHERE report.origin = community.origin AND report.seq = ${seq})`;
}
const COMMUNITY_SQL = `SELECT community.*, ${reportJson("community.last_seq")} AS last,
  ${reportJson("community.counted ->> '$.seq'")} AS counted_report FROM community`;

export async function communityPage(
  db: D1Database,
  log: string,
  page: { after: string; limit: number },
): Promise<{ communities: CommunityView[]; next: string | null; log: LogRef }> {
  const [heads, rows] = await db.batch([
    headQuery(db),
    db.prepare(`${COMMUNITY_SQL} WHERE origin > ? ORDER BY origin LIMIT ?`).bind(page.after, page.limit + 1),
  ]);
  const found = (rows?.results ?? []) as Row[];
  const shown = found.slice(0, page.limit);
  const next = found.length > page.limit ? (shown.at(-1)?.origin ?? null) : null;
  return { communities: shown.map(communityView), next, log: logRefOf(log, heads?.results ?? []) };
}

const SHOWN_REPORTS = 30;

export async function communityDetail(
  db: D1Database,
  { logOrigin, reportIntervalS, maxBatch }: Pick<HubConfig, "logOrigin" | "reportIntervalS" | "maxBatch">,
  origin: string,
): Promise<CommunityDetail | null> {
  const [heads, rows, reports, words, proofs] = await db.batch([
    headQuery(db),
    db.prepare(`${COMMUNITY_SQL} WHERE origin = ?`).bind(origin),
    db
      .prepare(
        `SELECT ${REPORT_COLUMNS} FROM report LEFT JOIN verdict ON verdict.report_idx = report.idx
         WHERE report.origin = ? ORDER BY report.seq DESC LIMIT ?`,
      )
      .bind(origin, SHOWN_REPORTS),
    db
      .prepare(
        `SELECT witness_vkey AS vkey, cosigner.size, cosigner.at, cosigner.line, cosigner.error FROM community
         LEFT JOIN cosigner ON cosigner.vkey = witness_vkey WHERE origin = ? AND witness_vkey IS NOT NULL`,
      )
      .bind(origin),
    evidenceAgainst(db, origin),
  ]);
  const row = rows?.results[0] as Row | undefined;
  if (row === undefined) return null;
  const community = communityOf(row);
  return {
    ...communityView(row),
    reports: ((reports?.results ?? []) as ReportRow[]).map((report) => reportRef(report, community)),
    audits: auditSummary(community.audits),
    book: bookView(community),
    quota: { report_interval_s: reportIntervalS, entries: maxBatch },
    witness: witnessOf((words?.results[0] as WitnessRow | undefined) ?? null),
    evidence: evidenceOf(proofs),
    log: logRefOf(logOrigin, heads?.results ?? []),
  };
}

interface WitnessRow {
  vkey: string;
  size: number | null;
  /** Unix seconds */
  at: number | null;
  line: string | null;
  error: string | null;
}

function witnessOf(row: WitnessRow | null): CommunityDetail["witness"] {
  if (row === null) return null;
  const { vkey, size, at, line, error } = row;
  if (line === null || at === null) return { vkey, size: null, at: null, error };
  return { vkey, size, at: isoTime(at), error };
}

function communityView(row: Row): CommunityView {
  const community = communityOf(row);
  const { profile, counted } = community;
  const counts = community.status === "admitted" && counted?.fresh === true;
  const totals = counts ? counted.totals : [];
  return {
    origin: community.origin,
    url: community.join.url,
    name: profile.name,
    region: profile.region,
    languages: profile.languages,
    members_declared: profile.members,
    status: publicStatus(community.status),
    reason: community.reason,
    since: community.since === null ? null : isoTime(community.since),
    fresh: counted?.fresh ?? false,
    pledges: totals.reduce((sum, { pledges }) => sum + pledges, 0),
    campaigns: totals.length,
    last_report: row.last === null ? null : reportRef(JSON.parse(row.last) as ReportRow, community),
    counted: row.counted_report === null ? null : reportRef(JSON.parse(row.counted_report) as ReportRow, community),
    join_leaf: community.join.leaf,
    report_kid: thumbprint(community.report_jwk),
    book_vkey: community.book_vkey,
    ...(community.keys.pending !== null && { frozen: pendingOf(community.keys.pending) }),
  };
}

function bookView(community: Community): CommunityBookView {
  const generation = currentGeneration(community);
  const resets = (community.book?.resets ?? []).toReversed();
  return {
    origin: bookOrigin(community.origin, generation),
    generation,
    resets: resets.map(({ generation: number, index, leaf, at, reason, lost }) => ({
      generation: number,
      index,
      leaf,
      at: isoTime(at),
      reason,
      lost,
    })),
  };
}

/** What has no verdict is being checked, or is no report, or is about a book that was given up since. */
function unjudged(idx: number, community: Community): ReportRef["verdict"] {
  if (community.book?.resets.some(({ index }) => index === idx) === true) return "reset";
  return idx < givenUpBefore(community) ? "void" : "pending";
}

function reportRef(row: ReportRow, community: Community): ReportRef {
  return {
    seq: row.seq,
    index: row.idx,
    leaf: row.leaf,
    at: isoTime(row.at),
    verdict: row.ok === null ? unjudged(row.idx, community) : row.ok === 1 ? "ok" : "failed",
    code: row.code,
    book_size: row.book_size,
  };
}
