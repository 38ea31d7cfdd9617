/** /recover#code: one recovery code opens the door once; the account page then asks for a new passkey. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";

import type { Session } from "../../../shared/protocol/api/identity.ts";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { TextField } from "../field.tsx";
import { t } from "../i18n.ts";
import { Page } from "../page.tsx";
import { becomeSession } from "../session.ts";
import { toast } from "../toast.tsx";
import { takeFragment } from "./fragment.ts";

export function RecoverPage() {
  const { route } = useLocation();
  const [code, setCode] = useState(takeFragment);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function recover(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const answer = await api.post<Session>("/api/recover", { code: code.trim() });
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    becomeSession(answer.value.me);
    toast(t("recover.done"));
    route("/me");
  }

  return (
    <div class="narrow">
      <Page title={t("recover.title")} lead={t("recover.lead")} back={{ href: "/sign-in", label: t("sign-in.title") }}>
        <form class="stack" onSubmit={(event) => void recover(event)}>
          <TextField
            label={t("recover.code")}
            value={code}
            onInput={setCode}
            error={problem}
            autocomplete="off"
            spellcheck={false}
          />
          <Button type="submit" wide busy={busy} disabled={code.trim().length < 10}>
            {t("recover.action")}
          </Button>
          <p class="quiet small">{t("recover.none")}</p>
        </form>
      </Page>
    </div>
  );
}
