/** The node as a Worker: answers requests, and attends to its hubs on a schedule. */
import { sweepIdentity } from "../lib/identity/member.ts";
import { Refused } from "../lib/problem.ts";
import { nodeApp } from "./app.ts";
import { ensureGenesis } from "./book.ts";
import { nodeContext } from "./context.ts";
import { type NodeEnv, readConfig } from "./env.ts";
import { attendHubs } from "./jobs/attend-hubs.ts";
import { bookWaiting } from "./jobs/book-waiting.ts";
import { watchHubs } from "./jobs/watch-hub.ts";
import { passOn } from "./jobs/pass-evidence-on.ts";

const app = nodeApp();

/** A book that must not be continued is no reason to let everything else wait. */
function halted(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
  // oxlint-disable-next-line no-console -- the worker's structured log
  console.log(JSON.stringify({ level: "error", job: "book", alarm: error.code }));
}

export default {
  fetch: (request, env, execution) => app.fetch(request, env, execution),

  async scheduled(_event, env) {
    const context = nodeContext(env.DB, readConfig(env));
    await ensureGenesis(context);
    await bookWaiting(context).catch(halted);
    await attendHubs(context);
    await passOn(context);
    // oxlint-disable-next-line no-console -- the worker's structured log
    await watchHubs(context, (line) => console.log(JSON.stringify(line)));
    await env.DB.batch(sweepIdentity(env.DB, context.now()));
  },
} satisfies ExportedHandler<NodeEnv>;
