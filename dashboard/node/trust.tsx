/** How this community's numbers are checked, in three steps a newcomer can follow, and where each can be done again. */
import { BookOpen, Fingerprint, ScanSearch } from "lucide";

import type { Community, HubLink } from "../../shared/protocol/api/community.ts";
import { formatRelative } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { Section } from "../parts/page.tsx";
import { HubStatus } from "./hub-status.tsx";

export function Trust({ community }: { community: Community }) {
  const hub = community.hubs[0];
  return (
    <Section id="trust" title={t("community.trust")}>
      <div class="split">
        <ol class="trust-steps">
          <li>
            <Icon node={Fingerprint} />
            <div>
              <h3>{t("community.trust-signed")}</h3>
              <p>{t("community.trust-signed-text")}</p>
            </div>
          </li>
          <li>
            <Icon node={BookOpen} />
            <div>
              <h3>{t("community.trust-book")}</h3>
              <p>{t("community.trust-book-text", { n: community.book.size })}</p>
            </div>
          </li>
          <li>
            <Icon node={ScanSearch} />
            <div>
              <h3>{t("community.trust-hub")}</h3>
              <p>{hub ? t("community.trust-hub-text", { hub: hub.name }) : t("community.trust-hub-none")}</p>
              {hub ? (
                <p>
                  <a class="target" href={`${hub.url}/check`}>
                    {t("community.trust-check")}
                  </a>
                </p>
              ) : null}
            </div>
          </li>
        </ol>
        <div class="stack">
          {community.hubs.map((link) => (
            <HubCard key={link.origin} hub={link} total={community.book.size} />
          ))}
          <p class="quiet small">{t("community.trust-honest")}</p>
        </div>
      </div>
    </Section>
  );
}

function HubCard({ hub, total }: { hub: HubLink; total: number }) {
  return (
    <div class="card">
      <div class="row row-apart">
        <h3>
          <a class="target" href={hub.url}>
            {hub.name}
          </a>
        </h3>
        <HubStatus status={hub.status} />
      </div>
      <p>{countedLine(hub, total)}</p>
    </div>
  );
}

export function countedLine(hub: HubLink, total: number): string {
  if (hub.counted_at === null) return t("community.hub-counted-none");
  const when = formatRelative(hub.counted_at, Date.now());
  return hub.counted_book_size >= total
    ? t("community.hub-counted-all", { total, when })
    : t("community.hub-counted", { n: hub.counted_book_size, total, when });
}
