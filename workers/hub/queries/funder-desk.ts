/**
 * A funder's own page: its funds, promises, awards out of its funds, what is to come back, what it said it might give, and the
 * statement of a year. Everything but its intentions is public elsewhere; here it is gathered, and only for itself.
 */
import type { FunderDesk, IntentionList } from "../../../shared/protocol/api/party.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { awardOf } from "../capital-rows.ts";
import { AWARD_SQL, type AwardLine, awardView, scheduleOf } from "./award.ts";
import { logRefOf } from "./campaign.ts";
import { COMMITMENTS_SQL, type CommitmentLine, commitmentView, FUNDS_SQL, type FundLine, fundView } from "./fund.ts";

const LISTED = 200;

export interface IntentionRow {
  id: string;
  funder: string;
  fund: string;
  currency: string;
  amount_minor: number;
  due_on: string | null;
  note: string;
  state: "new" | "recorded" | "declined";
  at: number;
  funder_name: string | null;
  fund_name: string | null;
}

const INTENTION_SQL = `SELECT intention.*, funder.data ->> '$.event.name' AS funder_name, fund.data ->> '$.event.name' AS fund_name
  FROM intention LEFT JOIN funder ON funder.id = intention.funder LEFT JOIN fund ON fund.id = intention.fund`;

/** Eight reads in one round trip. Its funds are found by a scan of the funds, of which there are few. */
export async function funderDeskOf(
  db: D1Database,
  log: string,
  who: { memberId: string; funder: string },
  today: string,
): Promise<FunderDesk | null> {
  const { memberId, funder } = who;
  const own = "SELECT id FROM fund WHERE funder = ?";
  const [heads, names, funds, commitments, awards, emails, intentions, years] = await db.batch([
    headQuery(db),
    db.prepare("SELECT data ->> '$.event.name' AS name FROM funder WHERE id = ?").bind(funder),
    db.prepare(`${FUNDS_SQL} WHERE fund.funder = ? ORDER BY fund.id LIMIT ?`).bind(funder, LISTED),
    db
      .prepare(`${COMMITMENTS_SQL} WHERE commitment.funder = ? ORDER BY commitment.idx DESC LIMIT ?`)
      .bind(funder, LISTED),
    db
      .prepare(`${AWARD_SQL} WHERE award.fund IN (${own}) ORDER BY award.decided_on DESC, award.id DESC LIMIT ?`)
      .bind(funder, LISTED),
    db.prepare("SELECT 1 FROM member_email WHERE member_id = ?").bind(memberId),
    db.prepare(`${INTENTION_SQL} WHERE intention.funder = ? ORDER BY intention.at DESC LIMIT ?`).bind(funder, LISTED),
    yearsQuery(db, funder),
  ]);
  const name = rowsOf<{ name: string }>(names)[0]?.name;
  if (name === undefined) return null;
  const ref = logRefOf(log, heads?.results ?? []);
  const lines = rowsOf<AwardLine>(awards);
  return {
    funder: { id: funder, name },
    email: rowsOf(emails).length > 0,
    funds: rowsOf<FundLine>(funds).map((row) => fundView(row, ref)),
    commitments: rowsOf<CommitmentLine>(commitments).map((row) => commitmentView(row, today)),
    awards: lines.map(awardView),
    due: lines.flatMap((row) => dueOf(row, today)).toSorted((a, b) => (a.due_on < b.due_on ? -1 : 1)),
    intentions: rowsOf<IntentionRow>(intentions).map(intentionView),
    years: rowsOf<{ year: string }>(years).map(({ year }) => Number(year)),
  };
}

function dueOf(row: AwardLine, today: string): FunderDesk["due"] {
  const award = awardOf(row);
  if (award.outstanding === 0n) return [];
  const { id, title, schedule } = award.event;
  return scheduleOf(award, schedule ?? [], today)
    .filter(({ state }) => state === "due" || state === "part" || state === "overdue")
    .map((line) => ({ ...line, award: id, title, currency: award.currency }));
}

