/**
 * Whether a hub keeps the receipts it gave this community (docs/protocol.md §4): a few at a time, each is looked for at its
 * place in the newest signed tree. Kept ones are forgotten, because witnessing sees to it that no tree is taken back; a
 * broken one becomes evidence, which is kept, shown and passed on like any other (§9).
 */
import { fromUtf8, toBase64url } from "../../../shared/bytes.ts";
import { anchorsAt } from "../../../shared/evidence/anchors.ts";
import { evidenceHash, verifyEvidence } from "../../../shared/evidence/verify.ts";
import type { Checkpoint } from "../../../shared/log/checkpoint.ts";
import { isHubSigned } from "../../../shared/network/rules.ts";
import type { HubKeyState } from "../../../shared/network/keys.ts";
import { entryReceiptClaims, type PromiseClaims } from "../../../shared/protocol/entry-receipt.ts";
import type { EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { MAX_LOGGED_BYTES } from "../../../shared/protocol/statement.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { Fault } from "../../../shared/verify/report.ts";
import { TooLarge, Unreachable } from "../../../shared/verify/source.ts";
import { type Log, fetchNewest, readEntry, readLeaf } from "../../../shared/verify/tlog.ts";
import { keepEvidence, knownEvidence } from "../../lib/evidence/store.ts";
import { peerSource } from "../../lib/peer-source.ts";
import type { NodeContext } from "../context.ts";
import { readPolicy } from "../hub-client.ts";
import { type HubRow, pinned } from "../queries/hub.ts";

/** Each costs two or three requests, and one hash for each level of two tiles. */
const PROMISES_PER_RUN = 4;
/** What cannot be decided yet, or not read, is looked at again after this long. */
const AGAIN_MS = 15 * 60_000;
/** Entries at the end of a log among which one is looked for that is dated after the deadline. */
const LAST_ENTRIES = 8;

type Receipt = PromiseClaims<"entry-receipt+jwt">;
type Head = Checkpoint & { note: string };
type Shown = EvidenceOf<"broken-promise">["shown"];

/** For the batch that stores a receipt: it is looked for once the log has had its time. */
export function promiseRow(db: D1Database, hub: string, receipt: string, now: number): D1PreparedStatement {
  const { leaf } = claimsOf(receipt);
  return db
    .prepare("INSERT INTO promise (leaf, hub, receipt, next_at) VALUES (?, ?, ?, ?) ON CONFLICT (leaf) DO NOTHING")
    .bind(leaf, hub, receipt, now);
}

export async function checkPromises(context: NodeContext, hub: HubRow): Promise<void> {
  const { db, now } = context;
  const { results: due } = await db
    .prepare(
      "SELECT leaf, receipt FROM promise WHERE hub = ? AND broken_at IS NULL AND next_at <= ? ORDER BY next_at LIMIT ?",
    )
    .bind(hub.origin, now(), PROMISES_PER_RUN)
    .all<{ leaf: string; receipt: string }>();
  if (due.length === 0) return;
  const log = logOf(context, hub);
  const head = await unlessUnread(async () => await fetchNewest(log), null);
  const outcomes: D1PreparedStatement[] = [];
  for (const { leaf, receipt } of due) {
    const outcome =
      head === null ? "open" : await unlessUnread(async () => await lookFor(context, hub, log, head, receipt), "open");
    outcomes.push(
      outcome === "kept"
        ? db.prepare("DELETE FROM promise WHERE leaf = ?").bind(leaf)
        : outcome === "broken"
          ? db.prepare("UPDATE promise SET broken_at = ? WHERE leaf = ?").bind(now(), leaf)
          : db.prepare("UPDATE promise SET next_at = ? WHERE leaf = ?").bind(now() + AGAIN_MS, leaf),
    );
  }
  await db.batch(outcomes);
}

/** A hub that does not answer, or not with what it signed, is seen by watching it; it is no proof. */
async function unlessUnread<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault || error instanceof Unreachable || error instanceof TooLarge) return otherwise;
    throw error;
  }
}

async function lookFor(
  context: NodeContext,
  hub: HubRow,
  log: Log,
  head: Head,
  receipt: string,
): Promise<"kept" | "broken" | "open"> {
  const shown = await contradiction(log, head, claimsOf(receipt));
  if (shown === "kept" || shown === "open") return shown;
  return (await accuse(context, hub, { log, head, receipt, shown })) ? "broken" : "open";
}

/** What stands at the place, or that the log goes on in time without reaching it. */
async function contradiction(log: Log, head: Head, receipt: Receipt): Promise<Shown | "kept" | "open"> {
  const { index, leaf } = receipt;
  const { note } = head;
  if (head.size > index) {
    const stands = await readLeaf(log, head, index);
    if (toBase64url(stands.leaf) === leaf) return "kept";
    return { by: "other", note, leaf: toBase64url(stands.leaf), proof: stands.proof.map(toBase64url) };
  }
  for (let at = head.size - 1; at >= Math.max(0, head.size - LAST_ENTRIES); at -= 1) {
    const { entry, proof } = await readEntry(log, head, at);
    const parsed = parseStatement(entry);
    if (!parsed.ok || !isHubSigned(parsed.value.statement)) continue;
    // Log time never falls: what stands before this one is dated no later.
    if (parsed.value.statement.claims.iat <= receipt.include_by) return "open";
    return { by: "absent", note, entry: fromUtf8(entry), index: at, proof: proof.map(toBase64url) };
  }
  return "open";
}

/** Kept here if a stranger would believe it, too; one proof of the kind is enough. */
async function accuse(
  { db, peer, now }: NodeContext,
  hub: HubRow,
  found: { log: Log; head: Head; receipt: string; shown: Shown },
): Promise<boolean> {
  const { log, head, receipt, shown } = found;
  const kind = "broken-promise";
  if ((await knownEvidence(db, { sha256: "", accused: hub.origin, kind })) !== null) return true;
  const policy = await readPolicy(peer, pinned(hub));
  if (!policy.ok) return false;
  const changes =
    hub.key_state === null ? [] : (JSON.parse(hub.key_state) as HubKeyState).past.map(({ until }) => until);
  const indexes = [...new Set([policy.value.claims.parent?.size ?? 0, ...changes])];
  const document: EvidenceOf<"broken-promise"> = {
    v: 1,
    hub: { origin: hub.origin, vkey: hub.vkey },
    anchors: await anchorsAt(log, head, indexes),
    kind,
    receipt,
    shown,
  };
  const finding = await verifyEvidence(document, [hub.vkey]);
  if (!finding.ok) return false;
  await keepEvidence(db, { document, sha256: evidenceHash(document), finding: finding.value }, now());
  return true;
}

function logOf({ peer }: NodeContext, { url, vkey, origin }: HubRow): Log {
  return { source: peerSource(peer, url), prefix: "/log", vkey, origin, maxEntryBytes: MAX_LOGGED_BYTES };
}

/** Its signature was verified before it was stored. */
function claimsOf(receipt: string): Receipt {
  const parsed = parseJws(receipt);
  if (!parsed.ok) throw new Error("a stored receipt is not a JWS");
  return entryReceiptClaims.parse(parsed.value.claims);
}
