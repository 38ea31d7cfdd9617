/**
 * Matching runs (docs/targeting.md §8): `/api/funds/<id>/matching`, `/api/matching/*`, `/api/allocations`. The inputs hold
 * every fact that a run uses, all of them from the log at one size, so that anyone computes results and hashes again.
 */
import { z } from "zod";
import { amountMinor, amountMinorOrZero, instrument, matchingMethod, ref, restriction, use } from "../fund.ts";
import { count, currency, day, decimalSum, hash, origin, prose, region, typed } from "../primitives.ts";
import { entryRef, named } from "./capital.ts";
import { logRef } from "./money.ts";
import { evidenceTier, targetingInput } from "./targeting.ts";

export const MAX_MATCHED = 100;

/** What a person asks; what is left out is filled in from the fund (shared/targeting/inputs.ts). */
export const matchingQuestion = z.strictObject({
  fund: ref,
  method: matchingMethod.default("demand_weighted"),
  /** absent: everything the fund has available */
  pool_minor: amountMinorOrZero.optional(),
  /** absent: every open campaign in the fund's currency */
  campaigns: z.array(hash).min(1).max(MAX_MATCHED).optional(),
  /** what the awards would be, held against the fund's restriction */
  instrument: instrument.optional(),
  use: use.optional(),
  region: region.optional(),
  /** quadratic methods: least and most that one contributor counts for, an account or (clustered) a community */
  min_contribution_minor: amountMinorOrZero.optional(),
  max_contribution_minor: amountMinor.optional(),
});
export type MatchingQuestion = z.infer<typeof matchingQuestion>;

export const matchingParams = z.strictObject({
  fund: ref,
  method: matchingMethod,
  pool_minor: amountMinorOrZero,
  /** ascending; null: every open campaign in the fund's currency */
  campaigns: z.array(hash).nullable(),
  instrument,
  use,
  region: region.nullable(),
  min_contribution_minor: amountMinorOrZero,
  max_contribution_minor: amountMinor.nullable(),
});
export type MatchingParams = z.infer<typeof matchingParams>;

/**
 * Open pledges and commitments of one community for one campaign, at the value purchasing power counts them with: a group
 * for each price band, or one for all where the community's report does not tell the accounts of each band.
 */
export const contribution = z.strictObject({
  community: origin,
  groups: z.array(z.strictObject({ accounts: count, amount_minor: decimalSum })).min(1),
});
export type Contribution = z.infer<typeof contribution>;

export const matchingInputs = z.strictObject({
  v: z.literal(1),
  params: matchingParams,
  currency,
  /** UTC day of log time */
  day,
  restriction,
  log: logRef,
  /** ascending by id; contributions ascending by community, for the quadratic methods only */
  campaigns: z.array(z.strictObject({ target: targetingInput, contributions: z.array(contribution) })).max(MAX_MATCHED),
});
export type MatchingInputs = z.infer<typeof matchingInputs>;

export const exclusion = z.strictObject({
  campaign: hash,
  /** null: the campaign as a whole */
  community: origin.nullable(),
  reason: z.enum([
    "not-open",
    "other-currency",
    /** `detail` says by which rule */
    "restricted",
    /** not even at the lowest price does demand reach the minimum order */
    "unreachable",
    "no-demand",
    "fully-funded",
    /** quadratic methods: one contributor alone is matched with nothing */
    "one-contributor",
    "below-minimum",
    /** counts, but only together with the other small communities */
    "small-community-merged",
  ]),
  detail: z.string().nullable(),
});
export type Exclusion = z.infer<typeof exclusion>;

export const matchingRun = z.strictObject({
  results: z.array(
    z.strictObject({
      campaign: hash,
      tier: evidenceTier,
      need_minor: decimalSum,
      gap_minor: decimalSum,
      cap_minor: decimalSum,
      weight: decimalSum,
      amount_minor: decimalSum,
    }),
  ),
  undistributed_minor: decimalSum,
  excluded: z.array(exclusion),
  /** SHA-256 of the RFC 8785 form of the inputs; of results, undistributed_minor and excluded */
  inputs_sha256: hash,
  results_sha256: hash,
});
export type MatchingRun = z.infer<typeof matchingRun>;

/** An estimate is a run that is not recorded. */
export const matchingEstimate = z.object({ inputs: matchingInputs, run: matchingRun, available_minor: decimalSum });
export type MatchingEstimate = z.infer<typeof matchingEstimate>;

/** Proposes to record a run. The hub computes it anew; what has changed since it was looked at is refused. */
export const proposeMatching = z.strictObject({
  question: matchingQuestion,
  id: ref,
  results_sha256: hash,
  note: typed(prose(1000)).default(""),
  idempotency_key: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
});
export type ProposeMatching = z.infer<typeof proposeMatching>;

export const allocationView = z.object({
  id: ref,
  fund: named,
  currency,
  method: matchingMethod,
  pool_minor: decimalSum,
  given_minor: decimalSum,
  /** log size the inputs are of */
  size: count,
  inputs_sha256: hash,
  results_sha256: hash,
  campaigns: count,
  entry: entryRef,
});
export type AllocationView = z.infer<typeof allocationView>;
/** Newest first. */
export const allocationPage = z.object({
  allocations: z.array(allocationView),
  next: z.string().nullable(),
  log: logRef,
});
export const allocationDetail = allocationView.extend({
  results: z.array(z.object({ campaign: z.object({ id: hash, name: z.string() }), amount_minor: decimalSum })),
  /** null for a run whose inputs are not at this hub */
  inputs: matchingInputs.nullable(),
  log: logRef,
});
export type AllocationDetail = z.infer<typeof allocationDetail>;
