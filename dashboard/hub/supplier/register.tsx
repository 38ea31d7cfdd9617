/** A supplier introduces itself: three fields, then the code that was sent. Who has an account signs in instead. */
import { useState } from "preact/hooks";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { CodeForm } from "../../parts/identity/email-code.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { refreshSession } from "../../parts/session.ts";
import { Banner } from "../../parts/states.tsx";

export function RegisterSupplier() {
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
    const body = { name: name.trim(), email: email.trim(), country: country.trim().toUpperCase() || null };
    const answer = await api.post("/api/suppliers", body);
    setBusy(false);
    setProblem(answer.ok ? null : problemText(answer.error));
    if (answer.ok) setSent(true);
  }
  return (
    <Page title={t("supplier.desk")} lead={t("supplier.register-lead")}>
      {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
      {sent ? (
        <Section title={t("email.code")}>
          <CodeForm email={email.trim()} onDone={() => void refreshSession()} />
        </Section>
      ) : (
        <form class="form" onSubmit={(event) => void send(event)}>
          <TextField
            label={t("supplier.name")}
            sees={t("supplier.sees-public")}
            value={name}
            onInput={setName}
            maxLength={120}
            autocomplete="organization"
          />
          <TextField
            label={t("email.address")}
            hint={t("supplier.email-hint")}
            sees={t("supplier.sees-operators")}
            type="email"
            value={email}
            onInput={setEmail}
            maxLength={254}
            autocomplete="email"
          />
          <TextField
            label={t("supplier.country")}
            hint={t("supplier.country-hint")}
            value={country}
            onInput={setCountry}
            maxLength={2}
            optional
          />
          <div class="row">
            <Button type="submit" busy={busy} disabled={name.trim() === "" || !email.includes("@")}>
              {t("supplier.register")}
            </Button>
            <a href="/sign-in?next=/supplier">{t("supplier.have-account")}</a>
          </div>
        </form>
      )}
    </Page>
  );
}
