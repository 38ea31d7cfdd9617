/** All communities that ever joined, and how to become one. */
import type { z } from "zod";

import type { communityPage, CommunityView } from "../../../shared/protocol/api/network.ts";
import { Copy } from "../../parts/copy.tsx";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { CommunityTable } from "../community-table.tsx";
import { CheckLine } from "../live.tsx";

type CommunityPage = z.infer<typeof communityPage>;

export function CommunitiesPage() {
  const pages = usePages<CommunityPage, CommunityView>("/api/communities?limit=100", (page) => ({
    items: page.communities,
    next: page.next,
  }));
  return (
    <Page
      title={t("nav.communities")}
      lead={t("communities.lead")}
      under={pages.first.data ? <CheckLine size={pages.first.data.log.size} /> : <div class="check-space" />}
    >
      <Loaded resource={pages.first}>
        {() => <CommunityTable communities={pages.items} csv="communities" more={<More pages={pages} />} />}
      </Loaded>
      <Section title={t("communities.join")} id="join">
        <p class="measure">{t("communities.join-note")}</p>
        <Copy text={location.origin} label={t("communities.join-address")} />
      </Section>
    </Page>
  );
}
