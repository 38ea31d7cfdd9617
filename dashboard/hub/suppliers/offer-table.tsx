/** Offers with their prices by quantity, what demand reaches of them now, and what became of them. */
import type { ComponentChildren } from "preact";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import type { OfferView } from "../../../shared/protocol/api/supplier.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Badge, Empty, type Tone } from "../../parts/states.tsx";
import { When } from "../../parts/values.tsx";

const tones: Record<OfferView["state"], Tone> = {
  valid: "ok",
  expired: "warning",
  replaced: "info",
  withdrawn: "info",
  ended: "info",
};

export function OfferTable({
  offers,
  without,
  actions,
  more,
}: {
  offers: readonly OfferView[];
  /** what the page is about already */
  without?: "supplier" | "campaign";
  actions?: (offer: OfferView) => ComponentChildren;
  more?: ComponentChildren;
}) {
  const supplier: Column<OfferView> = {
    id: "supplier",
    header: t("supplier.one"),
    sort: (row) => row.supplier.name,
    text: (row) => row.supplier.name,
    cell: (row) => (
      <>
        <a href={`/suppliers/${encodeURIComponent(row.supplier.id)}`}>{row.supplier.name}</a>{" "}
        <span class="quiet small">{row.supplier.domain}</span>
      </>
    ),
  };
  const campaign: Column<OfferView> = {
    id: "campaign",
    header: t("supplier.campaign"),
    sort: (row) => row.campaign.name,
    text: (row) => row.campaign.name,
    cell: (row) => <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>,
  };
  return (
    <DataTable<OfferView>
      caption={t("supplier.offers")}
      rows={[...offers]}
      rowKey={(row) => row.offer}
      csv="offers"
      more={more}
      empty={<Empty title={t("supplier.no-offers")}>{t("supplier.no-offers-note")}</Empty>}
      columns={[
        ...(without === "supplier" ? [] : [supplier]),
        ...(without === "campaign" ? [] : [campaign]),
        {
          id: "tiers",
          header: t("supplier.tiers"),
          text: tiersText,
          cell: (row) => (
            <>
              {tiersText(row)}
              {row.max_qty === null ? null : (
                <span class="quiet small"> {t("supplier.at-most", { n: formatQuantity(row.max_qty) })}</span>
              )}
              {row.conditions === "" ? null : (
                <>
                  <br />
                  <span class="small prose">{row.conditions}</span>
                </>
              )}
            </>
          ),
        },
        { id: "reached", header: t("supplier.reached"), text: reachedText, cell: reachedText },
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
              <a class="small" href={`/log?entry=${row.ended_index ?? row.entry.index}`}>
                {t("supplier.entry", { index: row.ended_index ?? row.entry.index })}
              </a>
            </>
          ),
        },
        ...(actions === undefined ? [] : [{ id: "act", header: t("admin.act"), cell: actions }]),
      ]}
    />
  );
}

export function tierWords({ min_qty, unit_price_minor }: OfferView["tiers"][number], currency: string): string {
  return t("supplier.tier", { qty: formatQuantity(min_qty), price: formatMoney(unit_price_minor, currency) });
}

function tiersText(row: OfferView): string {
  return row.tiers.map((tier) => tierWords(tier, row.currency)).join(" · ");
}

/** The tier that members' own maximum prices already reach, or how far the first one is. */
function reachedText({ reached, regions, campaign, tiers, currency }: OfferView): string {
  if (reached === null && !campaign.ended && regions.length === 0) return t("curve.few", { k: SMALLEST_K });
  if (reached === null) return t(regions.length > 0 ? "supplier.reached-regions" : "supplier.reached-over");
  const units = formatQuantity(reached.units);
  const [first] = tiers;
  if (reached.tier === null) {
    return t("supplier.not-reached", { units, qty: formatQuantity(first?.min_qty ?? "0") });
  }
  const tier = tiers[reached.tier] ?? first;
  return t("supplier.tier-reached", { price: formatMoney(tier?.unit_price_minor ?? "0", currency), units });
}
