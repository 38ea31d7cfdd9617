/** Shares part of the demo's fund out among its campaigns: proposed by one person, approved by another, over the public API. */
import { z } from "zod";
import { matchingEstimate } from "../../shared/protocol/api/matching.ts";
import { proposalState } from "../../shared/protocol/api/proposal.ts";
import type { Person } from "./client.ts";
import { Refusal } from "./http.ts";

const FUND = "plastic-free-basics";
export const DEMO_RUN = "autumn-pool";
const ATTEMPTS = 5;

const proposal = z.object({ id: z.string(), state: proposalState });

/** Half of what the fund has left. Demand may move between looking and proposing: then it is looked at again. */
export async function seedMatching(operator: Person, approver: Person): Promise<void> {
  const { available_minor } = await operator.browser.get(`/api/funds/${FUND}/matching`, matchingEstimate);
  const pool_minor = String(BigInt(available_minor) / 2n);
  if (pool_minor === "0") return;
  for (let attempt = 1; ; attempt += 1) {
    const path = `/api/funds/${FUND}/matching?pool_minor=${pool_minor}`;
    const { run } = await operator.browser.get(path, matchingEstimate);
    const body = {
      question: { fund: FUND, pool_minor },
      id: DEMO_RUN,
      results_sha256: run.results_sha256,
      note: "Demo",
      idempotency_key: "demo-matching-run",
    };
    try {
      const { id, state } = await operator.browser.send("POST", "/api/matching/proposals", body, proposal);
      if (state !== "waiting") return;
      await approver.browser.send("POST", `/api/proposals/${id}/approve`, { reason: "" }, proposal);
      return;
    } catch (error) {
      const hasMoved = error instanceof Refusal && error.code === "allocation-changed";
      if (!hasMoved || attempt === ATTEMPTS) throw error;
    }
  }
}
