/** A funder's or supplier's own alerts: make, pause, try out, delete. What is true already when one begins does not fire. */
import { isAbove, measure } from "../../../shared/alerts/crossing.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import type { Alert, AlertView, CreateAlert, CreatedAlert } from "../../../shared/protocol/api/alert.ts";
import { rowsOf } from "../../lib/d1.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { permittedUrl } from "../../lib/remote.ts";
import { alertLetter, testMessage } from "../alert-message.ts";
import type { Hub } from "../hub.ts";
import { MAX_ALERTS } from "../limits.ts";
import { alertWorld } from "../queries/alert.ts";
import { newSecret, postWebhook } from "../../lib/webhook.ts";

interface AlertRow {
  id: string;
  data: string;
  secret: string | null;
  created_at: number;
  fired_at: number | null;
  above: number;
  paused: number;
  status: AlertView["status"];
}

/** By the index on the account. */
export async function alertsOf(db: D1Database, memberId: string): Promise<{ alerts: AlertView[]; email: boolean }> {
  const [rows, emails] = await db.batch([
    db.prepare("SELECT * FROM alert WHERE member_id = ? ORDER BY created_at DESC LIMIT ?").bind(memberId, MAX_ALERTS),
    db.prepare("SELECT 1 FROM member_email WHERE member_id = ?").bind(memberId),
  ]);
  return { alerts: rowsOf<AlertRow>(rows).map(alertView), email: rowsOf(emails).length > 0 };
}

function alertView(row: AlertRow): AlertView {
  return {
    ...(JSON.parse(row.data) as Alert),
    id: row.id,
    created_at: new Date(row.created_at).toISOString(),
    fired_at: row.fired_at === null ? null : new Date(row.fired_at).toISOString(),
    above: row.above === 1,
    paused: row.paused === 1,
    status: row.status,
  };
}

export async function createAlert(hub: Hub, memberId: string, asked: CreateAlert): Promise<CreatedAlert> {
  const { db, config, now } = hub;
  const { email } = await alertsOf(db, memberId);
  if (asked.webhook === null && !(email && hub.mail !== null)) throw new Refused("alert-channel");
  if (asked.webhook !== null && permittedUrl(asked.webhook, config.loopback) === null) {
    throw new Refused("peer-forbidden");
  }
  const start = await startOf(hub, asked);
  const secret = asked.webhook === null ? null : newSecret();
  const id = alertId();
  const [made] = await db.batch([
    db
      .prepare(
        `INSERT INTO alert (id, member_id, data, secret, created_at, above, paused, seen, status)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 'waiting'
         WHERE (SELECT count(*) FROM alert WHERE member_id = ?2) < ${MAX_ALERTS}`,
      )
      .bind(id, memberId, JSON.stringify(asked), secret, now(), start.above ? 1 : 0, start.seen),
  ]);
  if (made?.meta.changes === 0) throw new Refused("alert-limit");
  const alert = (await alertsOf(db, memberId)).alerts.find((one) => one.id === id);
  if (alert === undefined) throw new Error("an alert was written and is not there");
  return { alert, secret };
}

/** As a local id in messages and addresses, it begins with a letter. */
function alertId(): string {
  return `a${randomToken().replaceAll(/[^A-Za-z0-9]/g, "")}`;
}

/** How things stand when it begins: what was so before is no news. */
async function startOf({ db }: Hub, asked: CreateAlert): Promise<{ above: boolean; seen: number }> {
  const world = await alertWorld(db, [asked], { metSince: Number.MAX_SAFE_INTEGER });
  if (asked.campaign !== null && !world.campaigns.has(asked.campaign)) throw new Refused("campaign-unknown");
  if (asked.kind === "units_at_price")
    return { above: isAbove(asked, measure(asked, world.demand), SMALLEST_K), seen: 0 };
  return { above: false, seen: asked.kind === "new_campaign" ? world.logSize - 1 : world.metUntil };
}

/** What waits to be sent goes with the pause; when it ends, the alert begins anew. */
export async function pauseAlert(hub: Hub, memberId: string, id: string, paused: boolean): Promise<void> {
  const row = await ownAlert(hub.db, memberId, id);
  const { above, seen } = await startOf(hub, JSON.parse(row.data) as Alert);
  await hub.db.batch([
    hub.db
      .prepare("UPDATE alert SET paused = ?, above = ?, seen = ? WHERE id = ?")
      .bind(paused ? 1 : 0, above ? 1 : 0, seen, id),
    hub.db.prepare("DELETE FROM delivery WHERE alert_id = ? AND ?").bind(id, paused ? 1 : 0),
  ]);
}

export async function deleteAlert({ db }: Hub, memberId: string, id: string): Promise<void> {
  await ownAlert(db, memberId, id);
  await db.batch([
    db.prepare("DELETE FROM alert WHERE id = ?").bind(id),
    db.prepare("DELETE FROM delivery WHERE alert_id = ?").bind(id),
  ]);
}

/** One message now, not by the outbox: whoever tries wants to know whether it arrived. */
export async function testAlert(hub: Hub, memberId: string, id: string): Promise<boolean> {
  const row = await ownAlert(hub.db, memberId, id);
  const alert = JSON.parse(row.data) as Alert;
  const message = testMessage(hub.config, { id, alert }, hub.now());
  const isDelivered =
    alert.webhook === null
      ? await mailed(hub, memberId, alertLetter(alert.language, message))
      : row.secret !== null &&
        (await postWebhook(hub, {
          id: randomToken(),
          url: alert.webhook,
          secret: row.secret,
          body: JSON.stringify(message),
        })) === "delivered";
  await hub.db
    .prepare("UPDATE alert SET status = ? WHERE id = ?")
    .bind(isDelivered ? "delivered" : "failing", id)
    .run();
  return isDelivered;
}

async function mailed(
  { db, mail }: Hub,
  memberId: string,
  letter: { subject: string; text: string },
): Promise<boolean> {
  const to = await db
    .prepare("SELECT email FROM member_email WHERE member_id = ?")
    .bind(memberId)
    .first<string>("email");
  return to !== null && mail !== null && (await mail({ to, ...letter })).ok;
}

/** Another account's alert is as unknown as one that never was. */
async function ownAlert(db: D1Database, memberId: string, id: string): Promise<AlertRow> {
  const row = await db
    .prepare("SELECT * FROM alert WHERE id = ? AND member_id = ?")
    .bind(id, memberId)
    .first<AlertRow>();
  if (row === null) throw new Refused("alert-unknown");
  return row;
}
