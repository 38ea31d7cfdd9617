/** Demand at a price that a subsidy already pays for, one line an award. */
import type { FundedDemand } from "../../../shared/protocol/api/signals.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";

export function FundedTable({ funded, k }: { funded: FundedDemand[]; k: number }) {
  return (
    <Section title={t("signals.funded")}>
      <p class="quiet measure">{t("signals.funded-note")}</p>
      <DataTable<FundedDemand>
        caption={t("signals.funded")}
        rows={funded}
        rowKey={(row) => row.award}
        csv="funded-demand"
        empty={<p class="quiet">{t("signals.funded-none")}</p>}
        columns={[
          {
            id: "campaign",
            header: t("signals.campaign"),
            text: (row) => row.campaign.name,
            cell: (row) => <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>,
          },
          {
            id: "says",
            header: t("signals.funded-says"),
            text: (row) => sentence(row, k),
            cell: (row) => sentence(row, k),
          },
          {
            id: "state",
            header: t("signals.funded-state"),
            text: (row) => t(`signals.funded-${row.state}`),
            cell: (row) => <a href={`/awards/${encodeURIComponent(row.award)}`}>{t(`signals.funded-${row.state}`)}</a>,
          },
        ]}
      />
    </Section>
  );
}

function sentence(row: FundedDemand, k: number): string {
  const price = formatMoney(row.buyer_price_minor, row.currency);
  const subsidy = formatMoney(row.subsidy_per_unit_minor, row.currency);
  if (row.units === null) return t("signals.funded-withheld", { price, subsidy, k });
  const most = formatQuantity(row.max_units);
  return t("signals.funded-sentence", {
    price,
    subsidy,
    units: formatQuantity(row.units),
    unit: row.campaign.unit,
    most,
  });
}
