/** One campaign: the sentence, how far it is, what a supplier would sell at each price, who takes part, the terms, the end. */
import { useRoute } from "preact-iso";

import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate, formatMoney, formatQuantity } from "../../parts/format.ts";
import { parts, t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Badge, Banner, Empty, ErrorBanner, Skeleton } from "../../parts/states.tsx";
import { TierLadder } from "../../parts/tier-ladder.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity, Region, When } from "../../parts/values.tsx";
import { openUnits, stateTone } from "../campaign.ts";
import { CampaignMoney } from "../funding/campaign-money.tsx";
import { CampaignRegions } from "../signals/campaign-regions.tsx";
import { CheckLine } from "../live.tsx";
import { CampaignOffers } from "../suppliers/campaign-offers.tsx";
import { stages } from "../stages.ts";

const back = () => ({ href: "/campaigns", label: t("nav.campaigns") });

export function CampaignPage() {
  const { params } = useRoute();
  const resource = useResource<CampaignDetail>(`/api/campaigns/${params["id"] ?? ""}`, { every: 30_000 });
  const campaign = resource.data;
  if (campaign === null) {
    return (
      <Page title={t("nav.campaigns")} back={back()}>
        {resource.error ? <ErrorBanner error={resource.error} onRetry={resource.reload} /> : <Skeleton kind="chart" />}
      </Page>
    );
  }
  const units = openUnits(campaign);
  return (
    <Page
      title={campaign.name}
      back={back()}
      lead={
        <>
          <Badge tone={stateTone[campaign.state]}>{t(`campaign.state-${campaign.state}`)}</Badge>{" "}
          {parts("campaign.sentence", {
            pledges: campaign.pledges,
            communities: campaign.communities,
            units,
            unit: campaign.unit,
            amount: <strong>{formatMoney(campaign.purchasing_power_minor, campaign.currency, { whole: true })}</strong>,
          })}
        </>
      }
      under={<CheckLine size={campaign.log.size} />}
    >
      {campaign.closing ? <Closing campaign={campaign} /> : null}
      <section class="card" aria-label={t("campaign.progress")}>
        <TierLadder value={units} goal={BigInt(campaign.goal_qty)} unit={campaign.unit} />
        <Stats>
          {stages.map((stage) => (
            <Stat
              key={stage.id}
              label={t(`stage.${stage.id}`)}
              value={<Quantity value={campaign[stage.id]} />}
              unit={t("overview.units")}
              note={t(`stage.${stage.id}-note`)}
            />
          ))}
        </Stats>
      </section>
      <CampaignRegions
        id={campaign.id}
        name={campaign.name}
        mark={{
          price: BigInt(campaign.reference_price_minor),
          label: t("campaign.reference", { price: formatMoney(campaign.reference_price_minor, campaign.currency) }),
        }}
      />
      <CampaignOffers campaign={campaign.id} />
      <CampaignMoney campaign={campaign} />
      <ByCommunity campaign={campaign} />
      <Terms campaign={campaign} />
    </Page>
  );
}

function Closing({ campaign }: { campaign: CampaignDetail }) {
  const { closing } = campaign;
  if (!closing) return null;
  const price = closing.band === null ? null : campaign.bands_minor[closing.band];
  return (
    <Banner
      tone={campaign.state === "locked" ? "ok" : "info"}
      title={
        price
          ? t("campaign.locked-at", { price: formatMoney(price, campaign.currency), date: formatDate(closing.at) })
          : t("campaign.released-on", { date: formatDate(closing.at) })
      }
    >
      {closing.reason}
      {campaign.state === "locked" && campaign.purchased !== "0" ? (
        <p class="small">
          <a href={`/exports/hypercert/${campaign.id}.json`}>{t("campaign.hypercert")}</a>
        </p>
      ) : null}
    </Banner>
  );
}

function ByCommunity({ campaign }: { campaign: CampaignDetail }) {
  type Row = CampaignDetail["by_community"][number];
  return (
    <Section
      title={t("campaign.by-community")}
      aside={<span class="quiet small">{t("as-of.entry", { size: campaign.log.size })}</span>}
    >
      <DataTable<Row>
        caption={t("campaign.by-community-caption", { unit: campaign.unit })}
        showCaption
        rows={campaign.by_community}
        rowKey={(row) => row.origin}
        csv={`campaign-${campaign.id.slice(0, 8)}`}
        initialSort={{ column: "pledged", descending: true }}
        empty={<Empty title={t("campaign.nobody-yet")}>{t("campaign.nobody-yet-note")}</Empty>}
        columns={[
          {
            id: "name",
            header: t("communities.name"),
            sort: (row) => row.name,
            text: (row) => row.name,
            cell: (row) => <a href={`/communities/${encodeURIComponent(row.origin)}`}>{row.name}</a>,
          },
          {
            id: "region",
            header: t("communities.region"),
            sort: (row) => row.region,
            text: (row) => row.region,
            cell: (row) => <Region code={row.region} />,
          },
          {
            id: "pledges",
            header: t("communities.pledges"),
            end: true,
            sort: (row) => row.pledges,
            text: (row) => String(row.pledges),
            cell: (row) => <Quantity value={row.pledges} />,
          },
          ...stages.map((stage) => ({
            id: stage.id,
            header: t(`stage.${stage.id}`),
            end: true,
            sort: (row: Row) => BigInt(row[stage.id]),
            text: (row: Row) => row[stage.id],
            cell: (row: Row) => formatQuantity(row[stage.id]),
          })),
        ]}
      />
    </Section>
  );
}

function Terms({ campaign }: { campaign: CampaignDetail }) {
  const { product } = campaign;
  return (
    <Section title={t("campaign.terms")}>
      <p class="prose">{campaign.text}</p>
      <dl class="facts">
        <div>
          <dt>{t("campaign.product")}</dt>
          <dd>
            {product.name}
            {product.brand ? ` · ${product.brand}` : ""}
            {product.gtin ? <span class="quiet mono"> {product.gtin}</span> : null}
          </dd>
        </div>
        <div>
          <dt>{t("campaign.unit")}</dt>
          <dd>{campaign.unit}</dd>
        </div>
        <div>
          <dt>{t("campaign.reference-price")}</dt>
          <dd>{formatMoney(campaign.reference_price_minor, campaign.currency)}</dd>
        </div>
        <div>
          <dt>{t("campaign.max")}</dt>
          <dd>{formatQuantity(campaign.max_qty)}</dd>
        </div>
        <div>
          <dt>{t("campaign.opened")}</dt>
          <dd>
            <When at={campaign.opens} />
          </dd>
        </div>
        <div>
          <dt>{t("campaign.closing-date")}</dt>
          <dd>
            <When at={campaign.closes} show="time" />
          </dd>
        </div>
      </dl>
      <Disclosure title={t("campaign.proof")}>
        <p class="measure">{t("campaign.proof-note")}</p>
        <dl class="facts">
          <div>
            <dt>{t("campaign.id")}</dt>
            <dd class="mono">{campaign.id}</dd>
          </div>
        </dl>
        <p>
          <a href={`/log/entries/${campaign.id}.tlog-proof`} download>
            {t("campaign.proof-file")}
          </a>
        </p>
      </Disclosure>
    </Section>
  );
}
