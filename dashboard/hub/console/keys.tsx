/** /console/keys: the hub's own keys by log index, and how they are changed. What it shows is public. */
import type { HubKeysView } from "../../../shared/protocol/api/keys.ts";
import { t } from "../../parts/i18n.ts";
import { KeyHistory } from "../../parts/key-history.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";

export function KeysPage() {
  const resource = useResource<HubKeysView>("/api/keys", { every: 30_000 });
  return (
    <Page title={t("console.keys")} lead={t("hub-keys.lead")}>
      <Loaded resource={resource}>
        {({ keys, signing }) => (
          <>
            {signing.length > 1 ? <Banner>{t("hub-keys.two")}</Banner> : null}
            <KeyHistory keys={keys} />
            <Section title={t("keys.how")}>
              <p class="measure">{t("hub-keys.how-note")}</p>
              <ul class="mono small">
                <li>npm run keys -- rotate hub</li>
                <li>npm run keys -- finish hub</li>
                <li>npm run keys -- recover hub --file …</li>
              </ul>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
