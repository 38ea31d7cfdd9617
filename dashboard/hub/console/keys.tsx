/** /console/keys: the hub's own keys by log index, and how they are changed. What it shows is public. */
import type { HubKeysView } from "../../../shared/protocol/api/keys.ts";
import { t } from "../../parts/i18n.ts";
import { KeyCommands } from "../../parts/key-commands.tsx";
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
              <KeyCommands kind="hub" note={t("hub-keys.how-note")} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
