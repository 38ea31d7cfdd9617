/**
 * A hub with far more money than a test could bring through the log: rows are multiplied inside the database, straight
 * into the tables, because budgets are about how many rows a page reads and not about how they came there. The log does
 * not have them, so nothing here may be compared with a replay.
 */
import { env } from "cloudflare:workers";

export interface Crowd {
  funds: number;
  funders: number;
  recipients: number;
  awards: number;
  transfers: number;
  /** the first of the days that money moved on, and how many there are */
  from: string;
  days: number;
}

const COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";

/** `of`: rows that are there already, one a table, as the hub itself has written them. */
export async function crowd(
  of: { fund: string; funder: string; recipient: string; award: string },
  size: Crowd,
): Promise<void> {
  const { DB } = env;
  const copy = (table: string, id: string, count: number, columns: string) =>
    DB.prepare(
      `${COUNT} INSERT INTO ${table} SELECT ${columns} FROM n CROSS JOIN ${table} AS old WHERE old.id = ?2`,
    ).bind(count, id);
  const named = (table: string) => `'${table}-' || i`;
  const rows = await DB.prepare("SELECT name FROM pragma_table_info('award')").all<{ name: string }>();
  const awardColumns = rows.results.map(({ name }) => {
    if (name === "id") return "'award-' || i";
    if (name === "fund") return `'fund-' || (1 + i % ${size.funds})`;
    if (name === "funder") return `'funder-' || (1 + i % ${size.funders})`;
    if (name === "recipient") return `'recipient-' || (1 + i % ${size.recipients})`;
    // few campaigns get awards by the thousand; these pages read the awards of one
    if (name === "campaign") return "CASE WHEN i % 500 = 0 THEN old.campaign END";
    if (name === "decided_on") return `date('${size.from}', '+' || (i % ${size.days}) || ' days')`;
    if (name === "state") return "CASE i % 3 WHEN 0 THEN 'payable' WHEN 1 THEN 'active' ELSE 'closed' END";
    if (name === "instrument") return "CASE WHEN i % 50 = 0 THEN 'loan' ELSE 'grant' END";
    if (name === "data")
      return `json_set(data, '$.event.id', 'award-' || i, '$.event.fund', 'fund-' || (1 + i % ${size.funds}),
        '$.event.recipient', 'recipient-' || (1 + i % ${size.recipients}))`;
    return `old.${name}`;
  });
  const columnsOf = async (table: string, change: Record<string, string>): Promise<string> => {
    const { results } = await DB.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{ name: string }>();
    return results.map(({ name }) => change[name] ?? `old.${name}`).join(", ");
  };
  const withId = (table: string) => ({ id: named(table), data: `json_set(data, '$.event.id', ${named(table)})` });
  const fundColumns = { ...withId("fund"), funder: `'funder-' || (1 + i % ${size.funders})` };
  await DB.batch([
    copy("funder", of.funder, size.funders, await columnsOf("funder", withId("funder"))),
    copy("fund", of.fund, size.funds, await columnsOf("fund", fundColumns)),
    copy(
      "recipient",
      of.recipient,
      size.recipients,
      await columnsOf("recipient", { ...withId("recipient"), idx: "i" }),
    ),
    copy("award", of.award, size.awards, awardColumns.join(", ")),
  ]);
  const first = (await DB.prepare("SELECT max(seq) + 1 AS first FROM transfer").first<number>("first")) ?? 0;
  // receipt, award, payment of each award in turn: no account falls below zero
  const third = Math.floor(size.transfers / 3);
  const moved = `CAST((i - 1) / 3 AS INTEGER)`;
  const fund = `'fund:fund-' || (1 + ${moved} % ${size.funds}) || ':available'`;
  const payable = `'award:award-' || (1 + ${moved} % ${size.awards}) || ':payable'`;
  const statement = DB.prepare(
    `${COUNT} INSERT INTO transfer (seq, idx, event, currency, from_path, to_path, amount, code, on_day, award, commitment, regranted, reverses, booked_at, chain)
     SELECT ?2 + i, 1, 0, 'EUR',
       CASE i % 3 WHEN 1 THEN 'ext:funder:funder-' || (1 + ${moved} % ${size.funders}) WHEN 2 THEN ${fund} ELSE ${payable} END,
       CASE i % 3 WHEN 1 THEN ${fund} WHEN 2 THEN ${payable} ELSE 'recipient:recipient-' || (1 + ${moved} % ${size.recipients}) || ':rnd' END,
       100, CASE i % 3 WHEN 1 THEN 'receipt' WHEN 2 THEN 'award' ELSE 'disbursement' END,
       date('${size.from}', '+' || (${moved} % ${size.days}) || ' days'),
       CASE i % 3 WHEN 1 THEN NULL ELSE 'award-' || (1 + ${moved} % ${size.awards}) END, NULL, 0, NULL, 1790000000, ''
     FROM n`,
  ).bind(third * 3, first);
  await statement.run();
}
