/**
 * Group commit: pledges that arrive while a batch is being written are committed together by the next one, so
 * that many members pledging at once do not fight over the book's head. Each request leads at most one batch,
 * which keeps its D1 queries bounded; the next waiting request leads the next.
 */
import type { NodeContext } from "../context.ts";
import type { SignRequest } from "./accepted-pledge.ts";
import { commitPledges, type SignOutcome } from "./commit-pledges.ts";

/** Pledges in one batch. */
export const GROUP_LIMIT = 32;
/** A leader that fell silent (its request was cut off) holds the others up no longer than this. */
const PATIENCE_MS = 5_000;

type Turn = { outcome: SignOutcome } | { error: unknown } | "lead";
interface Waiting {
  request: SignRequest;
  resolve: (turn: Turn) => void;
}
interface Queue {
  waiting: Waiting[];
  leading: boolean;
}

/** One queue per isolate and database. Correctness does not rest on it: the book's head decides. */
const queues = new WeakMap<object, Queue>();

export async function submitPledge(context: NodeContext, request: SignRequest): Promise<SignOutcome> {
  const queue = queues.get(context.config) ?? { waiting: [], leading: false };
  queues.set(context.config, queue);
  if (!queue.leading) return await lead(context, queue, request);
  const turn = await waitForTurn(queue, request);
  if (turn === "lead") return await lead(context, queue, request);
  if ("error" in turn) throw turn.error;
  return turn.outcome;
}

async function lead(context: NodeContext, queue: Queue, own: SignRequest): Promise<SignOutcome> {
  queue.leading = true;
  const group = queue.waiting.splice(0, GROUP_LIMIT - 1);
  try {
    const [outcome, ...others] = await commitPledges(context, [own, ...group.map((one) => one.request)]);
    for (const [i, other] of others.entries()) group[i]?.resolve({ outcome: other });
    if (outcome === undefined) throw new Error("a pledge was committed without an outcome");
    return outcome;
  } catch (error) {
    for (const one of group) one.resolve({ error });
    throw error;
  } finally {
    const next = queue.waiting.shift();
    if (next) next.resolve("lead");
    else queue.leading = false;
  }
}

/** The timer also tells the runtime that this request is alive while another one does its work. */
async function waitForTurn(queue: Queue, request: SignRequest): Promise<Turn> {
  return await new Promise((resolve) => {
    const waiting: Waiting = {
      request,
      resolve: (turn) => {
        clearTimeout(timer);
        resolve(turn);
      },
    };
    const timer = setTimeout(() => {
      const at = queue.waiting.indexOf(waiting);
      if (at !== -1) queue.waiting.splice(at, 1);
      resolve("lead");
    }, PATIENCE_MS);
    queue.waiting.push(waiting);
  });
}
