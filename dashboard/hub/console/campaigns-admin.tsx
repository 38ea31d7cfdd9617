/** Campaigns for the operator: state, demand, and the way to amend or close each. */
import { Plus } from "lucide";
import type { z } from "zod";

import type { campaignPage, CampaignView } from "../../../shared/protocol/api/network.ts";
import { LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { More } from "../../parts/more.tsx";
import { Page } from "../../parts/page.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { When } from "../../parts/values.tsx";
import { openUnits, stateTone } from "../campaign.ts";

export function CampaignsAdminPage() {
  const pages = usePages<z.infer<typeof campaignPage>, CampaignView>("/api/campaigns?limit=100", (page) => ({
    items: page.campaigns,
    next: page.next,
  }));
  const add = (
    <LinkButton href="/console/campaigns/new">
      <Icon node={Plus} />
      {t("campaign-form.new")}
    </LinkButton>
  );
  return (
    <Page title={t("console.campaigns")} actions={add}>
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<CampaignView>
            caption={t("nav.campaigns")}
            rows={pages.items}
            rowKey={(row) => row.id}
            csv="campaigns"
            more={<More pages={pages} />}
            empty={
              <Empty title={t("campaigns.empty")} action={add}>
                {t("campaign-form.empty-note")}
              </Empty>
            }
            columns={[
              {
                id: "name",
                header: t("campaign-form.name"),
                sort: (row) => row.name,
                text: (row) => row.name,
                cell: (row) => <a href={`/console/campaigns/${row.id}`}>{row.name}</a>,
              },
              {
                id: "state",
                header: t("campaign.state"),
                sort: (row) => row.state,
                text: (row) => row.state,
                cell: (row) => <Badge tone={stateTone[row.state]}>{t(`campaign.state-${row.state}`)}</Badge>,
              },
              {
                id: "units",
                header: t("curve.units"),
                end: true,
                sort: (row) => openUnits(row),
                text: (row) => String(openUnits(row)),
                cell: (row) => formatQuantity(openUnits(row)),
              },
              {
                id: "pledges",
                header: t("communities.pledges"),
                end: true,
                sort: (row) => row.pledges,
                text: (row) => String(row.pledges),
                cell: (row) => formatQuantity(row.pledges),
              },
              {
                id: "closes",
                header: t("campaign.closing-date"),
                sort: (row) => row.closes,
                text: (row) => row.closes,
                cell: (row) => <When at={row.closes} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
