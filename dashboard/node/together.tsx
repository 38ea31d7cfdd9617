/** What the community buys together: the open campaigns, or the last ended ones. */
import { t } from "../parts/i18n.ts";
import { Section } from "../parts/page.tsx";
import { useMe } from "../parts/session.ts";
import { Empty, Loaded, Skeleton } from "../parts/states.tsx";
import { CampaignCard } from "./campaign-card.tsx";
import { useCampaigns, usePledges } from "./data.ts";

export function Together() {
  const me = useMe();
  const campaigns = useCampaigns();
  const pledges = usePledges(Boolean(me));
  return (
    <Section title={t("community.together")} aside={<a href="/campaigns">{t("community.all-campaigns")}</a>}>
      <p class="quiet measure">{t("community.together-lead")}</p>
      <Loaded resource={campaigns} skeleton={<Skeleton kind="card" />}>
        {(data) => {
          const open = data.campaigns.filter((campaign) => campaign.state === "open");
          const shown = (open.length > 0 ? open : data.campaigns).slice(0, 4);
          return shown.length === 0 ? (
            <Empty title={t("campaigns.empty")}>{t("campaigns.empty-text")}</Empty>
          ) : (
            <ul class="grid-wide cards">
              {shown.map((campaign) => (
                <li key={campaign.id}>
                  <CampaignCard
                    campaign={campaign}
                    mine={pledges.data?.pledges.find((pledge) => pledge.campaign === campaign.id) ?? null}
                  />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}
