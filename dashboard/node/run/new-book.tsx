/** The way out when the pledge book is lost: beginning a new one, with typed confirmation, and what became of each time. */
import { useState } from "preact/hooks";

import type { Witnessing } from "../../../shared/protocol/api/witness.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";

/** Only while it has stopped: otherwise there is no reason to, and the server refuses. */
export function NewBookForm({ onDone }: { onDone: () => void }) {
  const [reason, setReason] = useState("");
  const [confirm, setConfirm] = useState("");
  const [busy, setBusy] = useState(false);
  const isReady = reason.trim() !== "" && confirm.trim() === location.host;
  async function begin(event: Event) {
    event.preventDefault();
    if (busy || !isReady) return;
    setBusy(true);
    const answer = await api.post("/api/book/new", { confirm, reason });
    setBusy(false);
    if (!answer.ok) return toast(problemText(answer.error));
    toast(t("new-book.begun"));
    onDone();
  }
  return (
    <Section title={t("new-book.title")}>
      <form class="form stack" onSubmit={(event) => void begin(event)}>
        <p class="measure">{t("new-book.first")}</p>
        <p class="measure">{t("new-book.what")}</p>
        <TextField
          label={t("new-book.reason")}
          sees={t("new-book.reason-sees")}
          value={reason}
          onInput={setReason}
          maxLength={200}
        />
        <TextField
          label={t("new-book.confirm", { address: location.host })}
          sees={t("new-book.confirm-sees")}
          value={confirm}
          onInput={setConfirm}
          autocomplete="off"
          spellcheck={false}
        />
        <div class="row">
          <Button type="submit" kind="danger" busy={busy} disabled={!isReady}>
            {t("new-book.begin")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

export function BookHistory({ own }: { own: NonNullable<Witnessing["own"]> }) {
  return (
    <>
      {own.resets.map(({ generation, reason, at, entered, let_go: letGo, done }) => (
        <Banner
          key={generation}
          tone={done ? "info" : "warning"}
          title={t("new-book.nth", { n: generation, date: formatDate(at, "time") })}
        >
          {reason} {t(done ? "new-book.went-over" : "new-book.going-over", { entered, letGo })}
        </Banner>
      ))}
    </>
  );
}
