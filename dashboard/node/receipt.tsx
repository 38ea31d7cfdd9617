/** /me/receipts/:leaf: one receipt, how far it has come, and the exact command to follow it without trusting this community. */
import { Download } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { trackerCode } from "../../shared/book/tracker.ts";
import type { ReceiptSummary } from "../../shared/protocol/api/community.ts";
import { LinkButton } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { NeedsMe } from "../parts/identity/account.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Badge, Banner, Empty, Loaded, Skeleton } from "../parts/states.tsx";
import { TrustTicks } from "../parts/trust-ticks.tsx";
import { When } from "../parts/values.tsx";
import { useResource } from "../parts/use-resource.ts";
import { findReceipt } from "./data.ts";
import { ReceiptCheck } from "./receipt-check.tsx";
import { receiptFile } from "./pledge/receipt-view.tsx";
import { ticksOf, useReceiptTicks } from "./pledge/ticks.ts";
import { receiptLine } from "./pledge/words.ts";
import { receiptState } from "./receipts.tsx";

export function ReceiptPage({ leaf }: { leaf: string }) {
  return <NeedsMe title={t("receipt.title")}>{() => <Find leaf={leaf} />}</NeedsMe>;
}

const back = () => ({ href: "/me/receipts", label: t("receipts.title") });

function Find({ leaf }: { leaf: string }) {
  const [receipt, setReceipt] = useState<ReceiptSummary | null | undefined>(undefined);
  useEffect(() => {
    let stale = false;
    void findReceipt(leaf).then((found) => (stale ? undefined : setReceipt(found)));
    return () => {
      stale = true;
    };
  }, [leaf]);
  if (receipt) return <Receipt key={receipt.leaf} receipt={receipt} />;
  return (
    <Page title={t("receipt.title")} back={back()}>
      {receipt === undefined ? (
        <Skeleton kind="card" />
      ) : (
        <Empty title={t("receipt.unknown")}>{t("receipt.unknown-text")}</Empty>
      )}
    </Page>
  );
}

function Receipt({ receipt }: { receipt: ReceiptSummary }) {
  const { ticks } = useReceiptTicks(receipt);
  return (
    <Page
      title={`${t("receipt.title")}: ${receipt.campaign_name}`}
      heading={t(`receipt.kind-${receipt.kind}`)}
      lead={
        <>
          <a href={`/campaigns/${receipt.campaign}`}>{receipt.campaign_name}</a>
          {receipt.available ? `, ${receiptLine(receipt)}` : ""}
        </>
      }
      back={back()}
      actions={<Badge {...(ticks.live ? { tone: "ok" as const } : {})}>{receiptState({ ...receipt, ticks })}</Badge>}
    >
      {receipt.available ? (
        <div class="split">
          <Section title={t("receipt-check.title")}>
            {ticks.counted ? null : <Banner>{t("receipt.waiting")}</Banner>}
            <OwnCheck key={ticks.counted?.at ?? ticks.logged?.at} leaf={receipt.leaf} />
          </Section>
          <Section title={t("receipt.follow")}>
            <Follow leaf={receipt.leaf} />
          </Section>
        </div>
      ) : (
        <Banner>{t(receipt.given_up === true ? "receipt.given-up-text" : "receipt.gone")}</Banner>
      )}
      <Section title={t("receipt.way")}>
        <TrustTicks ticks={ticksOf({ ticks, kind: receipt.kind })} />
        <Places receipt={receipt} ticks={ticks} />
      </Section>
    </Page>
  );
}

/** Where it stands, for whoever wants to look. */
function Places({ receipt, ticks }: { receipt: ReceiptSummary; ticks: ReceiptSummary["ticks"] }) {
  return (
    <dl class="facts">
      <div>
        <dt>{t("receipt.code")}</dt>
        <dd class="mono">
          <a href={`/check?code=${trackerCode(ticks.book.leaf)}`}>{trackerCode(ticks.book.leaf)}</a>
        </dd>
      </div>
      <div>
        <dt>{t("receipt.entry")}</dt>
        <dd class="num">{ticks.book.index}</dd>
      </div>
      {ticks.logged ? (
        <div>
          <dt>{t("receipt.report")}</dt>
          <dd class="num">{ticks.logged.seq}</dd>
        </div>
      ) : null}
      {receipt.audited_at ? (
        <div>
          <dt>{t("receipt.audited")}</dt>
          <dd>
            <When at={receipt.audited_at} show="time" /> {t("receipt.audited-note")}
          </dd>
        </div>
      ) : null}
      <div>
        <dt>{t("receipt.leaf")}</dt>
        <dd>
          <Copy text={ticks.book.leaf} label={t("receipt.leaf")} />
        </dd>
      </div>
    </dl>
  );
}

/** The file this community serves is held against the passkey's signature, so it need not be believed either. */
function OwnCheck({ leaf }: { leaf: string }) {
  const file = useResource<unknown>(`/api/receipts/${encodeURIComponent(leaf)}`);
  return (
    <>
      <p class="quiet measure">{t("receipt-check.note")}</p>
      <Loaded resource={file}>{(receipt) => <ReceiptCheck receipt={receipt} starts />}</Loaded>
      <p>
        {t("receipt-check.elsewhere")} <a href="/check">{t("receipt-check.elsewhere-link")}</a>
      </p>
    </>
  );
}

function Follow({ leaf }: { leaf: string }) {
  const file = receiptFile(leaf);
  return (
    <>
      <p>{t("receipt.follow-text")}</p>
      <Copy text={`npm run verify -- pledge ${file.name}`} label={t("receipt.command")} />
      <div class="row">
        <LinkButton href={file.href} download={file.name}>
          <Icon node={Download} />
          {t("receipt.download")}
        </LinkButton>
      </div>
      <p class="small quiet">{t("receipt.private")}</p>
    </>
  );
}
