/**
 * Proposing and approving (docs/capital.md §5): facts are logged at once, what gives money away waits for somebody else.
 * A proposal is decided once; approving decides again on what is there then, and what has become impossible waits on.
 */
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import { needsApproval } from "../../../shared/capital/fold.ts";
import type { Propose, ProposalView } from "../../../shared/protocol/api/proposal.ts";
import type { FundEvent, FundEventOf, Transfer } from "../../../shared/protocol/fund.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { hasUnseen } from "../../../shared/unseen.ts";
import { checkOrgId } from "../../../shared/standards/org-id.ts";
import { tally } from "../../../shared/tally.ts";
import { isConflict } from "../../lib/d1.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { type Proposed, type ProposalRow, proposalByKey, proposalRow } from "../queries/proposal.ts";
import { refuseAddresses } from "./supplier.ts";
import { type LoggedFund, commitFund, previewFund, pseudonym } from "./fund-entry.ts";

export interface Previewed {
  transfers: Transfer[];
  needs_approval: boolean;
}

export async function previewProposal(hub: Hub, actor: Actor, asked: Propose): Promise<Previewed> {
  const events = withHashes(asked);
  refuseTexts(asked);
  refuseOrgIds(events);
  const needs_approval = needsApproval(events);
  if (!asked.again) await refuseDuplicates(hub.db, events);
  return { transfers: await tried(hub, actor, events), needs_approval };
}

/** As if somebody had approved. */
async function tried(hub: Hub, actor: Actor, events: readonly FundEvent[]): Promise<Transfer[]> {
  const by = { proposed: pseudonym(hub, actor.id), approved: needsApproval(events) ? pseudonym(hub, "") : null };
  return await previewFund(hub, { by, events });
}

export function proposalKey(actor: Actor, { idempotency_key }: Pick<Propose, "idempotency_key">): string {
  return `${actor.id}.${idempotency_key}`;
}

/** The proposal's id: the same key of the same person is the same proposal. `beside`: rows that belong to it. */
export async function propose(
  hub: Hub,
  actor: Actor,
  asked: Propose,
  beside: readonly D1PreparedStatement[] = [],
): Promise<string> {
  const key = proposalKey(actor, asked);
  const events = withHashes(asked);
  const known = await proposalByKey(hub.db, key);
  if (known !== null) return sameProposal(known, { ...asked, events });
  refuseTexts(asked);
  refuseOrgIds(events);
  if (!asked.again) await refuseDuplicates(hub.db, events);
  const id = randomToken();
  const needs = needsApproval(events);
  const now = hub.now();
  const insert = (transfers: readonly Transfer[], logged: LoggedFund | null): D1PreparedStatement[] => [
    hub.db
      .prepare(
        `INSERT INTO proposal (id, key, state, needs_approval, events, texts, amounts, note, proposed_by, proposed_at,
           decided_by, decided_at, reason, entry_idx, entry_leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, '', ?, ?)`,
      )
      .bind(
        id,
        key,
        logged === null ? "waiting" : "logged",
        needs ? 1 : 0,
        JSON.stringify(events),
        JSON.stringify(asked.texts),
        JSON.stringify(amountsOf(transfers)),
        asked.note,
        actor.id,
        now,
        logged?.index ?? null,
        logged?.leaf ?? null,
      ),
    ...(logged === null ? [] : textRows(hub.db, asked.texts)),
    ...beside,
    auditRow(
      hub.db,
      actor,
      { action: logged === null ? "proposal.make" : "proposal.log", subject: id, detail: kinds(events) },
      now,
    ),
  ];
  try {
    if (needs) await hub.db.batch(insert(await tried(hub, actor, events), null));
    else {
      const by = { proposed: pseudonym(hub, actor.id), approved: null };
      await commitFund(hub, { by, events }, (logged) => insert(logged.transfers, logged));
    }
  } catch (error) {
    const same = isConflict(error, "proposal.key") ? await proposalByKey(hub.db, key) : null;
    if (same === null) throw error;
    return sameProposal(same, { ...asked, events });
  }
  return id;
}

