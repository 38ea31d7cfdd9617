/** What a community is about, beside its three numbers. */
import type { Community } from "../../shared/protocol/api/community.ts";
import { t } from "../parts/i18n.ts";
import { Stat, Stats } from "../parts/stat.tsx";
import { Quantity } from "../parts/values.tsx";
import { useCampaigns } from "./data.ts";

export function CommunityFacts({ community }: { community: Community }) {
  const campaigns = useCampaigns();
  const open = campaigns.data?.campaigns.filter((campaign) => campaign.state === "open").length;
  return (
    <div class="facts-of">
      <p class="about prose">{community.about || t("community.no-about")}</p>
      <Stats>
        <Stat
          label={t("community.members")}
          value={<Quantity value={community.members} />}
          note={t("community.members-note")}
        />
        <Stat
          label={t("community.pledges")}
          value={<Quantity value={community.pledges} />}
          note={t("community.pledges-note")}
        />
        <Stat label={t("community.campaigns")} value={open === undefined ? null : <Quantity value={open} />} />
      </Stats>
    </div>
  );
}
