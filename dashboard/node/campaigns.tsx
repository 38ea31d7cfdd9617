/** All campaigns this community has taken up: open ones first. */
import { LinkButton } from "../parts/button.tsx";
import { t } from "../parts/i18n.ts";
import { Page, Section } from "../parts/page.tsx";
import { useMe } from "../parts/session.ts";
import { Empty, Loaded, Skeleton } from "../parts/states.tsx";
import type { MyPledge, NodeCampaign } from "../../shared/protocol/api/community.ts";
import { CampaignCard } from "./campaign-card.tsx";
import { useCampaigns, usePledges } from "./data.ts";

export function CampaignsPage() {
  const me = useMe();
  const campaigns = useCampaigns();
  const pledges = usePledges(Boolean(me));
  const mine = pledges.data?.pledges ?? [];
  return (
    <Page title={t("campaigns.title")} lead={t("campaigns.lead")}>
      <Loaded resource={campaigns} skeleton={<Skeleton kind="card" />}>
        {(data) => {
          if (data.campaigns.length === 0) return <NoCampaigns steward={me?.role === "steward"} />;
          const open = data.campaigns.filter((campaign) => campaign.state === "open");
          const past = data.campaigns.filter((campaign) => campaign.state !== "open");
          return (
            <>
              <Section title={t("campaigns.open")}>
                {open.length > 0 ? (
                  <Cards campaigns={open} mine={mine} />
                ) : (
                  <p class="quiet">{t("campaigns.all-past")}</p>
                )}
              </Section>
              {past.length > 0 ? (
                <Section title={t("campaigns.past")}>
                  <Cards campaigns={past} mine={mine} />
                </Section>
              ) : null}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function NoCampaigns({ steward }: { steward: boolean }) {
  return (
    <Empty
      title={t("campaigns.empty")}
      action={steward ? <LinkButton href="/run/campaigns">{t("campaigns.empty-do")}</LinkButton> : null}
    >
      {t(steward ? "campaigns.empty-steward" : "campaigns.empty-text")}
    </Empty>
  );
}

function Cards({ campaigns, mine }: { campaigns: NodeCampaign[]; mine: MyPledge[] }) {
  return (
    <ul class="grid-wide cards">
      {campaigns.map((campaign) => (
        <li key={campaign.id}>
          <CampaignCard campaign={campaign} mine={mine.find((pledge) => pledge.campaign === campaign.id) ?? null} />
        </li>
      ))}
    </ul>
  );
}
