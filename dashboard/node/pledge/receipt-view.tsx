/** Right after signing: the receipt, with ticks that fill in as they become true and are read out as they do. */
import { Download } from "lucide";
import { useEffect, useRef } from "preact/hooks";

import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { TrustTicks } from "../../parts/trust-ticks.tsx";
import { ticksOf, useReceiptTicks } from "./ticks.ts";
import { receiptLine } from "./words.ts";

export function PledgeReceipt({ receipt, onClose }: { receipt: ReceiptSummary; onClose: () => void }) {
  const latest = useReceiptTicks(receipt);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const said = { pledge: "pledge.done", interest: "pledge.done-interest", withdraw: "pledge.done-withdraw" } as const;
  return (
    <div class="stack">
      <h2 ref={heading} tabIndex={-1}>
        {t(said[receipt.kind])}
      </h2>
      <p>{receiptLine(receipt)}</p>
      <TrustTicks ticks={ticksOf(latest.ticks)} />
      <p class="visually-hidden" role="status">
        {announcement(latest)}
      </p>
      <p class="quiet">{t(receipt.kind === "withdraw" ? "pledge.done-withdraw-text" : "pledge.done-text")}</p>
      <div class="row">
        <LinkButton href={receiptFile(receipt.leaf)} download="receipt.json">
          <Icon node={Download} />
          {t("pledge.download")}
        </LinkButton>
        <Button kind="secondary" onClick={onClose}>
          {t("pledge.done-close")}
        </Button>
      </div>
    </div>
  );
}

export function receiptFile(leaf: string): string {
  return `/api/receipts/${encodeURIComponent(leaf)}`;
}

function announcement({ ticks }: ReceiptSummary): string {
  if (ticks.counted) return t("pledge.announce-counted");
  return ticks.logged ? t("pledge.announce-logged") : t("pledge.announce-signed");
}
