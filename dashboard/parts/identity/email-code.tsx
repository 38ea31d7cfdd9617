/** Signing in by a code that was sent to an address: asks for the code, or for the address first. For funders and suppliers. */
import { useState } from "preact/hooks";

import type { Session } from "../../../shared/protocol/api/identity.ts";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { TextField } from "../field.tsx";
import { t } from "../i18n.ts";
import { becomeSession } from "../session.ts";
import { Banner } from "../states.tsx";

export function EmailSignIn({ onDone }: { onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function ask(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post("/api/email/code", { email: email.trim() });
    setBusy(false);
    setProblem(answer.ok ? null : problemText(answer.error));
    if (answer.ok) setSent(true);
  }
  if (sent) return <CodeForm email={email.trim()} onDone={onDone} />;
  return (
    <form class="stack" onSubmit={(event) => void ask(event)}>
      {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
      <TextField
        label={t("email.address")}
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
  );
}

export function CodeForm({ email, onDone }: { email: string; onDone: () => void }) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function enter(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post<Session>("/api/email/sign-in", { email, code: code.trim() });
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    becomeSession(answer.value.me);
    onDone();
  }
  return (
    <form class="stack" onSubmit={(event) => void enter(event)}>
      <p>{t("email.sent", { email })}</p>
      {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
      <TextField
        label={t("email.code")}
        hint={t("email.code-hint")}
        value={code}
        onInput={(value) => setCode(value.replaceAll(/[^0-9]/g, "").slice(0, 6))}
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={6}
      />
      <Button wide type="submit" busy={busy} disabled={code.length !== 6}>
        {t("sign-in.title")}
      </Button>
    </form>
  );
}
