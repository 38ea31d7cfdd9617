/** The suppliers that have introduced themselves, verified ones marked. */
import type { z } from "zod";
import type { supplierPage, SupplierView } from "../../../shared/protocol/api/signals.ts";
import { LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page } from "../../parts/page.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity, When } from "../../parts/values.tsx";

export function SuppliersPage() {
  const pages = usePages<z.infer<typeof supplierPage>, SupplierView>("/api/suppliers", (page) => ({
    items: page.suppliers,
    next: page.next,
  }));
  return (
    <Page
      title={t("supplier.all")}
      lead={t("supplier.all-lead")}
      actions={<LinkButton href="/supplier">{t("supplier.become")}</LinkButton>}
    >
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<SupplierView>
            caption={t("supplier.all")}
            rows={pages.items}
            rowKey={(row) => row.id}
            csv="suppliers"
            more={<More pages={pages} />}
            empty={<Empty title={t("supplier.none")}>{t("supplier.none-note")}</Empty>}
            columns={[
              {
                id: "name",
                header: t("supplier.name"),
                sort: (row) => row.name,
                text: (row) => row.name,
                cell: (row) => <a href={`/suppliers/${encodeURIComponent(row.id)}`}>{row.name}</a>,
              },
              {
                id: "domain",
                header: t("supplier.domain"),
                sort: (row) => row.domain,
                text: (row) => row.domain,
                cell: (row) => (
                  <>
                    {row.domain}{" "}
                    <Badge tone={row.verified === null ? "warning" : "ok"}>
                      {row.verified === null
                        ? t("supplier.unverified")
                        : t(`supplier.verified-${row.verified}`, { domain: row.domain })}
                    </Badge>
                  </>
                ),
              },
              {
                id: "offers",
                header: t("supplier.offers"),
                end: true,
                sort: (row) => row.offers,
                text: (row) => String(row.offers),
                cell: (row) => <Quantity value={row.offers} />,
              },
              {
                id: "since",
                header: t("supplier.since"),
                sort: (row) => row.since,
                text: (row) => row.since,
                cell: (row) => <When at={row.since} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
