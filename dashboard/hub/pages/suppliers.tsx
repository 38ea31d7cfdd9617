/** The suppliers this hub knows, verified ones marked, and every offer; which offers are shown is in the address. */
import { useLocation } from "preact-iso";
import type {
  OfferPage,
  OfferState,
  OfferView,
  SupplierPage as Suppliers,
  SupplierView,
} from "../../../shared/protocol/api/supplier.ts";
import { LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Select } from "../../parts/field.tsx";
import { formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity } from "../../parts/values.tsx";
import { OfferTable } from "../suppliers/offer-table.tsx";
import { VerifiedBadge } from "../suppliers/verified.tsx";

export function SuppliersPage() {
  const me = useMe();
  const pages = usePages<Suppliers, SupplierView>("/api/suppliers?limit=100", (page) => ({
    items: page.suppliers,
    next: page.next,
  }));
  return (
    <Page
      title={t("supplier.all")}
      lead={t("supplier.all-lead")}
      back={{ href: "/campaigns", label: t("nav.campaigns") }}
      actions={
        me?.role === "supplier" ? (
          <LinkButton href="/supplier">{t("supplier.desk")}</LinkButton>
        ) : me === null ? (
          <LinkButton kind="secondary" href="/introduce">
            {t("introduce.title")}
          </LinkButton>
        ) : undefined
      }
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
                cell: (row) => (
                  <>
                    <a href={`/suppliers/${encodeURIComponent(row.id)}`}>{row.name}</a>{" "}
                    <span class="quiet small">{row.domain}</span>
                  </>
                ),
              },
              {
                id: "verified",
                header: t("supplier.verified"),
                sort: (row) => row.verified?.kind ?? "",
                text: (row) => row.verified?.kind ?? "",
                cell: (row) => <VerifiedBadge supplier={row} />,
              },
              {
                id: "country",
                header: t("desk.field-country"),
                text: (row) => row.country ?? "",
                cell: (row) => (row.country === null ? "–" : formatRegion(row.country)),
              },
              {
                id: "offers",
                header: t("supplier.valid-offers"),
                end: true,
                sort: (row) => row.offers,
                text: (row) => String(row.offers),
                cell: (row) => <Quantity value={row.offers} />,
              },
            ]}
          />
        )}
      </Loaded>
      <Offers />
    </Page>
  );
}

const states = ["valid", "expired", "replaced", "withdrawn", "ended"] as const satisfies readonly OfferState[];

function Offers() {
  const { path, query, route } = useLocation();
  const state = states.find((one) => one === query["state"]) ?? "valid";
  const pages = usePages<OfferPage, OfferView>(`/api/offers?state=${state}&limit=50`, (page) => ({
    items: page.offers,
    next: page.next,
  }));
  return (
    <Section title={t("supplier.offers")} aside={<a href="/exports/offers.csv">{t("supplier.file")}</a>}>
      <div class="form-row">
        <Select
          label={t("supplier.state")}
          value={state}
          onChange={(value) => route(value === "valid" ? path : `${path}?state=${value}`)}
          choices={states.map((one) => ({ value: one, label: t(`supplier.offer-${one}`) }))}
        />
      </div>
      <Loaded resource={pages.first}>{() => <OfferTable offers={pages.items} more={<More pages={pages} />} />}</Loaded>
    </Section>
  );
}
