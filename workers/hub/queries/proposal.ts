/** Proposals for the people of the hub: by state, newest first, with what the one who asks may do. */
import type { ProposalView, proposalPage } from "../../../shared/protocol/api/proposal.ts";
import type { z } from "zod";
import type { Actor } from "../audit.ts";

export interface ProposalRow {
  id: string;
  state: ProposalView["state"];
  needs_approval: number;
  events: string;
  texts: string;
  amounts: string;
  note: string;
  proposed_by: string;
  proposed_at: number;
  decided_by: string | null;
  decided_at: number | null;
  reason: string;
  entry_idx: number | null;
  entry_leaf: string | null;
}

const SELECT = `SELECT proposal.*, maker.name AS maker, decider.name AS decider FROM proposal
  LEFT JOIN member AS maker ON maker.id = proposal.proposed_by
  LEFT JOIN member AS decider ON decider.id = proposal.decided_by`;

type NamedRow = ProposalRow & { maker: string | null; decider: string | null };

export type Proposed = Pick<ProposalRow, "id" | "events" | "texts" | "note">;

export async function proposalByKey(db: D1Database, key: string): Promise<Proposed | null> {
  return await db.prepare("SELECT id, events, texts, note FROM proposal WHERE key = ?").bind(key).first<Proposed>();
}

export async function proposalRow(db: D1Database, id: string): Promise<ProposalRow | null> {
  return await db.prepare("SELECT * FROM proposal WHERE id = ?").bind(id).first<ProposalRow>();
}

export async function proposalView(db: D1Database, actor: Actor, id: string): Promise<ProposalView | null> {
  const row = await db.prepare(`${SELECT} WHERE proposal.id = ?`).bind(id).first<NamedRow>();
  return row === null ? null : viewOf(row, actor);
}

/** By the index (state, proposed_at). */
export async function proposals(
  db: D1Database,
  actor: Actor,
  page: { state: ProposalView["state"]; before: number | null; limit: number },
): Promise<z.infer<typeof proposalPage>> {
  const { results } = await db
    .prepare(
      `${SELECT} WHERE proposal.state = ? AND proposal.proposed_at < ? ORDER BY proposal.proposed_at DESC LIMIT ?`,
    )
    .bind(page.state, page.before ?? Number.MAX_SAFE_INTEGER, page.limit + 1)
    .all<NamedRow>();
  const shown = results.slice(0, page.limit);
  return {
    proposals: shown.map((row) => viewOf(row, actor)),
    next: results.length > page.limit ? String(shown.at(-1)?.proposed_at ?? "") : null,
  };
}

const approvers = new Set(["operator", "approver"]);

function viewOf(row: NamedRow, actor: Actor): ProposalView {
  return {
    id: row.id,
    state: row.state,
    needs_approval: row.needs_approval === 1,
    events: JSON.parse(row.events) as ProposalView["events"],
    texts: JSON.parse(row.texts) as ProposalView["texts"],
    note: row.note,
    amounts: JSON.parse(row.amounts) as ProposalView["amounts"],
    proposed_by: row.maker ?? "",
    proposed_at: new Date(row.proposed_at).toISOString(),
    may_approve: row.state === "waiting" && row.proposed_by !== actor.id && approvers.has(actor.role),
    decided_by: row.decider,
    decided_at: row.decided_at === null ? null : new Date(row.decided_at).toISOString(),
    reason: row.reason,
    entry: row.entry_idx === null || row.entry_leaf === null ? null : { index: row.entry_idx, leaf: row.entry_leaf },
  };
}
