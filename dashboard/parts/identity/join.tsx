/**
 * /join#token: who invites and what for, a name, a passkey, then a guard against a lost device. The token lives in the
 * fragment only and is wiped from the address bar at once.
 */
import { Fingerprint } from "lucide";
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";

import type { Me, Role, Session } from "../../../shared/protocol/api/identity.ts";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { TextField } from "../field.tsx";
import { formatDate } from "../format.ts";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { Page } from "../page.tsx";
import { createPasskey } from "../passkey.ts";
import { becomeSession } from "../session.ts";
import { Banner, Skeleton } from "../states.tsx";
import { deviceLabel } from "./device.ts";
import { takeFragment } from "./fragment.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { type Home, homeOf } from "./sign-in.tsx";

interface InviteView {
  role: Role;
  community: string;
  inviter: string | null;
  expires_at: string;
}
interface Ceremony {
  challenge_id: string;
  options: { challenge: string };
}

export function JoinPage({ home, hub = false }: { home: Home; hub?: boolean }) {
  const { route } = useLocation();
  const [token] = useState(takeFragment);
  const [invite, setInvite] = useState<InviteView | null>(null);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(token ? null : t("join.missing"));
  const [joined, setJoined] = useState<Me | null>(null);

  useEffect(() => {
    async function inspect() {
      const answer = await api.post<InviteView>("/api/invites/inspect", { token });
      if (answer.ok) setInvite(answer.value);
      else setProblem(problemText(answer.error));
    }
    if (token) void inspect();
  }, [token]);

  async function join(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(await attempt());
    setBusy(false);
  }
  async function attempt(): Promise<string | null> {
    const started = await api.post<Ceremony>("/api/invites/accept", { token, name: name.trim() });
    if (!started.ok) return problemText(started.error);
    const made = await createPasskey(started.value.options);
    if (!made.ok) return t(`passkey.${made.error}`);
    const body = { challenge_id: started.value.challenge_id, response: made.value, label: deviceLabel() };
    const finished = await api.post<Session>("/api/passkeys", body);
    if (!finished.ok) return problemText(finished.error);
    becomeSession(finished.value.me);
    setJoined(finished.value.me);
    return null;
  }

  if (joined !== null) {
    return (
      <div class="narrow" key="guard">
        <Page title={t("join.done", { name: joined.name })} lead={t("join.guard-lead")}>
          <div class="stack">
            <h2>{t("join.guard")}</h2>
            <RecoveryCodes left={0} onKept={() => route(homeOf(home, joined))} />
            <Button kind="quiet" onClick={() => route(homeOf(home, joined))}>
              {t("join.guard-later")}
            </Button>
          </div>
        </Page>
      </div>
    );
  }
  return (
    <div class="narrow" key="join">
      <Page title={t("join.title")} lead={invite ? greeting(invite) : undefined}>
        <div class="stack">
          {problem ? <Banner tone="warning">{problem}</Banner> : null}
          {invite ? (
            <form class="stack" onSubmit={(event) => void join(event)}>
              <p>{t(`join.role-${invite.role}`)}</p>
              <TextField
                label={t("join.name")}
                hint={t("join.name-hint")}
                sees={hub ? t("join.name-sees-hub") : t("join.name-sees", { community: invite.community })}
                value={name}
                onInput={setName}
                maxLength={60}
                autocomplete="nickname"
              />
              <p class="small">
                <a href="/privacy" target="_blank" rel="noreferrer">
                  {t("privacy.title")}
                </a>
              </p>
              <Button type="submit" wide busy={busy} disabled={name.trim() === ""}>
                <Icon node={Fingerprint} />
                {t("join.action")}
              </Button>
              <p class="quiet small">{t("join.passkey-note")}</p>
              <p class="quiet small">{t("join.expires", { date: formatDate(invite.expires_at, "time") })}</p>
            </form>
          ) : problem ? null : (
            <Skeleton />
          )}
        </div>
      </Page>
    </div>
  );
}

function greeting({ inviter, community }: InviteView): string {
  return inviter ? t("join.by", { inviter, community }) : t("join.by-nobody", { community });
}
