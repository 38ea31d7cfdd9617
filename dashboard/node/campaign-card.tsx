/** A campaign in a list: what, how far, until when, and my own part in it. */
import type { MyPledge, NodeCampaign } from "../../shared/protocol/api/community.ts";
import { formatMoney, formatQuantity } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Badge, type Tone } from "../parts/states.tsx";
import { Money } from "../parts/values.tsx";
import { CampaignLadder } from "./campaign-ladder.tsx";
import { daysLeft } from "./ladder.ts";

const tones: Partial<Record<NodeCampaign["state"], Tone>> = { locked: "ok", ended: "info" };

export function CampaignState({ campaign }: { campaign: NodeCampaign }) {
  const tone = tones[campaign.state];
  if (campaign.state === "open") {
    return <Badge>{t("now.time-left", { n: daysLeft(campaign.closes, Date.now()) })}</Badge>;
  }
  return <Badge {...(tone ? { tone } : {})}>{t(`campaign.state-${campaign.state}`)}</Badge>;
}

export function CampaignCard({
  campaign,
  mine,
  level = 3,
}: {
  campaign: NodeCampaign;
  mine: MyPledge | null;
  level?: 2 | 3;
}) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <article class="card card-link campaign-card">
      <div class="stack-s">
        <div class="row row-apart">
          <span class="quiet small">
            {campaign.product.brand ? t("campaign.by", { brand: campaign.product.brand }) : campaign.unit}
          </span>
          <CampaignState campaign={campaign} />
        </div>
        <Heading class="campaign-name">
          <a class="cover" href={`/campaigns/${campaign.id}`}>
            {campaign.name}
          </a>
        </Heading>
      </div>
      <CampaignLadder campaign={campaign} />
      <div class="row row-apart small">
        <span class="quiet">
          {t("campaign.price-now")} <Money minor={campaign.reference_price_minor} currency={campaign.currency} />
        </span>
        {mine ? <Badge tone="ok">{mineLine(mine)}</Badge> : null}
      </div>
    </article>
  );
}

function mineLine(mine: MyPledge): string {
  if (mine.max_unit_price_minor === null) return t("campaign.mine-interest");
  return t("campaign.mine", {
    qty: formatQuantity(mine.qty),
    price: formatMoney(mine.max_unit_price_minor, mine.currency),
  });
}
