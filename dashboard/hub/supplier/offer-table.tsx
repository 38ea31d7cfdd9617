/** Offers with their prices by quantity, what demand they reach now, and their state. */
import type { ComponentChildren } from "preact";
import type { OfferView } from "../../../shared/protocol/api/signals.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Badge, type Tone } from "../../parts/states.tsx";
import { When } from "../../parts/values.tsx";

const tones: Record<OfferView["state"], Tone> = { valid: "ok", expired: "info", replaced: "info", withdrawn: "warning" };

export function OfferTable({
  offers,
  actions,
}: {
  offers: readonly OfferView[];
  actions?: (offer: OfferView) => ComponentChildren;
}) {
  return (
    <DataTable<OfferView>
      caption={t("supplier.offers")}
      rows={[...offers]}
      rowKey={(row) => row.offer}
      csv="offers"
      empty={<p class="quiet">{t("supplier.no-offers")}</p>}
      columns={[
        {
          id: "campaign",
          header: t("supplier.campaign"),
          sort: (row) => row.campaign.name,
          text: (row) => row.campaign.name,
          cell: (row) => <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>,
        },
        { id: "tiers", header: t("supplier.tiers"), text: tiersText, cell: tiersText },
        {
          id: "reached",
          header: t("supplier.reached"),
          end: true,
          text: (row) => row.reached.units,
          sort: (row) => BigInt(row.reached.units),
          cell: (row) =>
            row.reached.tier === null
              ? t("supplier.not-reached", { units: formatQuantity(row.reached.units) })
              : formatQuantity(row.reached.units),
        },
        {
          id: "until",
          header: t("supplier.until"),
          sort: (row) => row.valid_until,
          text: (row) => row.valid_until,
          cell: (row) => <When at={row.valid_until} />,
        },
        {
          id: "state",
          header: t("supplier.state"),
          sort: (row) => row.state,
          text: (row) => row.state,
          cell: (row) => (
            <>
              <Badge tone={tones[row.state]}>{t(`supplier.offer-${row.state}`)}</Badge>{" "}
              <a class="small" href={`/log?entry=${row.entry.index}`}>
                {t("supplier.entry", { index: row.entry.index })}
              </a>
            </>
          ),
        },
        ...(actions === undefined ? [] : [{ id: "act", header: "", cell: actions }]),
      ]}
    />
  );
}

function tiersText(row: OfferView): string {
  return row.tiers
    .map((tier) =>
      t("supplier.tier", { qty: formatQuantity(tier.min_qty), price: formatMoney(tier.unit_price_minor, row.currency) }),
    )
    .join(" · ");
}
