/** /me/receipts: everything I signed here, newest first, page by page. */
import type { ReceiptSummary } from "../../shared/protocol/api/community.ts";
import { LinkButton } from "../parts/button.tsx";
import { t } from "../parts/i18n.ts";
import { NeedsMe } from "../parts/identity/account.tsx";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { Badge, Empty, Loaded } from "../parts/states.tsx";
import { TrustTicksInline } from "../parts/trust-ticks.tsx";
import { usePages } from "../parts/use-pages.ts";
import { When } from "../parts/values.tsx";
import type { ReceiptPage } from "./data.ts";
import { ticksOf } from "./pledge/ticks.ts";
import { receiptLine } from "./pledge/words.ts";

export function ReceiptsPage() {
  return (
    <NeedsMe title={t("receipts.title")}>
      {() => (
        <Page title={t("receipts.title")} lead={t("receipts.lead")} back={{ href: "/me", label: t("tab.me") }}>
          <Receipts />
        </Page>
      )}
    </NeedsMe>
  );
}

function Receipts() {
  const pages = usePages("/api/receipts", (page: ReceiptPage) => ({ items: page.receipts, next: page.next }));
  return (
    <Loaded resource={pages.first}>
      {() =>
        pages.items.length === 0 ? (
          <Empty title={t("receipts.empty")} action={<LinkButton href="/campaigns">{t("pledge.none-do")}</LinkButton>}>
            {t("receipts.empty-text")}
          </Empty>
        ) : (
          <div class="stack">
            <ul class="list">
              {pages.items.map((receipt) => (
                <ReceiptRow key={receipt.leaf} receipt={receipt} />
              ))}
            </ul>
            <More pages={pages} />
          </div>
        )
      }
    </Loaded>
  );
}

function ReceiptRow({ receipt }: { receipt: ReceiptSummary }) {
  return (
    <li>
      <div class="list-main stack-s">
        <a class="list-title" href={`/me/receipts/${receipt.leaf}`}>
          {receipt.campaign_name}
        </a>
        <span>{receipt.available ? receiptLine(receipt) : t("receipt.gone-short")}</span>
        <span class="small quiet">
          <When at={receipt.ticks.signed_at} show="time" />
        </span>
      </div>
      <div class="pledge-state">
        <Badge {...(receipt.ticks.live ? { tone: "ok" as const } : {})}>{receiptState(receipt)}</Badge>
        <TrustTicksInline ticks={ticksOf(receipt)} />
      </div>
    </li>
  );
}

/** A withdrawal is never live itself; it says so in its own word. */
export function receiptState(receipt: ReceiptSummary): string {
  if (receipt.kind === "withdraw") return t("receipt.kind-withdraw");
  if (receipt.given_up === true) return t("receipt.given-up");
  return t(receipt.ticks.live ? "receipt.live" : "receipt.replaced");
}
