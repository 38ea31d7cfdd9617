/**
 * A matching run (docs/targeting.md §8): who gets what of a pool, who does not and why. An estimate and a recorded run are this
 * one function over the same inputs; both are hashed, so that anyone who runs it again can tell.
 */
import { sha256url } from "../bytes.ts";
import { restrictionFaults } from "../capital/restriction.ts";
import type { Contribution, Exclusion, MatchingInputs, MatchingRun } from "../protocol/api/matching.ts";
import type { EvidenceTier } from "../protocol/api/targeting.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { type Judged, judge } from "./leverage.ts";
import { type Contributors, clustered, quadraticMatch, shareMatches } from "./quadratic.ts";
import { waterFill } from "./water-fill.ts";

/** Pledges are cheap talk: what is behind them weighs. In hundredths. */
const TIER_PERCENT: Record<EvidenceTier, bigint> = { T1: 25n, T2: 50n, T3: 90n, T4: 100n };

interface Candidate {
  judged: Judged;
  cap: bigint;
  weight: bigint;
}

export function run(inputs: MatchingInputs): MatchingRun {
  const excluded: Exclusion[] = [];
  const candidates: Candidate[] = [];
  for (const { target, contributions } of inputs.campaigns.toSorted((a, b) => (a.target.id < b.target.id ? -1 : 1))) {
    const out = (reason: Exclusion["reason"], community: string | null = null, detail: string | null = null): void => {
      excluded.push({ campaign: target.id, community, reason, detail });
    };
    if (target.currency !== inputs.currency) {
      out("other-currency");
      continue;
    }
    if (target.state !== "open") {
      out("not-open");
      continue;
    }
    const faults = restrictionOf(inputs, target.id);
    if (faults.length > 0) {
      out("restricted", null, faults.join("; "));
      continue;
    }
    const judged = judge(target);
    if (target.units_by_band.every((units) => units === "0")) {
      out("no-demand");
      continue;
    }
    if (judged.least === null) {
      out("unreachable");
      continue;
    }
    if (judged.gap === 0n) {
      out("fully-funded");
      continue;
    }
    const weight = weightOf(inputs, judged, contributions, out);
    if (weight > 0n) candidates.push({ judged, weight, cap: capOf(inputs, judged) });
  }
  const shares = candidates.map(({ judged, weight, cap }) => ({ id: judged.id, weight, cap }));
  const pool = BigInt(inputs.params.pool_minor);
  const shared = inputs.params.method === "demand_weighted" ? waterFill(pool, shares) : shareMatches(pool, shares);
  const outcome = {
    results: candidates.map(({ judged, weight, cap }) => ({
      campaign: judged.id,
      tier: judged.tier,
      need_minor: String(judged.need),
      gap_minor: String(judged.gap),
      cap_minor: String(cap),
      weight: String(weight),
      amount_minor: String(shared.amounts.get(judged.id) ?? 0n),
    })),
    undistributed_minor: String(shared.rest),
    excluded,
  };
  return {
    ...outcome,
    inputs_sha256: sha256url(canonicalBytes(inputs)),
    results_sha256: sha256url(canonicalBytes(outcome)),
  };
}

/** The rules an award would have to keep. How large one may be is a cap, not a reason to leave somebody out. */
function restrictionOf({ restriction, params, day }: MatchingInputs, campaign: string): string[] {
  const { use, instrument, region } = params;
  return restrictionFaults(restriction, { campaign, use, instrument, region, decided_on: day, amount_minor: "1" });
}

function capOf({ restriction: { max_award_minor } }: MatchingInputs, { gap }: Judged): bigint {
  if (max_award_minor === undefined) return gap;
  const most = BigInt(max_award_minor);
  return most < gap ? most : gap;
}

type Out = (reason: Exclusion["reason"], community?: string) => void;

function weightOf(
  { params }: MatchingInputs,
  judged: Judged,
  contributions: readonly Contribution[],
  out: Out,
): bigint {
  const percent = TIER_PERCENT[judged.tier];
  if (params.method === "demand_weighted") {
    if (judged.expected === 0n) out("no-demand");
    return judged.expected * percent;
  }
  const isClustered = params.method === "clustered";
  const least = BigInt(params.min_contribution_minor);
  const contributors = isClustered ? byCommunity(contributions, least, out) : byAccount(contributions, least, out);
  const most = params.max_contribution_minor === null ? null : BigInt(params.max_contribution_minor);
  const match = quadraticMatch(
    contributors.map(({ count, amount }) => ({
      count,
      amount: most !== null && amount > most * count ? most * count : amount,
    })),
  );
  if (match === 0n) out(contributors.length === 0 ? "no-demand" : "one-contributor");
  return (match * percent) / 100n;
}

function byCommunity(contributions: readonly Contribution[], least: bigint, out: Out): Contributors[] {
  const whole = contributions.map(({ community, groups }) => ({
    community,
    accounts: groups.reduce((sum, { accounts }) => sum + accounts, 0),
    amount: groups.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor), 0n),
  }));
  for (const { community, amount } of whole) if (amount < least) out("below-minimum", community);
  const { contributors, merged } = clustered(whole.filter(({ amount }) => amount >= least));
  for (const community of merged) out("small-community-merged", community);
  return contributors;
}

/** A report has the accounts and units of a band, not each account's units: those of a band count as equal parts. */
function byAccount(contributions: readonly Contribution[], least: bigint, out: Out): Contributors[] {
  return contributions.flatMap(({ community, groups }) => {
    const all = groups.map(({ accounts, amount_minor }) => ({ count: BigInt(accounts), amount: BigInt(amount_minor) }));
    const counted = all.filter(({ count, amount }) => amount >= least * count);
    if (counted.length < all.length) out("below-minimum", community);
    return counted;
  });
}
