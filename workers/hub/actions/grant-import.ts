/**
 * Importing published grants (docs/standards.md): each file becomes a historical fund of its own, portion by portion,
 * each portion one or two log entries with all its rows. Sending a portion again adds nothing.
 */
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { BeginImport, ImportNote } from "../../../shared/protocol/api/import.ts";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import { type ReadGrant, readGrant, refOf } from "../../../shared/standards/threesixty-read.ts";
import { checkOrgId } from "../../../shared/standards/org-id.ts";
import { isConflict, jsonParameter } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { type ImportRow, importByHash, importRow } from "../queries/grant-import.ts";
import { commitFund, pseudonym } from "./fund-entry.ts";
import { textRows } from "./proposal.ts";
import { refuseAddresses } from "./supplier.ts";

export async function beginImport(hub: Hub, actor: Actor, asked: BeginImport): Promise<string> {
  const known = await importByHash(hub.db, asked.file_sha256);
  if (known !== null) return known.id;
  refuseAddresses(asked.title, asked.publisher, asked.funder.name);
  const checked = asked.funder.org_id === null ? null : checkOrgId(asked.funder.org_id);
  if (checked?.ok === false) throw new Refused(checked.error, { detail: asked.funder.org_id ?? "" });
  const { funder, currency, title, publisher, url, licence } = asked;
  const id = refOf(`import-${asked.file_sha256.slice(0, 12)}`);
  const funderId = refOf(funder.org_id ?? funder.name);
  const events: FundEvent[] = [
    {
      event: "funder",
      id: funderId,
      name: funder.name,
      org_id: funder.org_id,
      kind: "foundation",
      country: null,
      url: null,
    },
    {
      event: "fund",
      id,
      name: title,
      funder: funderId,
      currency,
      restriction: { purpose: "" },
      status: "closed",
      source: { title, publisher, url, licence },
    },
  ];
  const now = hub.now();
  try {
    await commitFund(hub, { by: { proposed: pseudonym(hub, actor.id), approved: null }, events }, () => [
      hub.db
        .prepare(
          `INSERT INTO grant_import (id, file_sha256, fund, data, grants, done, imported, skipped, total, started_at)
           VALUES (?1, ?2, ?1, ?3, ?4, 0, 0, 0, 0, ?5)`,
        )
        .bind(id, asked.file_sha256, JSON.stringify({ ...asked, funder_id: funderId }), asked.grants, now),
      auditRow(hub.db, actor, { action: "import.begin", subject: id, detail: title }, now),
    ]);
  } catch (error) {
    if (!isConflict(error, "grant_import")) throw error;
  }
  return id;
}

interface Begun extends BeginImport {
  funder_id: string;
}

/** Positions `from` … of the file. What was handled before is not handled again. */
export async function importPortion(
  hub: Hub,
  actor: Actor,
  id: string,
  portion: { from: number; grants: readonly unknown[] },
): Promise<void> {
  const row = await importRow(hub.db, id);
  if (row === null) throw new Refused("import-unknown");
  const last = portion.from + portion.grants.length;
  if (portion.from > row.done || last > row.grants)
    throw new Refused("malformed-request", { detail: "a gap in the file" });
  const fresh = portion.grants.slice(row.done - portion.from);
  if (fresh.length === 0) return;
  const begun = JSON.parse(row.data) as Begun;
  const { good, notes } = await sorted(hub, row, begun, fresh);
  await record(hub, actor, { row, begun, good, notes, last });
}

/** With its position in the file. */
type Placed = ReadGrant & { at: number };

interface Portion {
  row: ImportRow;
  begun: Begun;
  good: Placed[];
  notes: ImportNote[];
  last: number;
}

/** What can be recorded, and what is to be said about the rest. */
async function sorted(
  hub: Hub,
  row: ImportRow,
  { currency, funder }: Begun,
  grants: readonly unknown[],
): Promise<Pick<Portion, "good" | "notes">> {
  const today = new Date(hub.now()).toISOString().slice(0, 10);
  const notes: ImportNote[] = [];
  const good: Placed[] = [];
  const read = grants.map((grant) => readGrant(grant, { currency, funder: funder.org_id, today }));
  const ids = read.flatMap((one) => (one.ok ? [one.value.id] : []));
  const known = await knownAwards(hub.db, ids);
  const seen = new Set<string>();
  for (const [at, one] of read.entries()) {
    const grant = row.done + at;
    if (!one.ok) {
      notes.push({ grant, id: idOf(grants[at]), ...one.error, skipped: true });
      continue;
    }
    const { id, source_id } = one.value;
    const fund = seen.has(id) ? row.fund : known.get(id);
    if (fund !== undefined) {
      const code = fund === row.fund ? "duplicate-id" : "already-imported";
      notes.push({ grant, id: source_id, code, detail: "", skipped: true });
      continue;
    }
    seen.add(id);
    good.push({ ...one.value, at: grant });
    for (const note of one.value.notes) notes.push({ grant, id: source_id, ...note, skipped: false });
  }
  return { good, notes };
}

