/** /run/hub: joining a hub after comparing its key, and how our news travel to it. */
import { RefreshCw } from "lucide";
import { useState } from "preact/hooks";

import type { HubLink } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate, formatRelative } from "../../parts/format.ts";
import { hasMessage, t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Section } from "../../parts/page.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { When } from "../../parts/values.tsx";
import { useCommunity } from "../data.ts";
import { HubStatus } from "../hub-status.tsx";
import { JoinHub } from "./join-hub.tsx";
import { StewardPage } from "./steward-page.tsx";

const LOOK_AGAIN_MS = 10_000;

export function RunHubPage() {
  return (
    <StewardPage title={t("run.hub")} lead={t("hub-link.lead")}>
      <Hubs />
    </StewardPage>
  );
}

function Hubs() {
  const community = useCommunity(LOOK_AGAIN_MS);
  return (
    <Loaded resource={community}>
      {(data) =>
        data.hubs.length === 0 ? (
          <JoinHub onJoined={community.reload} />
        ) : (
          <>
            {data.hubs.map((hub) => (
              <Hub key={hub.origin} hub={hub} total={data.book.size} onTried={community.reload} />
            ))}
          </>
        )
      }
    </Loaded>
  );
}

function Hub({ hub, total, onTried }: { hub: HubLink; total: number; onTried: () => void }) {
  return (
    <Section title={hub.name} aside={<HubStatus status={hub.status} />}>
      {hub.reason && hub.status !== "admitted" ? (
        <Banner tone="warning">{t("hub-link.reason", { reason: hub.reason })}</Banner>
      ) : null}
      {hub.status === "requested" ? <Banner>{t("hub-link.asked")}</Banner> : null}
      {hub.failed_code ? (
        <Banner tone="danger" title={t("hub-link.failed")}>
          {t("hub-link.failed-text", { code: verdictText(hub.failed_code) })}
        </Banner>
      ) : null}
      <div class="grid">
        <Delivery hub={hub} onTried={onTried} />
        <div class="card">
          <h3>{t("hub-link.counted")}</h3>
          <p class="figure num">
            {hub.counted_at === null
              ? t("hub-link.counted-none")
              : t("hub-link.counted-text", {
                  n: hub.counted_book_size,
                  total,
                  when: formatRelative(hub.counted_at, Date.now()),
                })}
          </p>
          <a class="target" href={hub.url}>
            {t("hub-link.open")}
          </a>
        </div>
      </div>
      <Watching watch={hub.watch} />
      <dl class="facts">
        <div>
          <dt>{t("hub-link.origin")}</dt>
          <dd class="mono">{hub.origin}</dd>
        </div>
        <div>
          <dt>{t("hub-link.address")}</dt>
          <dd class="mono">{hub.url}</dd>
        </div>
        <div>
          <dt>{t("hub-link.key")}</dt>
          <dd>
            <Copy text={hub.vkey} label={t("hub-link.key")} />
          </dd>
        </div>
      </dl>
    </Section>
  );
}

/** What this community's own watching says: it compares what the hub signs and shows, and forgets no head it has seen. */
function Watching({ watch }: { watch: HubLink["watch"] }) {
  if (watch === null) return null;
  return (
    <div class="stack-s">
      <h3>{t("watch.title")}</h3>
      {watch.codes.length === 0 ? (
        <p class="quiet">{t("watch.ok", { when: formatDate(watch.checked_at, "time") })}</p>
      ) : (
        <Banner tone="danger" title={t("watch.since", { when: formatDate(watch.since, "time") })}>
          {watch.codes.map((code) => (
            <p key={code}>{t(`watch.${code}`)}</p>
          ))}
        </Banner>
      )}
    </div>
  );
}

function Delivery({ hub, onTried }: { hub: HubLink; onTried: () => void }) {
  const { delivery } = hub;
  const [busy, setBusy] = useState(false);

  async function tryNow() {
    setBusy(true);
    const answer = await api.post<{ hubs: HubLink[] }>("/api/hubs/refresh");
    setBusy(false);
    onTried();
    if (!answer.ok) return toast(problemText(answer.error));
    const waiting = answer.value.hubs.some((link) => link.origin === hub.origin && link.delivery.waiting);
    toast(t(waiting ? "hub-link.tried-waiting" : "hub-link.tried"));
  }

  return (
    <div class="card">
      <h3>{t("hub-link.delivery")}</h3>
      <div role="status" class="stack-s">
        <p class="figure">{deliveryLine(delivery)}</p>
        {delivery.waiting ? (
          <>
            <p>{t("hub-link.attempts", { n: delivery.attempts })}</p>
            {delivery.next_at ? (
              <p>
                {t("hub-link.next")} <When at={delivery.next_at} show="relative" />
              </p>
            ) : null}
            {delivery.last_error ? (
              <p>{t("hub-link.last-error", { error: problemWord(delivery.last_error) })}</p>
            ) : null}
            <p class="quiet small">{t("hub-link.safe")}</p>
          </>
        ) : null}
        {delivery.last_delivered_at ? (
          <p class="quiet small">
            {t("hub-link.delivered-at", {
              seq: delivery.last_seq,
              when: formatRelative(delivery.last_delivered_at, Date.now()),
            })}
          </p>
        ) : null}
        {delivery.receipt ? (
          <Disclosure
            title={t("hub-link.receipt", {
              index: delivery.receipt.index,
              when: formatDate(delivery.receipt.received, "time"),
            })}
          >
            <p class="quiet small">{t("hub-link.receipt-text")}</p>
            <Copy text={delivery.receipt.jws} label={t("hub-link.receipt-file")} />
          </Disclosure>
        ) : delivery.last_delivered_at ? (
          <p class="quiet small">{t("hub-link.no-receipt")}</p>
        ) : null}
      </div>
      <div class="row">
        <Button kind={delivery.waiting ? "primary" : "secondary"} busy={busy} onClick={() => void tryNow()}>
          <Icon node={RefreshCw} />
          {t("hub-link.try-now")}
        </Button>
      </div>
    </div>
  );
}

function deliveryLine(delivery: HubLink["delivery"]): string {
  if (delivery.waiting) {
    return delivery.since
      ? t("hub-link.waiting", { when: formatDate(delivery.since, "time") })
      : t("hub-link.waiting-now");
  }
  return t(delivery.last_delivered_at === null ? "hub-link.never" : "hub-link.delivered");
}

/** Codes of the protocol in words; one a newer hub may send stays as it is. */
function verdictText(code: string): string {
  const key = `hub-link.verdict-${code}`;
  return hasMessage(key) ? t(key) : code;
}

function problemWord(code: string): string {
  const key = [`delivery.${code}`, `problem.${code}`].find(hasMessage);
  return key === undefined ? code : t(key);
}