/** A key that comes again with something else is a mistake, and an answer would hide it. */
function sameProposal({ id, ...known }: Proposed, { events, texts, note }: Omit<Propose, "idempotency_key">): string {
  const isSame =
    canonicalJson(JSON.parse(known.events)) === canonicalJson(events) &&
    canonicalJson(JSON.parse(known.texts)) === canonicalJson(texts) &&
    known.note === note;
  if (!isSame) throw new Refused("idempotency-key-used");
  return id;
}

/** What is logged, and what stands beside the log, stays public: no addresses in it, and nothing that nobody sees. */
function refuseTexts({ events, texts }: Pick<Propose, "events" | "texts">): void {
  const awards = new Set(events.flatMap((event) => (event.event === "award" ? [event.id] : [])));
  if (texts.some(({ award }) => !awards.has(award))) throw new Refused("text-without-award");
  const all = stringsOf([events, texts]);
  if (all.some(hasUnseen)) throw new Refused("text-unseen");
  refuseAddresses(...all);
}

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

export async function approveProposal(hub: Hub, actor: Actor, id: string): Promise<void> {
  const proposal = await waiting(hub.db, id);
  if (proposal.proposed_by === actor.id) throw new Refused("own-proposal");
  await refuseAboveLimit(hub.db, actor, proposal);
  const events = JSON.parse(proposal.events) as FundEvent[];
  const by = { proposed: pseudonym(hub, proposal.proposed_by), approved: pseudonym(hub, actor.id) };
  const now = hub.now();
  try {
    await commitFund(hub, { by, events }, (logged) => [
      // A proposal that is not waiting any more fails NOT NULL, and the whole batch with it.
      hub.db
        .prepare(
          `UPDATE proposal SET state = CASE WHEN state = 'waiting' THEN 'logged' END, decided_by = ?, decided_at = ?,
             entry_idx = ?, entry_leaf = ? WHERE id = ?`,
        )
        .bind(actor.id, now, logged.index, logged.leaf, id),
      ...textRows(hub.db, JSON.parse(proposal.texts) as Propose["texts"]),
      auditRow(hub.db, actor, { action: "proposal.approve", subject: id, detail: kinds(events) }, now),
    ]);
  } catch (error) {
    throw refusalOfBatch(error);
  }
}

export async function refuseProposal(hub: Hub, actor: Actor, id: string, reason: string): Promise<void> {
  const proposal = await waiting(hub.db, id);
  if (proposal.proposed_by === actor.id) throw new Refused("own-proposal");
  await settle(hub, actor, { id, state: "refused", action: "proposal.refuse", reason });
}

export async function withdrawProposal(hub: Hub, actor: Actor, id: string, reason: string): Promise<void> {
  const proposal = await waiting(hub.db, id);
  if (proposal.proposed_by !== actor.id) throw new Refused("not-allowed");
  await settle(hub, actor, { id, state: "withdrawn", action: "proposal.withdraw", reason });
}

async function settle(
  hub: Hub,
  actor: Actor,
  { id, state, action, reason }: { id: string; state: ProposalView["state"]; action: string; reason: string },
): Promise<void> {
  const now = hub.now();
  try {
    await hub.db.batch([
      // Decided meanwhile: it fails NOT NULL, and the audit log does not say what did not happen.
      hub.db
        .prepare(
          `UPDATE proposal SET state = CASE WHEN state = 'waiting' THEN ? END, decided_by = ?, decided_at = ?, reason = ?
           WHERE id = ?`,
        )
        .bind(state, actor.id, now, reason, id),
      auditRow(hub.db, actor, { action, subject: id, detail: reason }, now),
    ]);
  } catch (error) {
    throw refusalOfBatch(error);
  }
}