function intentionView(row: IntentionRow): FunderDesk["intentions"][number] {
  return {
    id: row.id,
    fund: { id: row.fund, name: row.fund_name ?? row.fund },
    currency: row.currency,
    amount_minor: String(row.amount_minor),
    due_on: row.due_on,
    note: row.note,
    state: row.state,
    at: new Date(row.at).toISOString(),
  };
}

/** By the index on state: what waits first, then the newest of the others. */
export async function intentionsOf(db: D1Database): Promise<IntentionList> {
  const [waiting, settled] = await db.batch([
    db.prepare(`${INTENTION_SQL} WHERE intention.state = 'new' ORDER BY intention.at DESC LIMIT ?`).bind(LISTED),
    db
      .prepare(`${INTENTION_SQL} WHERE intention.state IN ('recorded', 'declined') ORDER BY intention.at DESC LIMIT ?`)
      .bind(LISTED),
  ]);
  const rows = [...rowsOf<IntentionRow>(waiting), ...rowsOf<IntentionRow>(settled)];
  return {
    intentions: rows.map((row) => ({
      ...intentionView(row),
      funder: { id: row.funder, name: row.funder_name ?? row.funder },
    })),
  };
}

/** What it gave, and everything that moved in its funds and their awards, each by an index on the account or the award. */
const OWN_TRANSFERS = `SELECT seq FROM transfer WHERE from_path = 'ext:funder:' || ?1
  UNION SELECT seq FROM transfer WHERE from_path IN (SELECT 'fund:' || id || ':available' FROM fund WHERE funder = ?1)
  UNION SELECT seq FROM transfer WHERE to_path IN (SELECT 'fund:' || id || ':available' FROM fund WHERE funder = ?1)
  UNION SELECT seq FROM transfer WHERE award IN (SELECT id FROM award WHERE fund IN (SELECT id FROM fund WHERE funder = ?1))`;

/** From the summaries of its funds and the days of its own gifts: no scan of transfers. */
function yearsQuery(db: D1Database, funder: string): D1PreparedStatement {
  return db
    .prepare(
      `WITH RECURSIVE
         span (first, last) AS (
           SELECT min(first), max(last) FROM (
             SELECT min(data ->> '$.first_on') AS first, max(data ->> '$.last_on') AS last FROM fund WHERE funder = ?1
             UNION ALL SELECT min(on_day), max(on_day) FROM transfer WHERE from_path = 'ext:funder:' || ?1
           )
         ),
         year (year, last) AS (
           SELECT substr(last, 1, 4) + 0, substr(first, 1, 4) + 0 FROM span WHERE first IS NOT NULL
           UNION ALL SELECT year - 1, last FROM year WHERE year > last
         )
       SELECT year FROM year LIMIT 100`,
    )
    .bind(funder);
}

export interface StatementLine {
  day: string;
  code: string;
  currency: string;
  amount_minor: number;
  from: string;
  to: string;
  award: string | null;
  title: string | null;
  recipient: string | null;
  transfer: number;
  log_index: number;
  reverses: number | null;
}

export const MAX_STATEMENT = 10_000;

export async function statementOf(db: D1Database, funder: string, year: number): Promise<StatementLine[]> {
  const { results } = await db
    .prepare(
      `SELECT transfer.on_day AS day, transfer.code, transfer.currency, transfer.amount AS amount_minor,
         transfer.from_path AS "from", transfer.to_path AS "to", transfer.award,
         award.data ->> '$.event.title' AS title, recipient.data ->> '$.event.name' AS recipient,
         transfer.seq AS transfer, transfer.idx AS log_index, transfer.reverses
       FROM transfer LEFT JOIN award ON award.id = transfer.award LEFT JOIN recipient ON recipient.id = award.recipient
       WHERE transfer.seq IN (${OWN_TRANSFERS}) AND transfer.on_day BETWEEN ?2 AND ?3
       ORDER BY transfer.on_day, transfer.seq LIMIT ?4`,
    )
    .bind(funder, `${year}-01-01`, `${year}-12-31`, MAX_STATEMENT)
    .all<StatementLine>();
  return results;
}
