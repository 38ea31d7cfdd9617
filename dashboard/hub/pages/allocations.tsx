/** Recorded matching runs, newest first. */
import type { z } from "zod";
import type { AllocationView, allocationPage } from "../../../shared/protocol/api/matching.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page } from "../../parts/page.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity } from "../../parts/values.tsx";

export function AllocationsPage() {
  return (
    <Page title={t("matching.title")} lead={t("matching.lead")} back={{ href: "/funding", label: t("funding.title") }}>
      <AllocationTable />
      <p class="small">
        <a href="/exports/allocations.csv">{t("matching.file")}</a>
      </p>
    </Page>
  );
}

export function AllocationTable() {
  const pages = usePages<z.infer<typeof allocationPage>, AllocationView>("/api/allocations", (page) => ({
    items: page.allocations,
    next: page.next,
  }));
  const amount = (id: "pool" | "given", field: "pool_minor" | "given_minor") => ({
    id,
    header: t(`matching.${id}`),
    end: true,
    text: (row: AllocationView) => formatMoney(row[field], row.currency),
    cell: (row: AllocationView) => formatMoney(row[field], row.currency),
  });
  return (
    <Loaded resource={pages.first}>
      {() => (
        <DataTable<AllocationView>
          caption={t("matching.title")}
          rows={pages.items}
          rowKey={(row) => row.id}
          csv="allocations"
          more={<More pages={pages} />}
          empty={<Empty title={t("matching.none")}>{t("matching.none-note")}</Empty>}
          columns={[
            {
              id: "run",
              header: t("matching.run"),
              text: (row) => row.id,
              cell: (row) => <a href={`/allocations/${encodeURIComponent(row.id)}`}>{row.id}</a>,
            },
            {
              id: "fund",
              header: t("funding.fund"),
              text: (row) => row.fund.name,
              cell: (row) => <a href={`/funds/${encodeURIComponent(row.fund.id)}`}>{row.fund.name}</a>,
            },
            {
              id: "method",
              header: t("matching.method"),
              text: (row) => row.method,
              cell: (row) => t(`matching.method-${row.method}`),
            },
            amount("pool", "pool_minor"),
            amount("given", "given_minor"),
            {
              id: "campaigns",
              header: t("matching.campaigns"),
              end: true,
              text: (row) => String(row.campaigns),
              cell: (row) => <Quantity value={row.campaigns} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}
