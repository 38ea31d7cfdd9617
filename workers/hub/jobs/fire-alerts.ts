/**
 * Looks at the alerts (docs/for-suppliers.md): what has crossed its threshold on the way up, which campaigns have opened, which
 * awards' conditions are met. Ten queries a run whatever there is; with very many alerts, runs take turns. What fires goes
 * into the outbox in the batch that notes it, on the condition that nobody noted it meanwhile.
 */
import { crossing, fits, isAbove, measure } from "../../../shared/alerts/crossing.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import type { Alert, AlertMessage } from "../../../shared/protocol/api/alert.ts";
import type { PartyRole } from "../../../shared/protocol/api/party.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { alertLetter, metMessage, openedMessage, thresholdMessage } from "../alert-message.ts";
import type { Hub } from "../hub.ts";
import { ALERTS_A_RUN } from "../limits.ts";
import { type AlertWorld, alertWorld } from "../queries/alert.ts";

const RUN_MS = 5 * 60_000;

interface Row {
  id: string;
  data: string;
  above: number;
  seen: number;
  role: PartyRole;
  party: string;
}

interface Waking {
  id: string;
  alert: Alert;
  above: boolean;
  seen: number;
  role: PartyRole;
  party: string;
}

interface Fired {
  alert: string;
  message: AlertMessage;
  /** null: on crossing; else what it has then been asked about */
  mark: number | null;
}

export async function fireAlerts(hub: Hub): Promise<void> {
  const waking = await alertsOfRun(hub);
  if (waking.length === 0) return;
  const conditions = waking.filter(({ alert }) => alert.kind === "condition_met");
  const metSince = Math.min(Number.MAX_SAFE_INTEGER, ...conditions.map(({ seen }) => seen));
  const world = await alertWorld(
    hub.db,
    waking.map(({ alert }) => alert),
    { metSince },
  );
  const fell: string[] = [];
  const fired: Fired[] = [];
  for (const one of waking) {
    if (one.alert.kind === "units_at_price") {
      const now = measure(one.alert, world.demand);
      const { above, fires } = crossing(one.above, isAbove(one.alert, now, SMALLEST_K));
      if (fires) {
        const message = thresholdMessage(hub.config, one, world, now, hub.now());
        fired.push({ alert: one.id, message, mark: null });
      } else if (!above && one.above) fell.push(one.id);
    } else fired.push(...newsFor(hub, one, world));
  }
  await write(hub, { waking, fired, fell, world });
}

/** A page of those that are not paused; which page follows from the clock, so that looking writes nothing. */
async function alertsOfRun({ db, now }: Hub): Promise<Waking[]> {
  const total = await db.prepare("SELECT count(*) AS total FROM alert WHERE paused = 0").first<number>("total");
  if (!total) return [];
  const pages = Math.ceil(total / ALERTS_A_RUN);
  const { results } = await db
    .prepare(
      `SELECT a.id, a.data, a.above, a.seen, p.kind AS role, p.party FROM alert a JOIN party p ON p.member_id = a.member_id
       WHERE a.paused = 0 ORDER BY a.id LIMIT ? OFFSET ?`,
    )
    .bind(ALERTS_A_RUN, (Math.floor(now() / RUN_MS) % pages) * ALERTS_A_RUN)
    .all<Row>();
  return results.map((row) => ({ ...row, alert: JSON.parse(row.data) as Alert, above: row.above === 1 }));
}

function newsFor({ config, now }: Hub, one: Waking, world: AlertWorld): Fired[] {
  const { alert, id, seen } = one;
  if (alert.kind === "new_campaign") {
    return [...world.campaigns.values()]
      .filter((campaign) => campaign.index > seen && !campaign.ended)
      .filter(({ id: campaign, terms }) =>
        fits(alert, {
          campaign,
          currency: terms.currency,
          categories: world.categories.get(campaign) ?? [],
          region: null,
        }),
      )
      .map((campaign) => ({
        alert: id,
        message: openedMessage(config, one, world, campaign, now()),
        mark: campaign.index,
      }));
  }
  return world.met
    .filter(({ seq }) => seq > seen)
    .filter(({ campaign, funder }) =>
      alert.campaign === null ? one.role === "supplier" || funder === one.party : campaign === alert.campaign,
    )
    .map((award) => ({ alert: id, message: metMessage(config, one, world, award, now()), mark: award.seq }));
}

/** Whether it still waits to be told: nobody noted the crossing, or the news, meanwhile. */
const STILL = `EXISTS (SELECT 1 FROM alert a WHERE a.id = one.value ->> '$.alert' AND a.paused = 0
  AND CASE WHEN one.value ->> '$.mark' IS NULL THEN a.above = 0 ELSE a.seen < one.value ->> '$.mark' END)`;

async function write(
  { db, now }: Hub,
  { waking, fired, fell, world }: { waking: Waking[]; fired: Fired[]; fell: string[]; world: AlertWorld },
): Promise<void> {
  const byId = new Map(waking.map((one) => [one.id, one]));
  const rows = fired.map(({ alert, message, mark }) => {
    const to = byId.get(alert)?.alert;
    const isMail = to === undefined || to.webhook === null;
    const body = isMail ? alertLetter(to?.language ?? "en", message) : message;
    return { alert, mark, id: randomToken(), kind: isMail ? "email" : "webhook", body: JSON.stringify(body) };
  });
  const statements: D1PreparedStatement[] = [];
  if (rows.length > 0) {
    statements.push(
      db
        .prepare(
          `INSERT INTO delivery (id, kind, member_id, alert_id, body, attempts, next_at)
           SELECT one.value ->> '$.id', one.value ->> '$.kind', alert.member_id, alert.id, one.value ->> '$.body', 0, ?2
           FROM json_each(?1) AS one JOIN alert ON alert.id = one.value ->> '$.alert' WHERE ${STILL}`,
        )
        .bind(jsonParameter(rows), now()),
      db
        .prepare(
          `UPDATE alert SET fired_at = ?2, status = 'waiting',
             above = CASE WHEN data ->> '$.kind' = 'units_at_price' THEN 1 ELSE above END
           WHERE id IN (SELECT one.value ->> '$.alert' FROM json_each(?1) AS one WHERE ${STILL})`,
        )
        .bind(jsonParameter(rows.map(({ alert, mark }) => ({ alert, mark }))), now()),
    );
  }
  if (fell.length > 0) {
    statements.push(
      db.prepare("UPDATE alert SET above = 0 WHERE id IN (SELECT value FROM json_each(?))").bind(jsonParameter(fell)),
    );
  }
  const newest = Math.max(-1, ...[...world.campaigns.values()].map(({ index }) => index));
  for (const [kind, mark] of [
    ["new_campaign", newest],
    ["condition_met", world.metUntil],
  ] as const) {
    const behind = waking.filter(({ alert, seen }) => alert.kind === kind && seen < mark).map(({ id }) => id);
    if (behind.length === 0) continue;
    statements.push(
      db
        .prepare("UPDATE alert SET seen = max(seen, ?) WHERE id IN (SELECT value FROM json_each(?))")
        .bind(mark, jsonParameter(behind)),
    );
  }
  if (statements.length > 0) await db.batch(statements);
}
