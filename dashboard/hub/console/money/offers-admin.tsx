/** Offers of suppliers as the people of the hub see them: what is valid, what it reaches, and ending one with a reason. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { offerPage, OfferView } from "../../../../shared/protocol/api/signals.ts";
import { Button } from "../../../parts/button.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { formatMoney, formatQuantity } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { More } from "../../../parts/more.tsx";
import { Page } from "../../../parts/page.tsx";
import { useMe } from "../../../parts/session.ts";
import { Badge, Empty, Loaded, type Tone } from "../../../parts/states.tsx";
import { usePages } from "../../../parts/use-pages.ts";
import { When } from "../../../parts/values.tsx";
import { type Decision, ReasonDialog } from "../reason-dialog.tsx";

const tones: Record<OfferView["state"], Tone> = {
  valid: "ok",
  expired: "info",
  replaced: "info",
  withdrawn: "warning",
};

export function OffersAdminPage() {
  const me = useMe();
  const [decision, setDecision] = useState<Decision | null>(null);
  const pages = usePages<z.infer<typeof offerPage>, OfferView>("/api/offers", (page) => ({
    items: page.offers,
    next: page.next,
  }));
  return (
    <Page title={t("desk.offers")} lead={t("desk.offers-lead")}>
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<OfferView>
            caption={t("desk.offers")}
            rows={pages.items}
            rowKey={(row) => row.offer}
            csv="offers"
            more={<More pages={pages} />}
            empty={<Empty title={t("desk.offers-none")}>{t("desk.offers-none-note")}</Empty>}
            columns={[
              {
                id: "supplier",
                header: t("desk.supplier"),
                sort: (row) => row.supplier.name,
                text: (row) => row.supplier.name,
                cell: (row) => (
                  <>
                    <a href={`/suppliers/${encodeURIComponent(row.supplier.id)}`}>{row.supplier.name}</a>{" "}
                    <span class="quiet small">{row.supplier.domain}</span>
                  </>
                ),
              },
              {
                id: "campaign",
                header: t("desk.field-campaign"),
                sort: (row) => row.campaign.name,
                text: (row) => row.campaign.name,
                cell: (row) => <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>,
              },
              { id: "tiers", header: t("desk.tiers"), text: tiersText, cell: tiersText },
              {
                id: "reached",
                header: t("desk.reached"),
                end: true,
                text: (row) => row.reached.units,
                cell: (row) => formatQuantity(row.reached.units),
              },
              {
                id: "until",
                header: t("desk.valid-until"),
                sort: (row) => row.valid_until,
                text: (row) => row.valid_until,
                cell: (row) => <When at={row.valid_until} />,
              },
              {
                id: "state",
                header: t("invite.state"),
                sort: (row) => row.state,
                text: (row) => row.state,
                cell: (row) => <Badge tone={tones[row.state]}>{t(`desk.offer-${row.state}`)}</Badge>,
              },
              {
                id: "act",
                header: "",
                cell: (row) =>
                  row.state === "valid" && me?.role === "operator" ? (
                    <Button
                      kind="quiet"
                      onClick={() =>
                        setDecision({
                          title: t("desk.offer-end"),
                          body: t("desk.offer-end-body", { name: row.supplier.name }),
                          action: t("desk.offer-end"),
                          done: t("desk.offer-ended"),
                          path: `/api/offers/${row.offer}/end`,
                          danger: true,
                          reasonNeeded: true,
                        })
                      }
                    >
                      {t("desk.offer-end")}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={pages.first.reload} />
    </Page>
  );
}

function tiersText(row: OfferView): string {
  return row.tiers
    .map((tier) =>
      t("desk.tier", { qty: formatQuantity(tier.min_qty), price: formatMoney(tier.unit_price_minor, row.currency) }),
    )
    .join(" · ");
}
