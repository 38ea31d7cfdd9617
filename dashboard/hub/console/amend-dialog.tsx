/** Only the text and the closing date of a published campaign can change; the change and its reason go into the log. */
import { useEffect, useState } from "preact/hooks";

import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { toast } from "../../parts/toast.tsx";
import { localInput } from "./campaign-new.tsx";

export function AmendDialog({
  open,
  campaign,
  onClose,
  onDone,
}: {
  open: boolean;
  campaign: CampaignDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const closesNow = localInput(new Date(campaign.closes));
  const [text, setText] = useState(campaign.text);
  const [closes, setCloses] = useState(closesNow);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!open) return;
    setText(campaign.text);
    setCloses(closesNow);
    setReason("");
  }, [open]);

  const changed = text.trim() !== campaign.text || closes !== closesNow;
  const ready = changed && reason.trim() !== "" && !Number.isNaN(Date.parse(closes));
  async function amend(event: Event) {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    const answer = await api.post(`/api/campaigns/${campaign.id}/amend`, {
      ...(text.trim() === campaign.text ? {} : { text: text.trim() }),
      ...(closes === closesNow ? {} : { closes: new Date(closes).toISOString() }),
      reason: reason.trim(),
    });
    setBusy(false);
    if (!answer.ok) {
      toast(problemText(answer.error));
      return;
    }
    toast(t("amend.done"));
    onDone();
    onClose();
  }
  return (
    <Dialog open={open} title={t("amend.title")} onClose={onClose} wide>
      <form class="stack" onSubmit={(event) => void amend(event)}>
        <p>{t("amend.note")}</p>
        <TextArea label={t("campaign-form.text")} optional value={text} onInput={setText} maxLength={4000} rows={5} />
        <TextField label={t("campaign.closing-date")} type="datetime-local" value={closes} onInput={setCloses} />
        <TextArea
          label={t("console.reason")}
          sees={t("console.reason-sees")}
          value={reason}
          onInput={setReason}
          maxLength={500}
          rows={2}
        />
        <div class="row row-end">
          <Button kind="secondary" onClick={onClose}>
            {t("dialog.cancel")}
          </Button>
          <Button type="submit" busy={busy} disabled={!ready}>
            {t("amend.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
