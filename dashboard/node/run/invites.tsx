/** /run/invites: making invitations and what became of them. */
import { t } from "../../parts/i18n.ts";
import { Invites } from "../../parts/identity/invites.tsx";
import { StewardPage } from "./steward-page.tsx";

export function InvitesPage() {
  return (
    <StewardPage title={t("run.invites")} lead={t("invites.lead")}>
      <Invites roles={["member", "steward"]} />
    </StewardPage>
  );
}
