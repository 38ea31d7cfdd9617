/** The second tap: the document in words computed from itself, its hash recomputed here, then the passkey. */
import { Fingerprint } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";

import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Button } from "../../parts/button.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { SignedDocument } from "../../parts/signed-document.tsx";
import { fingerprint } from "./fingerprint.ts";
import type { Drafted } from "./flow.tsx";
import { documentSentence } from "./words.ts";

export function PledgeReview({
  campaign,
  drafted,
  busy,
  onSign,
  onBack,
}: {
  campaign: NodeCampaign;
  drafted: Drafted;
  busy: "draft" | "passkey" | "send" | null;
  onSign: () => void;
  onBack: () => void;
}) {
  const [checked, setChecked] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { document } = drafted;
  return (
    <div class="stack">
      <h2 ref={heading} tabIndex={-1}>
        {t("pledge.step-sign")}
      </h2>
      <SignedDocument
        document={document}
        claimedHash={drafted.hash}
        compute={fingerprint}
        onChecked={setChecked}
        summary={
          <>
            <p class="document-sentence">{documentSentence(document, campaign.unit)}</p>
            <p>
              {campaign.name}{" "}
              <span class="quiet">
                · {document.node} → {document.hub}
              </span>
            </p>
            {document.replaces ? <p>{t("pledge.sum-replaces")}</p> : null}
            <p class="quiet small">{t("pledge.sum-account")}</p>
          </>
        }
      />
      {document.typ === "pledge" ? (
        <p class="small">{t("pledge.nothing-now", { date: formatDate(campaign.closes) })}</p>
      ) : null}
      <div class="row">
        <Button busy={busy !== null} disabled={!checked} onClick={onSign}>
          <Icon node={Fingerprint} />
          {t("pledge.sign")}
        </Button>
        <Button kind="secondary" disabled={busy !== null} onClick={onBack}>
          {t("pledge.back")}
        </Button>
      </div>
      <p class="small quiet" role="status">
        {busy === "passkey" ? t("pledge.signing") : busy === "send" ? t("pledge.sending") : t("pledge.os-note")}
      </p>
    </div>
  );
}
