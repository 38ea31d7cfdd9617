/** A member's first screen: what waits for them, their pledges with ticks, what changed since they last looked. */
import { Clock3, Fingerprint, HandHeart, House, KeyRound, RefreshCw, TriangleAlert } from "lucide";
import type { IconNode } from "lucide";
import { useState } from "preact/hooks";

import type { Community } from "../../shared/protocol/api/community.ts";
import type { Me } from "../../shared/protocol/api/identity.ts";
import { LinkButton } from "../parts/button.tsx";
import { formatDate, formatQuantity } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Badge, Loaded, Skeleton } from "../parts/states.tsx";
import type { Resource } from "../parts/use-resource.ts";
import { When } from "../parts/values.tsx";
import { type Ask, asksFor } from "./asks.ts";
import { type Change, changesOf } from "./changes.ts";
import { CommunityFacts } from "./community-facts.tsx";
import { useCampaigns, usePledges, useReceipts } from "./data.ts";
import { daysLeft } from "./ladder.ts";
import { MyPledges } from "./my-pledges.tsx";
import { Together } from "./together.tsx";
import { Trust } from "./trust.tsx";
import { lastVisit } from "./visit.ts";

export function Now({ me, community }: { me: Me; community: Resource<Community> }) {
  const campaigns = useCampaigns();
  const pledges = usePledges(true);
  const asks =
    campaigns.data && pledges.data && community.data
      ? asksFor(me, community.data, campaigns.data.campaigns, pledges.data.pledges, Date.now(), pledges.data.waiting)
      : null;
  return (
    <Page title={t("now.hello", { name: me.name })}>
      <Section title={t("now.title")}>
        {asks ? (
          <Asks asks={asks} />
        ) : (
          <Loaded resource={firstFailing(campaigns, pledges, community)}>{() => <Skeleton kind="card" />}</Loaded>
        )}
      </Section>
      <div class="split">
        <Section
          title={t("now.my-pledges")}
          aside={
            <a class="target" href="/me/receipts">
              {t("receipts.all")}
            </a>
          }
        >
          <MyPledges pledges={pledges} />
        </Section>
        <Section title={t("now.changed")}>
          <Changes community={community.data} />
        </Section>
      </div>
      <Together />
      <Loaded resource={community} skeleton={<Skeleton />}>
        {(data) => (
          <>
            <Section title={t("community.about")}>
              <CommunityFacts community={data} />
            </Section>
            <Trust community={data} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function firstFailing(...resources: Resource<unknown>[]): Resource<unknown> {
  const failing = resources.find((resource) => resource.error && resource.data === null);
  return failing ?? { data: null, error: null, loading: true, reload: () => undefined };
}

const icons: Record<Ask["kind"], IconNode> = {
  "add-passkey": Fingerprint,
  secure: KeyRound,
  setup: House,
  hub: TriangleAlert,
  pledge: HandHeart,
  decide: Clock3,
  interest: RefreshCw,
};

function Asks({ asks }: { asks: Ask[] }) {
  if (asks.length === 0) return <p class="quiet">{t("now.nothing")}</p>;
  return (
    <ol class="asks">
      {asks.map((ask, index) => (
        <li key={ask.kind + ask.href} class="card ask">
          <Icon node={icons[ask.kind]} />
          <div class="ask-body">
            <h3>{askTitle(ask)}</h3>
            <p>{askReason(ask)}</p>
            {"campaign" in ask ? (
              <p class="small quiet">
                {t("now.time-left", { n: daysLeft(ask.campaign.closes, Date.now()) })} ·{" "}
                {t("now.until", { date: formatDate(ask.campaign.closes, "short") })}
              </p>
            ) : null}
          </div>
          <LinkButton kind={index === 0 ? "primary" : "secondary"} href={ask.href}>
            {t(`now.${ask.kind}-do`)}
          </LinkButton>
        </li>
      ))}
    </ol>
  );
}

function askTitle(ask: Ask): string {
  return "campaign" in ask ? t(`now.${ask.kind}`, { campaign: ask.campaign.name }) : t(`now.${ask.kind}`);
}

function askReason(ask: Ask): string {
  if (!("campaign" in ask)) return t(`now.${ask.kind}-why`);
  const qty = ask.mine ? `${formatQuantity(ask.mine.qty)} × ${ask.mine.unit}` : "";
  return t(`now.${ask.kind}-why`, { n: ask.campaign.here.pledges, qty });
}

function Changes({ community }: { community: Community | null }) {
  const campaigns = useCampaigns();
  const receipts = useReceipts(true);
  const [since] = useState(lastVisit);
  return (
    <Loaded resource={receipts}>
      {(data) => {
        const changes = changesOf(community, campaigns.data?.campaigns ?? [], data.receipts);
        return changes.length === 0 ? (
          <p class="quiet">{t("now.changed-empty")}</p>
        ) : (
          <ul class="changes">
            {changes.map((change) => (
              <li key={change.kind + change.at + change.href}>
                <a href={change.href}>{changeText(change)}</a>
                <span class="row small quiet">
                  <When at={change.at} show="relative" />
                  {since !== null && change.at > since ? <Badge tone="info">{t("now.new")}</Badge> : null}
                </span>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

function changeText(change: Change): string {
  return change.kind === "hub"
    ? t("now.ev-hub", { hub: change.hub, n: change.size })
    : t(`now.ev-${change.kind}`, { campaign: change.campaign });
}
