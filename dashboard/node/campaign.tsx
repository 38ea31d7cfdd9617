/** One campaign: what it is in a sentence, how far it is, what people would pay, and the pledge beside it. */
import type { NodeCampaign } from "../../shared/protocol/api/community.ts";
import { SMALLEST_K } from "../../shared/protocol/smallest-k.ts";
import { formatDate, formatMoney, formatQuantity } from "../parts/format.ts";
import { DemandCurve } from "../parts/demand-curve.tsx";
import { t } from "../parts/i18n.ts";
import { Page, Section } from "../parts/page.tsx";
import { Banner, Empty, ErrorBanner, Loaded, Skeleton } from "../parts/states.tsx";
import { LinkButton } from "../parts/button.tsx";
import { Stat, Stats } from "../parts/stat.tsx";
import { Quantity, When } from "../parts/values.tsx";
import { CampaignState } from "./campaign-card.tsx";
import { CampaignLadder } from "./campaign-ladder.tsx";
import { useCampaign } from "./data.ts";
import { standingOf } from "./ladder.ts";
import { PledgePanel } from "./pledge/panel.tsx";

export function CampaignPage({ id }: { id: string }) {
  const campaign = useCampaign(id);
  if (campaign.error?.status === 404) {
    return (
      <Page title={t("campaigns.title")} back={{ href: "/campaigns", label: t("campaigns.title") }}>
        <Empty
          title={t("campaign.unknown")}
          action={<LinkButton href="/campaigns">{t("community.all-campaigns")}</LinkButton>}
        />
      </Page>
    );
  }
  if (campaign.data === null) {
    return (
      <Page title={t("campaigns.title")} back={{ href: "/campaigns", label: t("campaigns.title") }}>
        <Loaded resource={campaign} skeleton={<Skeleton kind="hero" />}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return (
    <>
      {campaign.error ? <ErrorBanner error={campaign.error} onRetry={campaign.reload} /> : null}
      <Campaign campaign={campaign.data} reload={campaign.reload} />
    </>
  );
}

function Campaign({ campaign, reload }: { campaign: NodeCampaign; reload: () => void }) {
  return (
    <Page
      title={campaign.name}
      back={{ href: "/campaigns", label: t("campaigns.title") }}
      lead={sentence(campaign)}
      actions={<CampaignState campaign={campaign} />}
    >
      <div class="split campaign">
        <div class="page">
          <Outcome campaign={campaign} />
          <Section title={t("campaign.progress")}>
            <CampaignLadder campaign={campaign} />
            <StageNumbers campaign={campaign} />
          </Section>
          <Curve campaign={campaign} />
          <Section title={t("campaign.story")}>
            {campaign.text ? <p class="prose">{campaign.text}</p> : null}
            <Facts campaign={campaign} />
          </Section>
        </div>
        <aside class="pledge-side" aria-label={t("pledge.title")}>
          <PledgePanel campaign={campaign} onChanged={reload} />
        </aside>
      </div>
    </Page>
  );
}

function sentence(campaign: NodeCampaign): string {
  const { units, people, communities } = standingOf(campaign);
  if (people === 0) return t("campaign.sentence-none", { unit: campaign.unit });
  const words = { people, units: formatQuantity(units), unit: campaign.unit };
  return communities === null
    ? t("campaign.sentence-here-only", words)
    : `${t("campaign.sentence", { ...words, communities })} ${t("campaign.sentence-here", { people: campaign.here.pledges })}`;
}

function Outcome({ campaign }: { campaign: NodeCampaign }) {
  if (campaign.state === "open") return null;
  const price = campaign.closing?.band === null ? undefined : campaign.bands_minor[campaign.closing?.band ?? -1];
  const text =
    campaign.state === "locked" && price !== undefined
      ? t("campaign.closed-locked", { price: formatMoney(price, campaign.currency) })
      : t(campaign.state === "released" ? "campaign.closed-released" : "campaign.closed-ended");
  return (
    <Banner tone={campaign.state === "locked" ? "ok" : "info"} title={t(`campaign.is-${campaign.state}`)}>
      <p>{text}</p>
      {campaign.closing?.reason ? (
        <p class="small quiet">
          {t("campaign.closed-reason")}: {campaign.closing.reason}
        </p>
      ) : null}
    </Banner>
  );
}

const stages = ["interest", "pledged", "committed", "purchased"] as const;

/** The whole network's units by stage, with this community's part under each. */
function StageNumbers({ campaign }: { campaign: NodeCampaign }) {
  const { network, here } = campaign;
  const shown = stages.filter(
    (stage) => stage === "pledged" || here[stage] !== "0" || (network !== null && network[stage] !== "0"),
  );
  return (
    <>
      <Stats>
        {shown.map((stage) => (
          <Stat
            key={stage}
            label={t(`stage.${stage}`)}
            value={<Quantity value={network ? network[stage] : here[stage]} />}
            note={
              network
                ? t("campaign.here-short", { units: formatQuantity(here[stage]) })
                : t(`campaign.stage-${stage}-note`)
            }
          />
        ))}
      </Stats>
      <div class="row row-apart small quiet">
        <span>
          {network
            ? t("campaign.network-as-of", { when: formatDate(network.as_of, "time"), size: network.size })
            : t("campaign.network-none")}
        </span>
        <a class="target" href={`${campaign.hub_url}/campaigns/${campaign.id}`}>
          {t("campaign.check")}
        </a>
      </div>
    </>
  );
}

function Curve({ campaign }: { campaign: NodeCampaign }) {
  const units = campaign.here.units_by_band?.map(BigInt) ?? null;
  return (
    <Section title={t("campaign.curve")}>
      <p class="quiet measure">{t("campaign.curve-lead")}</p>
      {units === null ? (
        <p>{t("campaign.curve-few", { k: SMALLEST_K })}</p>
      ) : units.some((n) => n > 0n) ? (
        <DemandCurve
          bands={campaign.bands_minor.map(BigInt)}
          unitsByBand={units}
          currency={campaign.currency}
          unit={campaign.unit}
          marks={[{ price: BigInt(campaign.reference_price_minor), label: t("campaign.price-mark") }]}
        />
      ) : (
        <p>{t("campaign.curve-empty")}</p>
      )}
    </Section>
  );
}

function Facts({ campaign }: { campaign: NodeCampaign }) {
  const { product } = campaign;
  return (
    <dl class="facts">
      <div>
        <dt>{t("campaign.product")}</dt>
        <dd>
          {product.name}
          {product.brand ? <span class="quiet"> · {product.brand}</span> : null}
          {product.gtin ? <span class="quiet small"> · {t("campaign.gtin", { gtin: product.gtin })}</span> : null}
        </dd>
      </div>
      <div>
        <dt>{t("campaign.unit")}</dt>
        <dd>{campaign.unit}</dd>
      </div>
      <div>
        <dt>{t("campaign.shop-price")}</dt>
        <dd>{formatMoney(campaign.reference_price_minor, campaign.currency)}</dd>
      </div>
      <div>
        <dt>{t("campaign.ends")}</dt>
        <dd>
          <When at={campaign.closes} show="time" />
        </dd>
      </div>
      <div>
        <dt>{t("campaign.terms")}</dt>
        <dd>{t("campaign.terms-open", { date: formatDate(campaign.closes) })}</dd>
      </div>
    </dl>
  );
}
