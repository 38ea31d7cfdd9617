/** The desk of the people who handle money: what wants doing, who did what, every account of a currency. */
import type { z } from "zod";
import type { auditPage, CapitalDesk, trialBalance } from "../../../shared/protocol/api/proposal.ts";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import { type DataRow, awardOf, commitmentOf } from "../capital-rows.ts";
import { capitalOf } from "../view-rows.ts";
import { scheduleOf } from "./award.ts";

type Todo = CapitalDesk["todos"][number];
const MAX_EACH = 50;
/** Days ahead in which something due is shown. */
const SOON_DAYS = 14;

export async function capitalDesk(db: D1Database, now: number): Promise<CapitalDesk> {
  const today = dayOf(now);
  const soon = dayOf(now + SOON_DAYS * 86_400_000);
  const [waiting, awards, promises, offers, intentions] = await db.batch([
    db.prepare("SELECT id, events FROM proposal WHERE state = 'waiting' ORDER BY proposed_at LIMIT ?").bind(MAX_EACH),
    db.prepare(
      "SELECT id, idx, data FROM award WHERE state IN ('reserved', 'payable', 'active') ORDER BY decided_on LIMIT 200",
    ),
    db
      .prepare("SELECT id, idx, data FROM commitment WHERE open = 1 AND due_on < ? ORDER BY due_on LIMIT ?")
      .bind(today, MAX_EACH),
    // by the index on what ended it: the few that stand
    db
      .prepare(
        `SELECT o.supplier, o.valid_until, o.data ->> '$.supplier.name' AS name, c.terms ->> '$.name' AS campaign
         FROM offer AS o JOIN campaign AS c ON c.id = o.campaign
         WHERE o.ended IS NULL AND o.valid_until BETWEEN ?1 AND ?2 AND c.ended = 0 ORDER BY o.valid_until LIMIT ?3`,
      )
      .bind(Math.floor(now / 1000), Math.floor(now / 1000) + SOON_DAYS * 86_400, MAX_EACH),
    // by the index on state
    db
      .prepare(
        `SELECT i.id, i.currency, i.amount_minor, i.due_on, f.data ->> '$.event.name' AS name
         FROM intention AS i LEFT JOIN funder AS f ON f.id = i.funder WHERE i.state = 'new' ORDER BY i.at LIMIT ?`,
      )
      .bind(MAX_EACH),
  ]);
  const todos = [
    ...((waiting?.results ?? []) as { id: string; events: string }[]).map(proposalTodo),
    ...((promises?.results ?? []) as DataRow[]).map((row): Todo => {
      const { event, received } = commitmentOf(row);
      const left = event.amount_minor === undefined ? null : String(BigInt(event.amount_minor) - received);
      return todo("commitment-overdue", event.id, event.id, { due: event.due_on, amount_minor: left });
    }),
    ...((awards?.results ?? []) as DataRow[]).flatMap((row) => awardTodos(row, today, soon)),
    ...((offers?.results ?? []) as ExpiringOffer[]).map(({ supplier, name, campaign, valid_until }): Todo => {
      return todo("offer-expiring", supplier, `${name}, ${campaign}`, { due: dayOf(valid_until * 1000) });
    }),
    ...((intentions?.results ?? []) as NewIntention[]).map(({ id, name, currency, amount_minor, due_on }): Todo => {
      return todo("intention-new", id, name ?? id, { due: due_on, amount_minor: String(amount_minor), currency });
    }),
  ];
  return { todos: todos.slice(0, 200) };
}

interface NewIntention {
  id: string;
  name: string | null;
  currency: string;
  amount_minor: number;
  due_on: string | null;
}

interface ExpiringOffer {
  supplier: string;
  name: string;
  campaign: string;
  /** Unix seconds */
  valid_until: number;
}

function todo(
  kind: Todo["kind"],
  subject: string,
  label: string,
  rest: Partial<Pick<Todo, "due" | "amount_minor" | "currency">> = {},
): Todo {
  return { kind, subject, label, due: null, amount_minor: null, currency: null, ...rest };
}

function proposalTodo({ id, events }: { id: string; events: string }): Todo {
  const kinds = (JSON.parse(events) as FundEvent[]).map((event) =>
    event.event === "award" ? event.title : event.event,
  );
  return todo("proposal-waiting", id, kinds.join(", "));
}

function awardTodos(row: DataRow, today: string, soon: string): Todo[] {
  const award = awardOf(row);
  const { id, title, schedule } = award.event;
  const { currency } = award;
  const todos: Todo[] = [];
  for (const { terms, state } of award.conditions) {
    if (state !== "open" || terms.kind === "date" || terms.by > soon) continue;
    todos.push(todo(terms.by < today ? "condition-missed" : "condition-due", id, title, { due: terms.by }));
  }
  if (award.payable > 0n)
    todos.push(todo("award-payable", id, title, { amount_minor: String(award.payable), currency }));
  if (award.outstanding === 0n) return todos;
  for (const line of scheduleOf(award, schedule ?? [], today)) {
    const isOpen = line.state === "due" || line.state === "part" || line.state === "overdue";
    if (!isOpen || line.due_on > soon) continue;
    const left = BigInt(line.principal_minor) + BigInt(line.interest_minor) - BigInt(line.paid_minor);
    const kind = line.state === "overdue" ? "repayment-overdue" : "repayment-due";
    todos.push(todo(kind, id, title, { due: line.due_on, amount_minor: String(left), currency }));
  }
  return todos;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

interface AuditRow {
  id: number;
  at: number;
  who: string;
  role: string;
  action: string;
  subject: string;
  detail: string;
}

export async function auditPageOf(
  db: D1Database,
  page: { before: number | null; limit: number },
): Promise<z.infer<typeof auditPage>> {
  const { results } = await db
    .prepare("SELECT id, at, who, role, action, subject, detail FROM audit_event WHERE id < ? ORDER BY id DESC LIMIT ?")
    .bind(page.before ?? Number.MAX_SAFE_INTEGER, page.limit + 1)
    .all<AuditRow>();
  const shown = results.slice(0, page.limit);
  return {
    events: shown.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() })),
    next: results.length > page.limit ? String(shown.at(-1)?.id ?? "") : null,
  };
}

/** Scans the accounts of a currency: for the people of the hub. The sum is zero by construction, and checked. */
export async function trialBalanceOf(db: D1Database, currency: string): Promise<z.infer<typeof trialBalance>> {
  const [accounts, networks] = await db.batch([
    db.prepare("SELECT path, balance FROM account WHERE currency = ? ORDER BY path LIMIT 5000").bind(currency),
    db.prepare("SELECT capital FROM network WHERE id = 1"),
  ]);
  const rows = (accounts?.results ?? []) as { path: string; balance: number }[];
  const sum = rows.reduce((total, { balance }) => total + BigInt(balance), 0n);
  if (sum !== 0n) throw new Error(`the accounts in ${currency} do not sum to zero`);
  const capital = capitalOf((networks?.results[0] as { capital: string | null } | undefined)?.capital ?? null);
  return {
    currency,
    accounts: rows.map(({ path, balance }) => ({ path, balance_minor: String(balance) })),
    sum_minor: "0",
    chain: capital?.chain ?? null,
    transfers: capital?.transfers ?? 0,
  };
}
