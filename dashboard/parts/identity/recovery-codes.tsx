/** Makes ten recovery codes and shows them once. */
import { Download } from "lucide";
import { useState } from "preact/hooks";

import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { saveFile } from "../copy.tsx";
import { Confirm, Dialog } from "../dialog.tsx";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { refreshSession } from "../session.ts";
import { toast } from "../toast.tsx";

export function RecoveryCodes({ left, onKept }: { left: number; onKept?: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  async function make() {
    setBusy(true);
    const answer = await api.post<{ codes: string[] }>("/api/recovery-codes");
    setBusy(false);
    setAsking(false);
    if (answer.ok) setCodes(answer.value.codes);
    else toast(problemText(answer.error));
  }
  function kept() {
    setCodes(null);
    void refreshSession();
    onKept?.();
  }

  return (
    <>
      <div class="row">
        <Button
          kind={left === 0 ? "primary" : "secondary"}
          busy={busy}
          onClick={() => (left > 0 ? setAsking(true) : void make())}
        >
          {t(left > 0 ? "me.codes-again" : "me.codes-make")}
        </Button>
      </div>
      <Confirm
        open={asking}
        title={t("me.codes-again-title")}
        action={t("me.codes-again")}
        danger={false}
        onConfirm={make}
        onClose={() => setAsking(false)}
      >
        <p>{t("me.codes-again-body")}</p>
      </Confirm>
      <Dialog open={codes !== null} title={t("me.codes-title")} onClose={kept}>
        <p>
          {t("me.codes-once")} {t("me.codes-note")}
        </p>
        <ol class="codes">
          {codes?.map((code) => (
            <li key={code} class="mono">
              {code}
            </li>
          ))}
        </ol>
        <div class="row row-end">
          <Button
            kind="secondary"
            onClick={() =>
              saveFile("recovery-codes.txt", "text/plain", `${location.origin}\n\n${(codes ?? []).join("\n")}\n`)
            }
          >
            <Icon node={Download} />
            {t("me.codes-save")}
          </Button>
          <Button onClick={kept}>{t("me.codes-kept")}</Button>
        </div>
      </Dialog>
    </>
  );
}
