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

export function PledgeReceipt({
  receipt,
  onCounted,
  onClose,
}: {
  receipt: ReceiptSummary;
  onCounted: () => void;
  onClose: () => void;
}) {
  const latest = useReceiptTicks(receipt);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const counted = latest.ticks.counted !== null;
  useEffect(() => {
    if (counted) onCounted();
  }, [counted]);
  const file = receiptFile(receipt.leaf);
  const said = { pledge: "pledge.done", interest: "pledge.done-interest", withdraw: "pledge.done-withdraw" } as const;
  return (
    <div class="stack">
      <h2 ref={heading} tabIndex={-1}>
        {t(said[receipt.kind])}
      </h2>
      <p>{receiptLine(receipt)}</p>
      <TrustTicks ticks={ticksOf(latest)} />
      <p class="visually-hidden" role="status">
        {announcement(latest)}
      </p>
      <p class="quiet">{t(receipt.kind === "withdraw" ? "pledge.done-withdraw-text" : "pledge.done-text")}</p>
      <div class="row">
        <LinkButton href={file.href} download={file.name}>
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

/** Where the file is and what it is called there: the command to follow it names the same file. */
export function receiptFile(leaf: string): { href: string; name: string } {
  return { href: `/api/receipts/${encodeURIComponent(leaf)}`, name: `cocoon-receipt-${leaf.slice(0, 12)}.json` };
}

function announcement({ ticks }: ReceiptSummary): string {
  if (ticks.counted) return t("pledge.announce-counted");
  return ticks.logged ? t("pledge.announce-logged") : t("pledge.announce-signed");
}
