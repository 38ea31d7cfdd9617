/** What has been proven against the hub or a community, and where anyone hands in a proof. */
import { EvidencePanel } from "../../parts/evidence.tsx";
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";

export function EvidencePage() {
  return (
    <Page title={t("evidence.title")} lead={t("evidence.lead")} back={{ href: "/check", label: t("nav.check") }}>
      <EvidencePanel />
    </Page>
  );
}
