/**
 * Proposing to record a matching run (docs/targeting.md §8): the hub computes it from its own view, keeps the inputs beside
 * the proposal, and another person approves. Nothing moves: awards that name the run do that.
 */
import type { ProposeMatching } from "../../../shared/protocol/api/matching.ts";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { allocationEvent } from "../../../shared/targeting/recorded.ts";
import { Refused } from "../../lib/problem.ts";
import type { Actor } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { MATCHING_AT_THE_DESK } from "../limits.ts";
import { matchingEstimateOf } from "../queries/matching.ts";
import { type Proposed, proposalByKey } from "../queries/proposal.ts";
import { proposalKey, propose } from "./proposal.ts";

export async function proposeMatching(hub: Hub, actor: Actor, asked: ProposeMatching): Promise<string> {
  const { question, id, results_sha256, note, idempotency_key } = asked;
  const known = await proposalByKey(hub.db, proposalKey(actor, asked));
  if (known !== null) {
    if (!isSameRun(known, asked)) throw new Refused("idempotency-key-used");
    return known.id;
  }
  const { inputs, run } = await matchingEstimateOf(hub.db, hub.config.logOrigin, question, MATCHING_AT_THE_DESK);
  if (inputs.params.pool_minor === "0") throw new Refused("overspent", { detail: "there is nothing to share out" });
  if (run.results_sha256 !== results_sha256) throw new Refused("allocation-changed");
  const keep = hub.db
    .prepare("INSERT INTO matching_input (sha256, inputs) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING")
    .bind(run.inputs_sha256, canonicalJson(inputs));
  const event = allocationEvent(id, inputs, run);
  return await propose(hub, actor, { events: [event], texts: [], note, idempotency_key, again: false }, [keep]);
}

/** By what its results' hash stands for: the run itself may come to something else by now. */
function isSameRun(known: Proposed, { question, id, results_sha256, note }: ProposeMatching): boolean {
  const [event] = JSON.parse(known.events) as FundEvent[];
  return (
    event?.event === "allocation" &&
    event.id === id &&
    event.fund === question.fund &&
    event.method === question.method &&
    event.results_sha256 === results_sha256 &&
    known.note === note
  );
}
