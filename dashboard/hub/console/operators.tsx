/** Inviting further operators. */
import { t } from "../../parts/i18n.ts";
import { Invites } from "../../parts/identity/invites.tsx";
import { Page } from "../../parts/page.tsx";

export function OperatorsPage() {
  return (
    <Page title={t("console.operators")} lead={t("operators.lead")}>
      <Invites roles={["operator"]} />
    </Page>
  );
}
