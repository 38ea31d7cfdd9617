/**
 * A supplier becomes known, and shows that its domain is its own: by a file there that holds this hub's line, by a code
 * mailed to an address there, or by an operator's word. Nothing of this is in the log until it makes an offer.
 */
import { equal, fromUtf8, utf8 } from "../../../shared/bytes.ts";
import type { RegisterSupplier } from "../../../shared/protocol/api/supplier.ts";
import { EMAIL } from "../../../shared/standards/threesixty-read.ts";
import { isConflict } from "../../lib/d1.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { type SupplierRow, domainFileOf, knownSupplier } from "../queries/supplier.ts";

/** For the batch in which it becomes known, not verified yet. A conflict on `supplier.id`: the domain is taken. */
export function supplierInsert(db: D1Database, { name, domain, country }: RegisterSupplier, now: number) {
  return db
    .prepare(
      `INSERT INTO supplier (id, name, domain, country, verified_note, domain_token, created_at)
       VALUES (?1, ?2, ?1, ?3, '', ?4, ?5)`,
    )
    .bind(domain, name, country, randomToken(), now);
}

/** For the batch in which a file, a mailed code or an operator verifies it, or an operator takes that back. */
export function supplierVerified(
  db: D1Database,
  id: string,
  how: { verified: SupplierRow["verified"]; by: "hub" | "operator"; note: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare("UPDATE supplier SET verified = ?, verified_by = ?, verified_note = ?, verified_at = ? WHERE id = ?")
    .bind(how.verified, how.by, how.note, now, id);
}

export async function registerSupplier(hub: Hub, actor: Actor, supplier: RegisterSupplier): Promise<string> {
  refuseAddresses(supplier.name);
  const act = { action: "supplier.register", subject: supplier.domain, detail: supplier.name };
  try {
    await hub.db.batch([supplierInsert(hub.db, supplier, hub.now()), auditRow(hub.db, actor, act, hub.now())]);
  } catch (error) {
    if (isConflict(error)) throw new Refused("supplier-exists");
    throw error;
  }
  return supplier.domain;
}

export async function judgeSupplier(
  hub: Hub,
  actor: Actor,
  id: string,
  { verified, note }: { verified: "email" | null; note: string },
): Promise<void> {
  refuseAddresses(note);
  await knownSupplier(hub.db, id);
  const act = { action: verified === null ? "supplier.unverify" : "supplier.verify", subject: id, detail: note };
  await hub.db.batch([
    supplierVerified(hub.db, id, { verified, by: "operator", note }, hub.now()),
    auditRow(hub.db, actor, act, hub.now()),
  ]);
}

const MAX_FILE_BYTES = 8 * 1024;
const LOOK_EVERY_MS = 60_000;

/** What is published for good names no person's address. */
export function refuseAddresses(...texts: readonly string[]): void {
  if (texts.some((text) => text.match(EMAIL) !== null)) throw new Refused("email-in-text");
}

/** Looks for the line once a minute at most, whoever asks. */
export async function verifyDomain(hub: Hub, actor: Actor, id: string): Promise<void> {
  const row = await knownSupplier(hub.db, id);
  const now = hub.now();
  const looked = await hub.db
    .prepare("UPDATE supplier SET checked_at = ?1 WHERE id = ?2 AND checked_at <= ?1 - ?3 RETURNING id")
    .bind(now, id, LOOK_EVERY_MS)
    .first();
  if (looked === null) {
    throw new Refused("rate-limited", { retryAfterS: Math.ceil((row.checked_at + LOOK_EVERY_MS - now) / 1000) });
  }
  const { url, line } = domainFileOf(hub.config, row);
  const answer = await hub.peer.get(url, { maxBytes: MAX_FILE_BYTES });
  if (!answer.ok) throw new Refused(answer.error);
  if (answer.value.status >= 500 || answer.value.status === 429) throw new Refused("peer-unreachable");
  if (answer.value.status !== 200 || !holdsLine(answer.value.bytes, line)) throw new Refused("domain-unproven");
  await hub.db.batch([
    supplierVerified(hub.db, id, { verified: "domain", by: "hub", note: "" }, now),
    auditRow(hub.db, actor, { action: "supplier.verify", subject: id, detail: "domain" }, now),
  ]);
}

/** One line of the file is exactly ours; a file may hold the lines of several hubs. */
function holdsLine(bytes: Uint8Array, expected: string): boolean {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return false;
  }
  const ours = utf8(expected);
  return text
    .split("\n")
    .map((line) => equal(utf8(line.trim()), ours))
    .includes(true);
}
