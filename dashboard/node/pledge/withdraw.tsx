/** Before taking back: what happens. The withdrawal is then signed like a pledge. */
import type { DraftPledge, MyPledge } from "../../../shared/protocol/api/community.ts";
import { Button } from "../../parts/button.tsx";
import { formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";

export function Withdraw({
  mine,
  open,
  busy,
  onDraft,
  onClose,
}: {
  mine: MyPledge;
  open: boolean;
  busy: boolean;
  onDraft: (draft: DraftPledge) => void;
  onClose: () => void;
}) {
  return (
    <div class="stack">
      <h2>{t("pledge.withdraw-title")}</h2>
      <p>{t("pledge.withdraw-what", { qty: formatQuantity(mine.qty), unit: mine.unit })}</p>
      {mine.stage === "committed" ? <Banner tone="warning">{t("pledge.withdraw-committed")}</Banner> : null}
      {open ? <p class="quiet">{t("pledge.withdraw-again")}</p> : null}
      <div class="row">
        <Button kind="danger" busy={busy} onClick={() => onDraft({ kind: "withdraw", campaign: mine.campaign })}>
          {t("pledge.withdraw-do")}
        </Button>
        <Button kind="secondary" onClick={onClose}>
          {t("pledge.keep")}
        </Button>
      </div>
    </div>
  );
}
