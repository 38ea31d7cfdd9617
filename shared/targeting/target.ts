/**
 * The whole answer of `/api/targeting` from its inputs (docs/targeting.md §1 to §7): the hub, a page with sliders and anyone who
 * checks run this same function. `assume` changes what a page lets people try; the hub's answer assumes nothing.
 */
import { sha256url } from "../bytes.ts";
import type { Portfolio, Target, TargetingInput } from "../protocol/api/targeting.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { judge } from "./leverage.ts";
import { choosePortfolio } from "./portfolio.ts";
import { rank, targetView } from "./ranking.ts";

export interface Assumptions {
  /** more (or less) than each supplier asks, in percent */
  price_percent?: number;
  /** expected fulfilment for all, in percent, in place of the history */
  fulfilment_percent?: number;
}

export interface Answer {
  targets: Target[];
  portfolio: Portfolio | null;
  inputs_sha256: string;
}

export function answer(
  inputs: readonly TargetingInput[],
  budgetMinor: bigint | null,
  assume: Assumptions = {},
): Answer {
  const judged = inputs.map((input) => judge(assumed(input, assume)));
  const open = judged.filter((_, at) => inputs[at]?.state === "open");
  const ranked = rank(judged);
  const chosen =
    budgetMinor === null
      ? null
      : choosePortfolio(
          open
            .filter(({ adjusted }) => adjusted !== null)
            .map(({ id, gap, expected }) => ({ id, gap, unlocks: expected })),
          budgetMinor,
        );
  return {
    targets: ranked.map(targetView),
    portfolio:
      chosen === null
        ? null
        : {
            method: chosen.method,
            chosen: chosen.ids,
            spent_minor: String(chosen.spent),
            unlocks_minor: String(chosen.unlocks),
          },
    inputs_sha256: sha256url(canonicalBytes(inputs)),
  };
}

function assumed(input: TargetingInput, { price_percent = 0, fulfilment_percent }: Assumptions): TargetingInput {
  const priced = (minor: string): string => {
    const price = (BigInt(minor) * BigInt(100 + price_percent)) / 100n;
    return String(price > 0n ? price : 1n);
  };
  const changed = {
    ...input,
    supplier_price_minor: priced(input.supplier_price_minor),
    offers: input.offers.map((offer) => ({
      ...offer,
      tiers: offer.tiers.map((tier) => ({ ...tier, unit_price_minor: priced(tier.unit_price_minor) })),
    })),
  };
  if (fulfilment_percent === undefined) return changed;
  // A history so long that it alone decides.
  const locked = 10n ** 15n;
  const fulfilled_units = String((locked * BigInt(fulfilment_percent)) / 100n);
  return { ...changed, locked_units: String(locked), fulfilled_units };
}
