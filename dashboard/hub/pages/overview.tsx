/** The front page: one sentence with numbers, the check beside it, and what stands behind it. */
import { ArrowRight } from "lucide";
import type { z } from "zod";

import type {
  campaignPage,
  communityPage,
  HistoryPoint,
  history,
  Network,
} from "../../../shared/protocol/api/network.ts";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { parts, t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Banner, Empty, ErrorBanner, Loaded, Skeleton } from "../../parts/states.tsx";
import { TimeSeries } from "../../parts/time-series.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity } from "../../parts/values.tsx";
import { CampaignCard } from "../campaign-card.tsx";
import { CommunityTable } from "../community-table.tsx";
import { MoneyBar } from "../funding/money-bar.tsx";
import { CheckLine, useNetwork } from "../live.tsx";
import { ParentLine } from "../parent-line.tsx";
import { stages } from "../stages.ts";
import { Weave, type WeaveEnd } from "../weave.tsx";

const SHOWN = 6;

export function OverviewPage() {
  const network = useNetwork();
  const campaigns = useResource<z.infer<typeof campaignPage>>("/api/campaigns?limit=6");
  const communities = useResource<z.infer<typeof communityPage>>("/api/communities?limit=12");
  const data = network.data;
  return (
    <Page
      title={t("nav.overview")}
      hero
      heading={data ? sentence(data) : network.error ? t("hub.tagline") : <span class="bone bone-hero" />}
      under={
        <>
          {data ? (
            <CheckLine size={data.log.size} at={data.as_of} />
          ) : network.error ? null : (
            <div class="check-space" />
          )}
          <ParentLine />
          {data && data.pledges > 0 && campaigns.data && communities.data ? (
            <Weave
              label={t("overview.weave", { communities: data.communities, pledges: data.pledges })}
              sources={sourcesOf(communities.data)}
              targets={targetsOf(campaigns.data)}
              caption={{
                sources: t("overview.n-communities", { n: data.communities }),
                targets: t("overview.n-campaigns", { n: data.campaigns.length }),
              }}
            />
          ) : data?.pledges === 0 || network.error ? null : (
            <div class="weave-frame" />
          )}
        </>
      }
    >
      {network.error ? <ErrorBanner error={network.error} onRetry={network.reload} /> : null}
      {data && data.unconverted.length > 0 ? (
        <Banner tone="warning">{t("overview.unconverted", { currencies: data.unconverted.join(", ") })}</Banner>
      ) : null}
      {data === null && network.error ? null : (
        <Stats>
          <Stat
            label={t("overview.pledges")}
            value={data ? <Quantity value={data.pledges} /> : null}
            note={t("overview.pledges-note")}
            href="/campaigns"
          />
          <Stat
            label={t("overview.communities")}
            value={data ? <Quantity value={data.communities} /> : null}
            note={t("overview.communities-note", { n: data?.members_declared ?? 0 })}
            href="/communities"
          />
          {stages.map((stage) => (
            <Stat
              key={stage.id}
              label={t(`stage.${stage.id}`)}
              value={data ? <Quantity value={data.stages[stage.id]} /> : null}
              unit={t("overview.units")}
              note={t(`stage.${stage.id}-note`)}
            />
          ))}
        </Stats>
      )}
      <PowerSeries network={data} />
      {data?.funding === undefined ? null : <MoneyFlows funding={data.funding} />}
      <Section title={t("nav.campaigns")} aside={<a href="/campaigns">{t("overview.all-campaigns")}</a>}>
        <Loaded
          resource={campaigns}
          skeleton={
            <div class="grid">
              <Skeleton kind="card" />
              <Skeleton kind="card" />
            </div>
          }
        >
          {({ campaigns: list }) =>
            list.length === 0 ? (
              <Empty title={t("campaigns.empty")}>{t("campaigns.empty-note")}</Empty>
            ) : (
              <div class="grid-wide">
                {list.map((campaign) => (
                  <CampaignCard key={campaign.id} campaign={campaign} />
                ))}
              </div>
            )
          }
        </Loaded>
      </Section>
      <Section title={t("nav.communities")} aside={<a href="/communities">{t("overview.all-communities")}</a>}>
        <Loaded resource={communities}>{({ communities: list }) => <CommunityTable communities={list} />}</Loaded>
      </Section>
      <Doors />
    </Page>
  );
}

