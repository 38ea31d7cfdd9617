/** Decisions about a community carry a reason, which goes into the public log. */
import { useState } from "preact/hooks";

import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { toast } from "../../parts/toast.tsx";

export interface Decision {
  title: string;
  body: string;
  action: string;
  done: string;
  path: string;
  danger: boolean;
  /** a refusal or suspension without a reason would leave people guessing */
  reasonNeeded: boolean;
}

export function ReasonDialog({
  decision,
  onClose,
  onDone,
}: {
  decision: Decision | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const ready = decision !== null && (!decision.reasonNeeded || reason.trim() !== "");
  async function decide(event: Event) {
    event.preventDefault();
    if (!decision || !ready || busy) return;
    setBusy(true);
    const answer = await api.post(decision.path, { reason: reason.trim() });
    setBusy(false);
    if (!answer.ok) {
      toast(problemText(answer.error));
      return;
    }
    setReason("");
    toast(decision.done);
    onDone();
    onClose();
  }
  return (
    <Dialog open={decision !== null} title={decision?.title ?? ""} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void decide(event)}>
        <p>{decision?.body}</p>
        <TextArea
          label={t("console.reason")}
          optional={!decision?.reasonNeeded}
          sees={t("console.reason-sees")}
          value={reason}
          onInput={setReason}
          maxLength={500}
          rows={3}
        />
        <div class="row row-end">
          <Button kind="secondary" onClick={onClose}>
            {t("dialog.cancel")}
          </Button>
          <Button kind={decision?.danger ? "danger" : "primary"} type="submit" busy={busy} disabled={!ready}>
            {decision?.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
