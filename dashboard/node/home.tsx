/** First page: for everyone what the community is and does; a signed-in member starts with what waits for them now. */
import type { Community } from "../../shared/protocol/api/community.ts";
import { LinkButton } from "../parts/button.tsx";
import { formatLanguage } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Page } from "../parts/page.tsx";
import { useMe } from "../parts/session.ts";
import { Empty, Loaded, Skeleton } from "../parts/states.tsx";
import { Region } from "../parts/values.tsx";
import { CommunityFacts } from "./community-facts.tsx";
import { useCommunity } from "./data.ts";
import { formatList } from "./list.ts";
import { Now } from "./now.tsx";
import { Together } from "./together.tsx";
import { Trust } from "./trust.tsx";

export function HomePage() {
  const me = useMe();
  const community = useCommunity();
  if (me) return <Now me={me} community={community} />;
  if (community.data === null) {
    return (
      <Page title={t("tab.community")}>
        <Loaded resource={community} skeleton={<Skeleton kind="hero" />}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return community.data.named ? <PublicHome community={community.data} guest={me === null} /> : <Unnamed />;
}

function Unnamed() {
  return (
    <Page title={t("app.unnamed")}>
      <Empty title={t("community.unnamed-title")} action={<LinkButton href="/sign-in">{t("tab.sign-in")}</LinkButton>}>
        {t("community.unnamed-text")}
      </Empty>
    </Page>
  );
}

function PublicHome({ community, guest }: { community: Community; guest: boolean }) {
  return (
    <Page title={community.name} lead={<Whereabouts community={community} />}>
      <CommunityFacts community={community} />
      <Together />
      <Trust community={community} />
      {guest ? (
        <section class="invite-hint">
          <h2>{t("community.join-title")}</h2>
          <p>{t("community.join-text")}</p>
          <LinkButton kind="secondary" href="/sign-in">
            {t("tab.sign-in")}
          </LinkButton>
        </section>
      ) : null}
    </Page>
  );
}

function Whereabouts({ community }: { community: Community }) {
  const languages = formatList(community.languages.map(formatLanguage));
  return (
    <span>
      {community.region ? <Region code={community.region} /> : null}
      {community.region && languages ? " · " : null}
      {languages ? t("community.languages", { languages }) : null}
    </span>
  );
}