/** "2 communities are ready to spend $12,480 together." */
function sentence(network: Network) {
  if (network.pledges === 0) return t("overview.sentence-empty");
  return parts("overview.sentence", {
    communities: network.communities,
    amount: <b>{formatMoney(network.purchasing_power_minor, network.currency, { whole: true })}</b>,
    pledges: network.pledges,
  });
}

function sourcesOf({ communities }: z.infer<typeof communityPage>): WeaveEnd[] {
  return communities
    .filter((community) => community.pledges > 0 && community.status === "admitted")
    .sort((a, b) => b.pledges - a.pledges)
    .slice(0, SHOWN)
    .map((community) => ({
      id: community.origin,
      label: community.name,
      weight: community.pledges,
      value: t("overview.n-pledges", { n: community.pledges }),
    }));
}

function targetsOf({ campaigns }: z.infer<typeof campaignPage>): WeaveEnd[] {
  return campaigns
    .filter((campaign) => campaign.pledges > 0)
    .slice(0, SHOWN)
    .map((campaign) => ({
      id: campaign.id,
      label: campaign.name,
      weight: campaign.pledges,
      value: formatMoney(campaign.purchasing_power_minor, campaign.currency, { whole: true }),
    }));
}

function PowerSeries({ network }: { network: Network | null }) {
  const days = useResource<z.infer<typeof history>>("/api/history?resolution=day");
  // a young network has no days to compare yet: then each published statement is a point
  const young = days.data !== null && days.data.points.length < 3;
  const statements = useResource<z.infer<typeof history>>(young ? "/api/history?resolution=statement" : null);
  const shown = young ? statements : days;
  const unit = network?.currency ?? shown.data?.currency ?? "USD";
  const size = network?.log.size ?? null;
  return (
    <Section
      title={t("overview.power")}
      aside={size === null ? null : <span class="quiet small">{t("as-of.entry", { size })}</span>}
    >
      <Loaded resource={shown} skeleton={<Skeleton kind="chart" />}>
        {({ points }) =>
          points.length === 0 ? (
            <Empty title={t("overview.power-empty")}>{t("overview.power-empty-note")}</Empty>
          ) : (
            <TimeSeries
              label={t("overview.power-label", { currency: unit })}
              points={powerPoints(points, network)}
              format={(value) => formatMoney(value, unit, { whole: true })}
              formatAxis={(value) => formatMoney(value, unit, { compact: true })}
              formatTime={(at) => formatDate(at, young ? "moment" : "date")}
              spacing={young ? "steps" : "time"}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

/** From the last nothing before the first something up to the current number, which the log will hold a little later. */
function powerPoints(history: HistoryPoint[], network: Network | null) {
  const logged = history.map(({ at, purchasing_power_minor: minor }) => ({ at, value: BigInt(minor) }));
  const first = logged.findIndex(({ value }) => value > 0n);
  const points = logged.slice(Math.max(0, first - 1));
  const last = points.at(-1);
  if (network === null || (last !== undefined && Date.parse(last.at) >= Date.parse(network.as_of))) return points;
  return [...points, { at: network.as_of, value: BigInt(network.purchasing_power_minor) }];
}

function MoneyFlows({ funding }: { funding: NonNullable<Network["funding"]> }) {
  return (
    <Section title={t("overview.money")} aside={<a href="/funding">{t("overview.follow-money")}</a>}>
      <p class="quiet measure">{t("overview.money-note")}</p>
      <div class="grid-wide">
        {funding.map((stages) => (
          <MoneyBar key={stages.currency} stages={stages} />
        ))}
      </div>
    </Section>
  );
}

function Doors() {
  const doors = [
    { id: "community", href: "/communities#join" },
    { id: "fund", href: "/targeting" },
    { id: "supply", href: "/campaigns" },
  ] as const;
  return (
    <Section title={t("doors.title")}>
      <div class="doors">
        {doors.map((door) => (
          <article key={door.id} class="card card-link door">
            <h3>
              <a class="cover" href={door.href}>
                {t(`doors.${door.id}`)}
              </a>
              <Icon node={ArrowRight} class="flip" />
            </h3>
            <p class="quiet">{t(`doors.${door.id}-note`)}</p>
          </article>
        ))}
      </div>
    </Section>
  );
}
