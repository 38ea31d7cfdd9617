/** The hub worker: HTTP and the clock. */
import { sweepIdentity } from "../lib/identity/member.ts";
import { hubApp } from "./app.ts";
import { type HubEnv, readConfig } from "./env.ts";
import { sweepCodes } from "./actions/email-code.ts";
import { auditBooks } from "./jobs/audit-books.ts";
import { KEEP_OPENINGS_S } from "./limits.ts";
import { sweepOpenings } from "./queries/book-audit.ts";
import { deliver } from "./jobs/deliver.ts";
import { fireAlerts } from "./jobs/fire-alerts.ts";
import { collectWitnesses } from "./jobs/collect-witnesses.ts";
import { openLog } from "./jobs/open-log.ts";
import { passOn } from "./jobs/pass-evidence-on.ts";
import { pullReports } from "./jobs/pull-reports.ts";
import { replayNightly } from "./jobs/replay.ts";
import { runJob, settle } from "./jobs/settle.ts";
import { takeUpKeys } from "./jobs/take-up-keys.ts";

/** The five-minute tick in which the log is replayed: an hour when it is night in most places. */
const REPLAY_HOUR_UTC = 3;

/** Alerts and mail have a trigger, and with it the queries and the time of an invocation, of their own (wrangler.toml). */
const MAIL_CRON = "2-59/5 * * * *";
/** And so has asking witnesses: for cosignatures, and for lots of audits. */
const WITNESS_CRON = "4-59/5 * * * *";

const app = hubApp();

export default {
  fetch: app.fetch,

  async scheduled(event: ScheduledController, env: HubEnv): Promise<void> {
    if (readConfig(env).mirror !== null) return;
    const at = new Date(event.scheduledTime);
    if (event.cron === MAIL_CRON) {
      await runJob(env, Date.now, "alerts", async (hub) => {
        await fireAlerts(hub);
        await deliver(hub);
      });
      return;
    }
    if (event.cron === WITNESS_CRON) {
      await runJob(env, Date.now, "witnesses", collectWitnesses);
      await runJob(env, Date.now, "audits", async (hub) => await auditBooks(hub));
      await runJob(env, Date.now, "evidence", passOn);
      return;
    }
    await runJob(env, Date.now, "tick", async (hub) => {
      await openLog(hub);
      await takeUpKeys(hub);
      await pullReports(hub);
      await settle(hub, { forSignals: at.getUTCMinutes() % 15 >= 10 });
    });
    if (at.getUTCMinutes() >= 5) return;
    await runJob(env, Date.now, "sweep", async ({ db, now }) => {
      await db.batch([
        ...sweepIdentity(db, now()),
        sweepCodes(db, now()),
        sweepOpenings(db, Math.floor(now() / 1000) - KEEP_OPENINGS_S),
      ]);
    });
    if (at.getUTCHours() === REPLAY_HOUR_UTC) await runJob(env, Date.now, "replay", replayNightly);
  },
} satisfies ExportedHandler<HubEnv>;
