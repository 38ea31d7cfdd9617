/** The account part of /me, the same in both apps: who I am here, passkeys, recovery codes, sign out. */
import { LogOut } from "lucide";
import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";

import type { Me } from "../../../shared/protocol/api/identity.ts";
import { api, problemText } from "../api.ts";
import { Button, LinkButton } from "../button.tsx";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { Page, Section } from "../page.tsx";
import { becomeSession, useMe } from "../session.ts";
import { Badge, Banner, Empty, Skeleton } from "../states.tsx";
import { toast } from "../toast.tsx";
import { Passkeys } from "./passkeys.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

export function AccountSections({ me }: { me: Me }) {
  return (
    <>
      {me.recovered ? (
        <Banner tone="warning" title={t("me.recovered")}>
          {t("me.recovered-note")}
        </Banner>
      ) : null}
      {!me.recovered && me.passkeys < 2 && me.recovery_codes_left === 0 ? (
        <Banner tone="warning" title={t("me.guard")}>
          {t("me.guard-note")}
        </Banner>
      ) : null}
      <Section title={t("me.passkeys")}>
        <p class="quiet">{t("me.passkeys-lead")}</p>
        <Passkeys />
      </Section>
      <Section title={t("me.codes")}>
        <p class="quiet">
          {t("me.codes-left", { n: me.recovery_codes_left })} {t("me.codes-note")}
        </p>
        <RecoveryCodes left={me.recovery_codes_left} />
      </Section>
    </>
  );
}

export function SignOutButton() {
  const { route } = useLocation();
  async function signOut() {
    const answer = await api.post("/api/sign-out");
    if (!answer.ok) {
      toast(problemText(answer.error));
      return;
    }
    becomeSession(null);
    toast(t("me.signed-out"));
    route("/");
  }
  return (
    <Button kind="secondary" onClick={() => void signOut()}>
      <Icon node={LogOut} />
      {t("me.sign-out")}
    </Button>
  );
}

export function AccountPage() {
  return (
    <NeedsMe title={t("me.title")}>
      {(me) => (
        <Page
          title={t("me.title")}
          heading={me.name}
          lead={<Badge>{t(`me.role-${me.role}`)}</Badge>}
          actions={<SignOutButton />}
        >
          <AccountSections me={me} />
        </Page>
      )}
    </NeedsMe>
  );
}

/** Shows its children to people with one of the roles, a way to sign in to everybody else. */
export function NeedsMe({
  title,
  roles,
  children,
}: {
  title: string;
  roles?: Me["role"][];
  children: (me: Me) => ComponentChildren;
}) {
  const me = useMe();
  const { url } = useLocation();
  if (me === undefined)
    return (
      <Page title={title}>
        <Skeleton />
      </Page>
    );
  if (me === null) {
    return (
      <Page title={title}>
        <Empty
          title={t("me.need")}
          action={<LinkButton href={`/sign-in?next=${encodeURIComponent(url)}`}>{t("sign-in.title")}</LinkButton>}
        />
      </Page>
    );
  }
  if (roles && !roles.includes(me.role)) {
    return (
      <Page title={title}>
        <Banner tone="warning">{t("problem.not-allowed")}</Banner>
      </Page>
    );
  }
  return <>{children(me)}</>;
}
