/** The node as a Worker: answers requests, and attends to its hubs on a schedule. */
import { sweepIdentity } from "../lib/identity/member.ts";
import { Refused } from "../lib/problem.ts";
import { obeyOrder } from "./actions/begin-book.ts";
import { nodeApp } from "./app.ts";
import { ensureGenesis } from "./book.ts";
import { nodeContext } from "./context.ts";
import { type NodeEnv, readConfig } from "./env.ts";
import { attendNextHub } from "./jobs/attend-hubs.ts";
import { carryOverSome } from "./jobs/carry-over.ts";
import { bookWaiting } from "./jobs/book-waiting.ts";
import { prepareOpenings } from "./jobs/prepare-openings.ts";
import { watchHubs } from "./jobs/watch-hub.ts";
import { passOn } from "./jobs/pass-evidence-on.ts";
import { sweepOpenings } from "./queries/audit.ts";
import { seconds } from "./time.ts";

const app = nodeApp();

/** A book that must not be continued is no reason to let everything else wait. */
function halted(error: unknown): 0 {
  if (!(error instanceof Refused)) throw error;
  // oxlint-disable-next-line no-console -- the worker's structured log
  console.log(JSON.stringify({ level: "error", job: "book", alarm: error.code }));
  return 0;
}

/** Taking in what waits (or, if nothing does, opening what an audit drew), and looking at hubs, have the 50 queries of an invocation to themselves (wrangler.toml). */
const BOOK_CRON = "1-59/5 * * * *";
const WATCH_CRON = "3-59/5 * * * *";

export default {
  fetch: (request, env, execution) => app.fetch(request, env, execution),

  async scheduled({ cron }, env) {
    const context = nodeContext(env.DB, readConfig(env));
    await ensureGenesis(context);
    if (cron === BOOK_CRON) {
      // What goes over from a lost book has the run to itself.
      if ((await carryOverSome(context).catch(halted)) > 0) return;
      if ((await bookWaiting(context).catch(halted)) === 0) await prepareOpenings(context);
      return;
    }
    if (cron === WATCH_CRON) {
      await passOn(context);
      // oxlint-disable-next-line no-console -- the worker's structured log
      await watchHubs(context, (line) => console.log(JSON.stringify(line)));
      return;
    }
    await obeyOrder(context).catch(halted);
    await attendNextHub(context);
    const now = context.now();
    await env.DB.batch([...sweepIdentity(env.DB, now), sweepOpenings(env.DB, seconds(now))]);
  },
} satisfies ExportedHandler<NodeEnv>;
