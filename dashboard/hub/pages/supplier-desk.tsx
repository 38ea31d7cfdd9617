/** /supplier: the desk of the supplier that somebody signed in for. */
import type { SupplierDesk } from "../../../shared/protocol/api/supplier.ts";
import { LinkButton } from "../../parts/button.tsx";
import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { Page } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Desk } from "../suppliers/supplier-desk.tsx";

export function SupplierDeskPage() {
  return (
    <NeedsMe title={t("supplier.desk")} roles={["supplier"]}>
      {() => <OwnDesk />}
    </NeedsMe>
  );
}

function OwnDesk() {
  const desk = useResource<SupplierDesk>("/api/supplier");
  return (
    <Page
      title={t("supplier.desk")}
      heading={desk.data?.name}
      lead={t("supplier.desk-lead")}
      actions={
        <LinkButton kind="secondary" href="/alerts">
          {t("alerts.title")}
        </LinkButton>
      }
    >
      <Loaded resource={desk}>{(supplier) => <Desk supplier={supplier} desk={desk} />}</Loaded>
    </Page>
  );
}
