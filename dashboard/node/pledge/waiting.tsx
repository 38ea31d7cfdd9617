/** What I have signed and is not in the book yet: the promise of when, and the way back. */
import { useState } from "preact/hooks";

import type { WaitingPledge } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";
import { receiptLine } from "./words.ts";

export function Waiting({ waiting, onTakenBack }: { waiting: WaitingPledge; onTakenBack: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function takeBack() {
    setBusy(true);
    const answer = await api.delete(`/api/pledges/waiting/${encodeURIComponent(waiting.campaign)}`);
    setBusy(false);
    if (!answer.ok) setProblem(problemText(answer.error));
    onTakenBack();
  }
  return (
    <Banner
      tone="info"
      title={t("waiting.title")}
      action={
        <Button kind="secondary" busy={busy} onClick={() => void takeBack()}>
          {t("waiting.take-back")}
        </Button>
      }
    >
      <p>{receiptLine(waiting)}</p>
      <p>{t("waiting.text", { by: formatDate(waiting.include_by, "time") })}</p>
      <p>
        <a href={promiseFile(waiting)} download={`cocoon-promise-${waiting.campaign.slice(0, 12)}.jws`}>
          {t("waiting.promise")}
        </a>
      </p>
      {problem ? <p role="alert">{problem}</p> : null}
    </Banner>
  );
}

/** Right after signing, where documents are gathered. */
export function PledgeWaiting({ waiting, onClose }: { waiting: WaitingPledge; onClose: () => void }) {
  return (
    <div class="stack">
      <h2>{t("waiting.done")}</h2>
      <p>{receiptLine(waiting)}</p>
      <p role="status">{t("waiting.text", { by: formatDate(waiting.include_by, "time") })}</p>
      <p class="quiet">{t("waiting.why")}</p>
      <div class="row">
        <LinkButton
          kind="secondary"
          href={promiseFile(waiting)}
          download={`cocoon-promise-${waiting.campaign.slice(0, 12)}.jws`}
        >
          {t("waiting.promise")}
        </LinkButton>
        <Button onClick={onClose}>{t("pledge.done-close")}</Button>
      </div>
    </div>
  );
}

function promiseFile({ promise }: WaitingPledge): string {
  return `data:application/jose,${encodeURIComponent(promise)}`;
}
