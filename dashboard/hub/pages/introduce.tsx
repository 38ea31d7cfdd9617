/** /introduce: a supplier introduces itself; the code that reaches its address makes the account. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { emailCodeState } from "../../../shared/protocol/api/party.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { getLocale, t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { CodeForm } from "../email-sign-in.tsx";
import { deskOf } from "./sign-in.tsx";

export function IntroducePage() {
  const { route } = useLocation();
  const state = useResource<z.infer<typeof emailCodeState>>("/api/email-code");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [country, setCountry] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function send(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const body = { name, email: email.trim(), country: country.toUpperCase() || null, language: getLocale() };
    const answer = await api.post("/api/suppliers/introduce", body);
    setBusy(false);
    setProblem(answer.ok ? null : problemText(answer.error));
    setSent(answer.ok);
  }
  const isReady = name.trim() !== "" && email.includes("@") && /^([A-Za-z]{2})?$/.test(country);
  return (
    <div class="narrow">
      <Page title={t("introduce.title")} lead={t("introduce.lead")}>
        <Loaded resource={state}>
          {({ available }) =>
            !available ? (
              <Banner tone="info">{t("introduce.off")}</Banner>
            ) : sent ? (
              <CodeForm email={email.trim()} onDone={(me) => route(deskOf(me))} onAgain={() => setSent(false)} />
            ) : (
              <form class="stack" onSubmit={(event) => void send(event)}>
                {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
                <TextField
                  label={t("introduce.name")}
                  sees={t("introduce.sees-everybody")}
                  value={name}
                  onInput={setName}
                  maxLength={120}
                  autocomplete="organization"
                />
                <TextField
                  label={t("email.address")}
                  hint={t("introduce.email-hint")}
                  sees={t("introduce.sees-domain")}
                  type="email"
                  value={email}
                  onInput={setEmail}
                  maxLength={254}
                  autocomplete="email"
                />
                <TextField
                  label={t("introduce.country")}
                  hint={t("introduce.country-hint")}
                  sees={t("introduce.sees-everybody")}
                  value={country}
                  onInput={(value) => setCountry(value.trim())}
                  maxLength={2}
                  autocomplete="country"
                  optional
                />
                <Button wide type="submit" busy={busy} disabled={!isReady}>
                  {t("email.send")}
                </Button>
                <p class="quiet small">
                  <a href="/sign-in?next=/supplier">{t("introduce.have-account")}</a>
                </p>
              </form>
            )
          }
        </Loaded>
      </Page>
    </div>
  );
}
