/**
 * What a funder says it might give: a note to the hub's staff, until finance records it as an intention in the log or
 * declines it. The note stays here.
 */
import { toHex } from "../../../shared/bytes.ts";
import type { SayIntention } from "../../../shared/protocol/api/party.ts";
import { randomBytes } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { commitFund, pseudonym } from "./fund-entry.ts";

/** Waiting ones of one funder: a form that is sent again and again is no promise. */
const MAX_WAITING = 20;

export async function sayIntention(
  hub: Hub,
  who: { memberId: string; funder: string },
  asked: SayIntention,
): Promise<string> {
  const { db, now } = hub;
  const fund = await db
    .prepare(
      "SELECT currency, data ->> '$.event.status' AS status, data -> '$.event.source' AS source FROM fund WHERE id = ?",
    )
    .bind(asked.fund)
    .first<{ currency: string; status: string; source: string | null }>();
  if (fund === null) throw new Refused("fund-unknown");
  if (fund.status !== "open" || fund.source !== null) throw new Refused("fund-closed");
  const id = `intention-${toHex(randomBytes(10))}`;
  const { meta } = await db
    .prepare(
      `INSERT INTO intention (id, member_id, funder, fund, currency, amount_minor, due_on, note, state, at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'new', ?9
       WHERE (SELECT count(*) FROM intention WHERE funder = ?3 AND state = 'new') < ${MAX_WAITING}`,
    )
    .bind(
      id,
      who.memberId,
      who.funder,
      asked.fund,
      fund.currency,
      Number(asked.amount_minor),
      asked.due_on,
      asked.note,
      now(),
    )
    .run();
  if (meta.changes === 0) throw new Refused("rate-limited", { retryAfterS: 86_400 });
  return id;
}

interface Row {
  funder: string;
  fund: string;
  amount_minor: number;
  due_on: string | null;
  state: string;
}

async function waiting(db: D1Database, id: string): Promise<Row> {
  const row = await db
    .prepare("SELECT funder, fund, amount_minor, due_on, state FROM intention WHERE id = ?")
    .bind(id)
    .first<Row>();
  if (row === null) throw new Refused("intention-unknown");
  if (row.state !== "new") throw new Refused("intention-settled");
  return row;
}

/** One that was settled meanwhile fails NOT NULL, and the whole batch with it. */
function settledRow(db: D1Database, id: string, state: "recorded" | "declined"): D1PreparedStatement {
  return db.prepare("UPDATE intention SET state = CASE WHEN state = 'new' THEN ? END WHERE id = ?").bind(state, id);
}

function refusalOfBatch(error: unknown): unknown {
  return error instanceof Error && error.message.includes("intention.state") ? new Refused("intention-settled") : error;
}

/** In the log it is an intention of this amount: not owed, and without the note. */
export async function recordIntention(hub: Hub, actor: Actor, id: string): Promise<void> {
  const { funder, fund, amount_minor, due_on } = await waiting(hub.db, id);
  const event = {
    event: "commitment" as const,
    id,
    funder,
    fund,
    kind: "gift" as const,
    amount_minor: String(amount_minor),
    state: "intention" as const,
    due_on,
  };
  const by = { proposed: pseudonym(hub, actor.id), approved: null };
  try {
    await commitFund(hub, { by, events: [event] }, () => [
      settledRow(hub.db, id, "recorded"),
      auditRow(hub.db, actor, { action: "intention.record", subject: id, detail: funder }, hub.now()),
    ]);
  } catch (error) {
    throw refusalOfBatch(error);
  }
}

export async function declineIntention(hub: Hub, actor: Actor, id: string): Promise<void> {
  const { funder } = await waiting(hub.db, id);
  try {
    await hub.db.batch([
      settledRow(hub.db, id, "declined"),
      auditRow(hub.db, actor, { action: "intention.decline", subject: id, detail: funder }, hub.now()),
    ]);
  } catch (error) {
    throw refusalOfBatch(error);
  }
}
