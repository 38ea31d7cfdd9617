/** All campaigns, as ladders. */
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { campaignPage, CampaignView } from "../../../shared/protocol/api/network.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page } from "../../parts/page.tsx";
import { Empty, Loaded, Skeleton } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { CampaignCard } from "../campaign-card.tsx";

type CampaignPage = z.infer<typeof campaignPage>;

export function CampaignsPage() {
  const pages = usePages<CampaignPage, CampaignView>("/api/campaigns?limit=50", (page) => ({
    items: page.campaigns,
    next: page.next,
  }));
  const [openOnly, setOpenOnly] = useState(false);
  const shown = openOnly ? pages.items.filter((campaign) => campaign.state === "open") : pages.items;
  return (
    <Page
      title={t("nav.campaigns")}
      lead={t("campaigns.lead")}
      actions={
        <LinkButton kind="quiet" href="/suppliers">
          {t("supplier.see-all")}
        </LinkButton>
      }
    >
      <Loaded
        resource={pages.first}
        skeleton={
          <div class="grid-wide">
            <Skeleton kind="card" />
            <Skeleton kind="card" />
          </div>
        }
      >
        {(first) =>
          pages.items.length === 0 ? (
            <Empty title={t("campaigns.empty")}>{t("campaigns.empty-note")}</Empty>
          ) : (
            <div class="stack">
              <div class="row row-apart">
                <div class="switch" role="group" aria-label={t("campaigns.show")}>
                  <button type="button" aria-pressed={!openOnly} onClick={() => setOpenOnly(false)}>
                    {t("campaigns.all")}
                  </button>
                  <button type="button" aria-pressed={openOnly} onClick={() => setOpenOnly(true)}>
                    {t("campaigns.open")}
                  </button>
                </div>
                <AsOf size={first.log.size} />
              </div>
              {shown.length === 0 ? (
                <p class="quiet">{t("campaigns.none-open")}</p>
              ) : (
                <div class="grid-wide">
                  {shown.map((campaign) => (
                    <CampaignCard key={campaign.id} campaign={campaign} heading="h2" />
                  ))}
                </div>
              )}
              <More pages={pages} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