async function knownAwards(db: D1Database, ids: readonly string[]): Promise<Map<string, string>> {
  const { results } = await db
    .prepare("SELECT id, fund FROM award WHERE id IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter(ids))
    .all<{ id: string; fund: string }>();
  return new Map(results.map(({ id, fund }) => [id, fund]));
}

function idOf(grant: unknown): string {
  const id = typeof grant === "object" && grant !== null && "id" in grant ? grant.id : "";
  return typeof id === "string" ? id.slice(0, 200) : "";
}

/** One entry; where it would be too large, two. The place in the file moves with the rows. */
async function record(hub: Hub, actor: Actor, portion: Portion): Promise<void> {
  const { row, good, notes, last, begun } = portion;
  const now = hub.now();
  const total = good.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor), 0n);
  const skipped = notes.filter((note) => note.skipped).length;
  const progress = [
    // A portion that another request has handled meanwhile fails NOT NULL, and its batch with it.
    hub.db
      .prepare(
        `UPDATE grant_import SET done = CASE WHEN done = ?2 THEN ?3 END, imported = imported + ?4, skipped = skipped + ?5,
           total = total + ?6 WHERE id = ?1`,
      )
      .bind(row.id, row.done, last, good.length, skipped, Number(total)),
    hub.db
      .prepare(
        `INSERT OR IGNORE INTO grant_import_note (import_id, "grant", code, grant_id, detail, skipped)
         SELECT ?1, value ->> '$.grant', value ->> '$.code', value ->> '$.id', value ->> '$.detail', value ->> '$.skipped'
         FROM json_each(?2)`,
      )
      .bind(row.id, jsonParameter(notes)),
    ...(last === row.grants ? [auditRow(hub.db, actor, { action: "import.done", subject: row.id }, now)] : []),
  ];
  try {
    if (good.length === 0) {
      await hub.db.batch(progress);
      return;
    }
    const events = good.flatMap((grant) => eventsOf(grant, row.fund, begun.funder_id));
    const by = { proposed: pseudonym(hub, actor.id), approved: null };
    await commitFund(hub, { by, events }, () => [
      ...progress,
      ...textRows(
        hub.db,
        good.map(({ id, description }) => ({ award: id, text: description })),
      ),
    ]);
  } catch (error) {
    if (error instanceof Error && error.message.includes("NOT NULL constraint failed: grant_import.done")) return;
    // Another request was faster with the same grants: the place in the file says how far they are.
    if (error instanceof Refused && error.code === "award-exists") return;
    if (error instanceof Refused && error.code === "statement-too-large" && good.length > 1) {
      await inHalves(hub, actor, portion);
      return;
    }
    throw error;
  }
}

/** Cut at a place in the file: whatever happens between the halves, the first has all up to there and nothing after it. */
async function inHalves(hub: Hub, actor: Actor, portion: Portion): Promise<void> {
  const { row, good, notes, last } = portion;
  const cut = good[Math.floor(good.length / 2)]?.at ?? last;
  await record(hub, actor, {
    ...portion,
    good: good.filter(({ at }) => at < cut),
    notes: notes.filter(({ grant }) => grant < cut),
    last: cut,
  });
  const next = await importRow(hub.db, row.id);
  // another request has gone on from there
  if (next?.done !== cut) return;
  await record(hub, actor, {
    ...portion,
    row: next,
    good: good.filter(({ at }) => at >= cut),
    notes: notes.filter(({ grant }) => grant >= cut),
  });
}

/** What a published grant was: money of its funder, given to its recipient, on the day it was awarded. */
function eventsOf(grant: ReadGrant, fund: string, funder: string): FundEvent[] {
  const { recipient, awarded_on: on, amount_minor } = grant;
  return [
    {
      event: "recipient",
      id: recipient.id,
      name: recipient.name,
      org_id: recipient.org_id,
      kind: recipient.kind,
      country: null,
    },
    { event: "receipt", funder, fund, commitment: null, amount_minor, on, evidence_sha256: null },
    {
      event: "award",
      id: grant.id,
      fund,
      recipient: recipient.id,
      campaign: null,
      instrument: "grant",
      use: "other",
      amount_minor,
      title: grant.title,
      text_sha256: sha256url(utf8(grant.description)),
      decided_on: on,
      region: null,
      planned: null,
      conditions: [],
      is_pri: false,
      parent: null,
      allocation: null,
      demand: null,
      source_id: grant.source_id,
    },
    { event: "disbursement", award: grant.id, amount_minor, on, evidence_sha256: null },
  ];
}
