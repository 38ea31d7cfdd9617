/** One supplier: how it was verified, and every offer it made, with what became of it. */
import { useRoute } from "preact-iso";
import type { SupplierDetail } from "../../../shared/protocol/api/signals.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Badge, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";
import { OfferTable } from "../supplier/offer-table.tsx";

export function SupplierPage() {
  const { params } = useRoute();
  const supplier = useResource<SupplierDetail>(`/api/suppliers/${encodeURIComponent(params["id"] ?? "")}`);
  const view = supplier.data;
  return (
    <Page
      title={view?.name ?? t("supplier.one")}
      back={{ href: "/suppliers", label: t("supplier.all") }}
      lead={view === null ? undefined : t("supplier.sentence", { n: view.list.length, domain: view.domain })}
      under={view === null ? undefined : <AsOf size={view.log.size} />}
    >
      <Loaded resource={supplier}>
        {(loaded) => (
          <>
            <p>
              {loaded.verified === null ? (
                <Badge tone="warning">{t("supplier.unverified")}</Badge>
              ) : (
                <Badge tone="ok">{t(`supplier.verified-${loaded.verified}`, { domain: loaded.domain })}</Badge>
              )}{" "}
              <span class="quiet">
                {t("supplier.since")} <When at={loaded.since} />
              </span>
            </p>
            <Section title={t("supplier.offers")}>
              <OfferTable offers={loaded.list} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
