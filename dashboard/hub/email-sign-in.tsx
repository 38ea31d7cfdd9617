/** Signing in by a code that is mailed, for funders and suppliers: the address first, then the code. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { Me, Session } from "../../shared/protocol/api/identity.ts";
import type { emailCodeState } from "../../shared/protocol/api/party.ts";
import { api, problemText } from "../parts/api.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { getLocale, t } from "../parts/i18n.ts";
import { becomeSession } from "../parts/session.ts";
import { Banner } from "../parts/states.tsx";
import { useResource } from "../parts/use-resource.ts";

type Done = (me: Me | null) => void;

export function EmailSignIn({ onDone }: { onDone: Done }) {
  const state = useResource<z.infer<typeof emailCodeState>>("/api/email-code").data;
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function ask(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post("/api/email-code", { email: email.trim(), language: getLocale() });
    setBusy(false);
    setProblem(answer.ok ? null : problemText(answer.error));
    setSent(answer.ok);
  }
  if (state === null) return null;
  return (
    <section class="section stack" aria-labelledby="by-email">
      <h2 id="by-email">{t("email.title")}</h2>
      {!state.available ? (
        <p class="quiet">{t("email.off")}</p>
      ) : sent ? (
        <CodeForm email={email.trim()} onDone={onDone} onAgain={() => setSent(false)} />
      ) : (
        <form class="stack" onSubmit={(event) => void ask(event)}>
          {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
          <TextField
            label={t("email.address")}
            hint={t("email.address-hint")}
            sees={t("email.sees")}
            type="email"
            value={email}
            onInput={setEmail}
            maxLength={254}
            autocomplete="email"
          />
          <Button kind="secondary" wide type="submit" busy={busy} disabled={!email.includes("@")}>
            {t("email.send")}
          </Button>
        </form>
      )}
      <p class="quiet small">
        <a href="/introduce">{t("introduce.invite")}</a>
      </p>
    </section>
  );
}

export function CodeForm({ email, onDone, onAgain }: { email: string; onDone: Done; onAgain: () => void }) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function enter(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post<Session>("/api/email-code/sign-in", { email, code });
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    becomeSession(answer.value.me);
    onDone(answer.value.me);
  }
  return (
    <form class="stack" onSubmit={(event) => void enter(event)}>
      <p role="status">{t("email.sent", { email })}</p>
      <TextField
        label={t("email.code")}
        hint={t("email.code-hint")}
        error={problem}
        value={code}
        onInput={(value) => setCode(value.replaceAll(/[^0-9]/g, "").slice(0, 6))}
        inputMode="numeric"
        autocomplete="one-time-code"
        autoFocus
      />
      <Button wide type="submit" busy={busy} disabled={code.length !== 6}>
        {t("sign-in.title")}
      </Button>
      <Button kind="quiet" onClick={onAgain}>
        {t("email.again")}
      </Button>
    </form>
  );
}
