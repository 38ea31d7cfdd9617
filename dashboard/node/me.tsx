/** /me: my pledges and receipts, passkeys and recovery, my data, leaving. */
import { Download, ReceiptText } from "lucide";
import { useEffect } from "preact/hooks";

import type { Me } from "../../shared/protocol/api/identity.ts";
import { LinkButton } from "../parts/button.tsx";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { AccountSections, NeedsMe, SignOutButton } from "../parts/identity/account.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Badge } from "../parts/states.tsx";
import { usePledges } from "./data.ts";
import { Leave } from "./leave.tsx";
import { MyPledges } from "./my-pledges.tsx";

export function MePage() {
  return <NeedsMe title={t("tab.me")}>{(me) => <Mine me={me} />}</NeedsMe>;
}

function Mine({ me }: { me: Me }) {
  const pledges = usePledges(true);
  useEffect(() => {
    if (location.hash === "#keys") document.getElementById("keys")?.scrollIntoView();
  }, []);
  const keys = (
    <div class="page" id="keys">
      <AccountSections me={me} />
    </div>
  );
  return (
    <Page
      title={t("tab.me")}
      heading={me.name}
      lead={<Badge>{t(`me.role-${me.role}`)}</Badge>}
      actions={<SignOutButton />}
    >
      {me.recovered ? keys : null}
      <Section title={t("now.my-pledges")}>
        <MyPledges pledges={pledges} />
        <div class="row">
          <LinkButton kind="secondary" href="/me/receipts">
            <Icon node={ReceiptText} />
            {t("receipts.all")}
          </LinkButton>
        </div>
      </Section>
      {me.recovered ? null : keys}
      <Section title={t("me.data")}>
        <p class="measure">{t("me.data-text")}</p>
        <div class="row">
          <LinkButton kind="secondary" href="/api/me/data" download="cocoon-my-data.json">
            <Icon node={Download} />
            {t("me.data-download")}
          </LinkButton>
        </div>
      </Section>
      <Leave pledges={pledges.data?.pledges.length ?? null} />
    </Page>
  );
}
