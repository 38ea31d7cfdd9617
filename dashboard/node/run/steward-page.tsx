/** The frame of the steward's pages: only for stewards, with their own small navigation. */
import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";

import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { Page } from "../../parts/page.tsx";
import { useStrip } from "../../parts/use-strip.ts";

const places = ["overview", "profile", "invites", "members", "campaigns", "hub", "witnessing", "keys"] as const;
type Place = (typeof places)[number];

function placeHref(place: Place): string {
  return place === "overview" ? "/run" : `/run/${place}`;
}

export function StewardPage({ title, lead, children }: { title: string; lead?: string; children: ComponentChildren }) {
  return (
    <NeedsMe title={title} roles={["steward"]}>
      {() => (
        <div class="steward">
          <Places />
          <Page title={title} {...(lead ? { lead } : {})}>
            {children}
          </Page>
        </div>
      )}
    </NeedsMe>
  );
}

function Places() {
  const { path } = useLocation();
  const nav = useStrip<HTMLElement>(path);
  return (
    <nav class="subnav strip" ref={nav} aria-label={t("run.pages")}>
      {places.map((place) => (
        <a key={place} href={placeHref(place)} aria-current={path === placeHref(place) ? "page" : undefined}>
          {t(`run.${place}`)}
        </a>
      ))}
    </nav>
  );
}