function refusalOfBatch(error: unknown): unknown {
  const isSettled = error instanceof Error && error.message.includes("NOT NULL constraint failed: proposal.state");
  return isSettled ? new Refused("proposal-settled") : error;
}

async function waiting(db: D1Database, id: string): Promise<ProposalRow> {
  const proposal = await proposalRow(db, id);
  if (proposal === null) throw new Refused("proposal-unknown");
  if (proposal.state !== "waiting") throw new Refused("proposal-settled");
  return proposal;
}

async function refuseAboveLimit(db: D1Database, actor: Actor, proposal: ProposalRow): Promise<void> {
  const { results } = await db
    .prepare("SELECT currency, limit_minor FROM approval_limit WHERE member_id = ?")
    .bind(actor.id)
    .all<{ currency: string; limit_minor: number }>();
  const limits = new Map(results.map((row) => [row.currency, BigInt(row.limit_minor)]));
  for (const { currency, amount_minor } of JSON.parse(proposal.amounts) as ProposalView["amounts"]) {
    const limit = limits.get(currency);
    if (limit !== undefined && BigInt(amount_minor) > limit) throw new Refused("over-limit");
  }
}

/** The hash of an award's description is logged; the description can be corrected beside the log. */
function withHashes({ events, texts }: Propose): FundEvent[] {
  const byAward = new Map(texts.map(({ award, text }) => [award, text]));
  return events.map((event) => {
    const text = event.event === "award" ? byAward.get(event.id) : undefined;
    return event.event === "award" && text !== undefined ? { ...event, text_sha256: sha256url(utf8(text)) } : event;
  });
}

export function textRows(db: D1Database, texts: Propose["texts"]): D1PreparedStatement[] {
  return texts.map(({ award, text }) =>
    db
      .prepare(
        "INSERT INTO award_text (award, text) VALUES (?, ?) ON CONFLICT (award) DO UPDATE SET text = excluded.text",
      )
      .bind(award, text),
  );
}

/** What leaves funds and awards, by currency. */
function amountsOf(transfers: readonly Transfer[]): ProposalView["amounts"] {
  const sums = new Map<string, bigint>();
  for (const { from, currency, amount_minor } of transfers) {
    const isOut = from.startsWith("fund:") || from.startsWith("award:") || from.startsWith("pri:");
    if (isOut) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount_minor));
  }
  return [...sums].map(([currency, sum]) => ({ currency, amount_minor: String(sum) }));
}

function kinds(events: readonly FundEvent[]): string {
  return tally(events.map(({ event }) => event))
    .map(([event, n]) => (n === 1 ? event : `${n} × ${event}`))
    .join(", ");
}

/** Here and not in the fold: registers come and go, and what was logged stays valid. */
function refuseOrgIds(events: readonly FundEvent[]): void {
  for (const event of events) {
    const id = event.event === "funder" || event.event === "recipient" ? event.org_id : null;
    const checked = id === null ? null : checkOrgId(id);
    if (checked?.ok === false) throw new Refused(checked.error, { detail: id ?? "" });
  }
}

/** The same award within thirty days is more often a second click than a second award. */
async function refuseDuplicates(db: D1Database, events: readonly FundEvent[]): Promise<void> {
  const awards = events.filter((event): event is FundEventOf<"award"> => event.event === "award");
  for (const { fund, recipient, campaign, instrument, amount_minor, decided_on, id } of awards) {
    const same = await db
      .prepare(
        `SELECT 1 FROM award WHERE fund = ?1 AND decided_on BETWEEN date(?2, '-30 days') AND date(?2, '+30 days')
         AND recipient = ?3 AND campaign IS ?4 AND instrument = ?5 AND data ->> '$.event.amount_minor' = ?6 AND id <> ?7 AND state <> 'lapsed'`,
      )
      .bind(fund, decided_on, recipient, campaign, instrument, amount_minor, id)
      .first();
    if (same !== null) throw new Refused("award-duplicate");
  }
}
