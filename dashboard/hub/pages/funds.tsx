/** All funds. */
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { FundTable } from "../funding/fund-table.tsx";

export function FundsPage() {
  return (
    <Page
      title={t("funding.funds")}
      lead={t("funding.funds-lead")}
      back={{ href: "/funding", label: t("funding.title") }}
    >
      <FundTable />
    </Page>
  );
}
