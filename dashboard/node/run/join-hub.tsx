/** Asking a hub to take us in: look at what it says of itself, compare the key, then send our signed request. */
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { hubPreview } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";

type Preview = z.infer<typeof hubPreview>;

export function JoinHub({ onJoined }: { onJoined: () => void }) {
  const [url, setUrl] = useState("");
  const [preview, setPreview] = useState<Preview | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function look(event: Event) {
    event.preventDefault();
    if (busy) return;
    setProblem(null);
    if (!URL.canParse(url.trim()) || !/^https?:/.test(url.trim())) return setProblem(t("hub-link.url-bad"));
    setBusy(true);
    const answer = await api.post<Preview>("/api/hubs/preview", { url: url.trim() });
    setBusy(false);
    if (answer.ok) setPreview(answer.value);
    else setProblem(problemText(answer.error));
  }

  async function join(seen: Preview) {
    setBusy(true);
    setProblem(null);
    const answer = await api.post("/api/hubs", { url: seen.url, vkey: seen.vkey });
    setBusy(false);
    if (!answer.ok) return setProblem(problemText(answer.error));
    toast(t("hub-link.asked"));
    onJoined();
  }

  if (preview) {
    return (
      <div class="card form">
        <h2>{t("hub-link.preview")}</h2>
        <p class="figure">{preview.name}</p>
        <p>{t("hub-link.preview-text")}</p>
        {preview.demo ? <Banner>{t("hub-link.demo")}</Banner> : null}
        <dl class="facts">
          <div>
            <dt>{t("hub-link.origin")}</dt>
            <dd class="mono">{preview.origin}</dd>
          </div>
          <div>
            <dt>{t("hub-link.address")}</dt>
            <dd class="mono">{preview.url}</dd>
          </div>
          <div>
            <dt>{t("hub-link.key")}</dt>
            <dd class="mono">{preview.vkey}</dd>
          </div>
        </dl>
        <p class="quiet small">{t("hub-link.join-what")}</p>
        {problem ? <Banner tone="danger">{problem}</Banner> : null}
        <div class="row">
          <Button busy={busy} onClick={() => void join(preview)}>
            {t("hub-link.join")}
          </Button>
          <Button kind="secondary" disabled={busy} onClick={() => setPreview(null)}>
            {t("hub-link.other")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form class="stack form" onSubmit={(event) => void look(event)} noValidate>
      <TextField
        label={t("hub-link.url")}
        hint={t("hub-link.url-hint")}
        value={url}
        onInput={setUrl}
        type="url"
        inputMode="url"
        autocomplete="url"
        spellcheck={false}
        error={problem}
      />
      <div class="row">
        <Button type="submit" busy={busy}>
          {t("hub-link.look")}
        </Button>
      </div>
    </form>
  );
}
