/** The node as a Worker: answers requests, and attends to its hubs on a schedule. */
import { sweepIdentity } from "../lib/identity/member.ts";
import { nodeApp } from "./app.ts";
import { ensureGenesis } from "./book.ts";
import { nodeContext } from "./context.ts";
import { type NodeEnv, readConfig } from "./env.ts";
import { attendHubs } from "./jobs/attend-hubs.ts";
import { bookWaiting } from "./jobs/book-waiting.ts";

const app = nodeApp();

export default {
  fetch: (request, env, execution) => app.fetch(request, env, execution),

  async scheduled(_event, env) {
    const context = nodeContext(env.DB, readConfig(env));
    await ensureGenesis(context);
    await bookWaiting(context);
    await attendHubs(context);
    await env.DB.batch(sweepIdentity(env.DB, context.now()));
  },
} satisfies ExportedHandler<NodeEnv>;
