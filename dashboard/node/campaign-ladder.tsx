/** The ladder of one campaign with the network's units, and how many of them are from here. */
import type { NodeCampaign } from "../../shared/protocol/api/community.ts";
import { formatQuantity } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { TierLadder } from "../parts/tier-ladder.tsx";
import { nextRung, rungsOf, standingOf, unitsOf } from "./ladder.ts";

export function CampaignLadder({ campaign }: { campaign: NodeCampaign }) {
  const { units, communities } = standingOf(campaign);
  const goal = BigInt(campaign.goal_qty);
  const rungs = rungsOf(goal).map((rung) => ({ units: rung, label: formatQuantity(rung) }));
  const next = nextRung(units, goal);
  return (
    <div class="stack-s">
      <TierLadder
        value={units}
        goal={goal}
        unit={campaign.unit}
        rungs={rungs}
        {...(next === null ? {} : { note: t("campaign.next", { n: next - units, rung: formatQuantity(next) }) })}
      />
      <p class="quiet small">
        {communities === null
          ? t("campaign.here-only")
          : t("campaign.here-units", { units: formatQuantity(unitsOf(campaign.here)), communities })}
      </p>
    </div>
  );
}
