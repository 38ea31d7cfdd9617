/**
 * Where this community stands with a hub: asked to join, admitted, suspended; and which report the hub has counted.
 * Shown to members as ticks; nothing is signed because of it.
 */
import { joinStatus } from "../../../shared/protocol/api/console.ts";
import { type CommunityStanding, communityStanding } from "../../../shared/protocol/api/network.ts";
import { problem } from "../../../shared/protocol/problem.ts";
import { parseJson } from "../../lib/remote.ts";
import type { NodeContext } from "../context.ts";
import type { HubRow, HubStatus } from "../queries/hub.ts";

export async function pollStanding(context: NodeContext, hub: HubRow): Promise<void> {
  if (hub.status === "unreachable") await sendJoin(context, hub);
  else if (hub.status === "requested" || hub.status === "declined") await pollJoin(context, hub);
  else await pollCounted(context, hub);
}

/** The stored join, byte for byte: the hub answers a repeated one as it did the first. */
export async function sendJoin(context: NodeContext, hub: Pick<HubRow, "origin" | "url" | "join_jws">): Promise<void> {
  const answer = await context.peer.post(`${hub.url}/api/joins`, hub.join_jws, "application/jose");
  if (!answer.ok) return await setStanding(context, hub.origin, "unreachable", answer.error);
  const accepted = parseJson(answer.value.bytes, joinStatus);
  if (answer.value.status < 300 && accepted.ok) {
    return await setStanding(context, hub.origin, accepted.value.status, accepted.value.reason);
  }
  const refusal = parseJson(answer.value.bytes, problem);
  await setStanding(context, hub.origin, "unreachable", refusal.ok ? refusal.value.code : "peer-invalid");
}

async function pollJoin(context: NodeContext, hub: HubRow): Promise<void> {
  const address = `${hub.url}/api/joins/${encodeURIComponent(context.config.origin)}`;
  const found = await context.peer.getJson(address, joinStatus);
  if (!found.ok) return;
  await setStanding(context, hub.origin, found.value.status, found.value.reason);
}

/** Admission makes everything worth saying: the first report follows at once. */
async function setStanding({ db, now }: NodeContext, origin: string, status: HubStatus, reason: string): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE outbox SET rev = rev + 1, dirty_since = coalesce(dirty_since, ?1), attempts = 0, next_at = NULL
         WHERE hub = ?2 AND ?3 = 'admitted' AND (SELECT status FROM hub WHERE origin = ?2) <> 'admitted'`,
      )
      .bind(now(), origin, status),
    db
      .prepare("UPDATE hub SET status = ?1, reason = ?2 WHERE origin = ?3 AND (status <> ?1 OR reason <> ?2)")
      .bind(status, reason, origin),
  ]);
}

async function pollCounted(context: NodeContext, hub: HubRow): Promise<void> {
  const { db, config, peer } = context;
  const found = await peer.getJson(
    `${hub.url}/api/communities/${encodeURIComponent(config.origin)}`,
    communityStanding,
  );
  if (!found.ok) return;
  const { status, reason, counted, last_report: last } = found.value;
  await setStanding(context, hub.origin, status, reason);
  const failedCode = last?.verdict === "failed" ? last.code : null;
  if (counted === null || counted.seq <= hub.counted_seq) {
    if (failedCode !== hub.failed_code) {
      await db.prepare("UPDATE hub SET failed_code = ? WHERE origin = ?").bind(failedCode, hub.origin).run();
    }
    return;
  }
  await recordCounted(context, hub, counted, failedCode);
}

/** What a later report is counted for, an earlier one's entries are inside of too. */
async function recordCounted(
  { db }: NodeContext,
  hub: HubRow,
  counted: NonNullable<CommunityStanding["counted"]>,
  failedCode: string | null,
): Promise<void> {
  const at = Date.parse(counted.at);
  await db.batch([
    db
      .prepare("UPDATE report SET counted_at = ? WHERE hub = ? AND seq > ? AND seq <= ? AND counted_at IS NULL")
      .bind(at, hub.origin, hub.counted_seq, counted.seq),
    db
      .prepare(
        "UPDATE hub SET counted_seq = ?, counted_book_size = ?, counted_at = ?, failed_code = ? WHERE origin = ?",
      )
      .bind(counted.seq, counted.book_size, at, failedCode, hub.origin),
  ]);
}
