/** Offers for one campaign, those that stand first. */
import type { OfferPage, OfferView } from "../../../shared/protocol/api/supplier.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Section } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { OfferTable } from "./offer-table.tsx";

export function CampaignOffers({ campaign }: { campaign: string }) {
  const pages = usePages<OfferPage, OfferView>(`/api/offers?campaign=${campaign}&limit=50`, (page) => ({
    items: page.offers,
    next: page.next,
  }));
  const standing = pages.items.filter(({ state }) => state === "valid");
  const others = pages.items.filter(({ state }) => state !== "valid");
  return (
    <Section
      title={t("supplier.offers")}
      aside={<a href={`/exports/offers.csv?campaign=${campaign}`}>{t("supplier.file")}</a>}
    >
      <p class="quiet measure">{t("supplier.campaign-note")}</p>
      <Loaded resource={pages.first}>
        {() => <OfferTable offers={[...standing, ...others]} without="campaign" more={<More pages={pages} />} />}
      </Loaded>
    </Section>
  );
}
