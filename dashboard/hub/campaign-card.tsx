/** A campaign at a glance: what is wanted, how much demand stands behind it, how far it is. */
import type { CampaignView } from "../../shared/protocol/api/network.ts";
import { formatDate } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Badge } from "../parts/states.tsx";
import { TierLadder } from "../parts/tier-ladder.tsx";
import { Money } from "../parts/values.tsx";
import { openUnits, stateTone } from "./campaign.ts";

/** `heading`: one level below the heading the card stands under. */
export function CampaignCard({ campaign, heading: Heading = "h3" }: { campaign: CampaignView; heading?: "h2" | "h3" }) {
  return (
    <article class="card card-link campaign-card">
      <div class="row row-apart">
        <Badge tone={stateTone[campaign.state]}>{t(`campaign.state-${campaign.state}`)}</Badge>
        {campaign.state === "open" ? (
          <span class="quiet small">{t("campaign.closes", { date: formatDate(campaign.closes) })}</span>
        ) : null}
      </div>
      <Heading class="h3">
        <a class="cover" href={`/campaigns/${campaign.id}`}>
          {campaign.name}
        </a>
      </Heading>
      <p>
        <span class="amount">
          <Money minor={campaign.purchasing_power_minor} currency={campaign.currency} whole />
        </span>{" "}
        <span class="quiet">
          {t("campaign.behind", { pledges: campaign.pledges, communities: campaign.communities })}
        </span>
      </p>
      <div class="foot">
        <TierLadder value={openUnits(campaign)} goal={BigInt(campaign.goal_qty)} unit={campaign.unit} />
      </div>
    </article>
  );
}
