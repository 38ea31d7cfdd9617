/** /sign-in: one button, and what else a place offers. After it the person lands where they were going (`next`), or at `home`. */
import { KeyRound } from "lucide";
import { useLocation } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Me, Session } from "../../../shared/protocol/api/identity.ts";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { Page } from "../page.tsx";
import { signWithPasskey } from "../passkey.ts";
import { becomeSession } from "../session.ts";
import { Banner } from "../states.tsx";

interface Ceremony {
  challenge_id: string;
  options: { challenge: string };
}

/** Where somebody lands: the same place for all, or by their role. */
export type Home = string | ((me: Me | null) => string);

export function homeOf(home: Home, me: Me | null): string {
  return typeof home === "string" ? home : home(me);
}

/** `other`: a second way in, which is told what to do once somebody is in. */
export function SignInPage({
  home,
  hub = false,
  other,
}: {
  home: Home;
  hub?: boolean;
  other?: (onDone: (me: Me | null) => void) => ComponentChildren;
}) {
  const { query, route } = useLocation();
  const land = (me: Me | null) => route(safeNext(query["next"]) ?? homeOf(home, me));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function signIn() {
    setBusy(true);
    setProblem(await attempt());
    setBusy(false);
  }
  /** null when it worked, else what to say */
  async function attempt(): Promise<string | null> {
    const started = await api.post<Ceremony>("/api/sign-in/options");
    if (!started.ok) return problemText(started.error);
    const signed = await signWithPasskey(started.value.options);
    if (!signed.ok) return t(`passkey.${signed.error}`);
    const body = { challenge_id: started.value.challenge_id, response: signed.value };
    const finished = await api.post<Session>("/api/sign-in", body);
    if (!finished.ok) return problemText(finished.error);
    becomeSession(finished.value.me);
    land(finished.value.me);
    return null;
  }

  return (
    <div class="narrow">
      <Page title={t("sign-in.title")} lead={t("sign-in.lead")}>
        <div class="stack">
          {problem ? <Banner tone="warning">{problem}</Banner> : null}
          <Button wide busy={busy} onClick={() => void signIn()}>
            <Icon node={KeyRound} />
            {t("sign-in.action")}
          </Button>
          {other?.(land)}
          <p>
            <a href="/recover">{t("sign-in.lost")}</a>
          </p>
          <p class="quiet small">{t(hub ? "sign-in.no-account-hub" : "sign-in.no-account")}</p>
        </div>
      </Page>
    </div>
  );
}

/** Only paths of this site: an open redirect would lend our name to others. */
function safeNext(next: string | undefined): string | null {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return null;
  return next;
}
