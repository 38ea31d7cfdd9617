/** One supplier: how it was verified, and its offers with what became of them. */
import { useRoute } from "preact-iso";
import type { SupplierDetail } from "../../../shared/protocol/api/supplier.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { OfferTable } from "../suppliers/offer-table.tsx";
import { Verified } from "../suppliers/verified.tsx";

export function SupplierPage() {
  const { params } = useRoute();
  const supplier = useResource<SupplierDetail>(`/api/suppliers/${encodeURIComponent(params["id"] ?? "")}`);
  const view = supplier.data;
  return (
    <Page
      title={view?.name ?? t("supplier.one")}
      back={{ href: "/suppliers", label: t("supplier.all") }}
      lead={view === null ? undefined : t("supplier.sentence", { n: view.offers, domain: view.domain })}
      under={view === null ? undefined : <AsOf size={view.log.size} />}
    >
      <Loaded resource={supplier}>
        {(loaded) => (
          <>
            <Verified supplier={loaded} />
            <Section title={t("supplier.offers")}>
              <OfferTable offers={loaded.list} without="supplier" />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
