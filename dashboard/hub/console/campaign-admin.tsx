/** One campaign for the operator: what stands behind it, amending its text or date, closing it. */
import { useRoute } from "preact-iso";
import { useState } from "preact/hooks";

import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import { Button } from "../../parts/button.tsx";
import { DemandCurve } from "../../parts/demand-curve.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Badge, Banner, ErrorBanner, Skeleton } from "../../parts/states.tsx";
import { TierLadder } from "../../parts/tier-ladder.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { openUnits, stateTone } from "../campaign.ts";
import { AmendDialog } from "./amend-dialog.tsx";
import { CloseDialog } from "./close-dialog.tsx";

const back = () => ({ href: "/console/campaigns", label: t("console.campaigns") });

export function CampaignAdminPage() {
  const { params } = useRoute();
  const resource = useResource<CampaignDetail>(`/api/campaigns/${params["id"] ?? ""}`);
  const [dialog, setDialog] = useState<"amend" | "close" | null>(null);
  const campaign = resource.data;
  if (campaign === null) {
    return (
      <Page title={t("console.campaigns")} back={back()}>
        {resource.error ? <ErrorBanner error={resource.error} onRetry={resource.reload} /> : <Skeleton />}
      </Page>
    );
  }
  const live = campaign.state === "open" || campaign.state === "ended";
  const shut = () => setDialog(null);
  return (
    <Page
      title={campaign.name}
      back={back()}
      lead={
        <>
          <Badge tone={stateTone[campaign.state]}>{t(`campaign.state-${campaign.state}`)}</Badge>{" "}
          {live ? t("campaign.closes", { date: formatDate(campaign.closes, "time") }) : null}
        </>
      }
      actions={
        live ? (
          <>
            <Button kind="secondary" onClick={() => setDialog("amend")}>
              {t("amend.action")}
            </Button>
            <Button onClick={() => setDialog("close")}>{t("close.action")}</Button>
          </>
        ) : undefined
      }
    >
      {campaign.state === "ended" ? (
        <Banner tone="warning" title={t("close.due")}>
          {t("close.due-note")}
        </Banner>
      ) : null}
      {campaign.closing ? <Banner tone="info">{campaign.closing.reason}</Banner> : null}
      <section class="card" aria-label={t("campaign.progress")}>
        <TierLadder value={openUnits(campaign)} goal={BigInt(campaign.goal_qty)} unit={campaign.unit} />
      </section>
      <Section title={t("campaign.curve")} aside={<a href={`/campaigns/${campaign.id}`}>{t("admin.public-page")}</a>}>
        {campaign.units_by_band === null ? (
          <p>{t("curve.few", { k: SMALLEST_K })}</p>
        ) : (
          <DemandCurve
            bands={campaign.bands_minor.map(BigInt)}
            unitsByBand={campaign.units_by_band.map(BigInt)}
            currency={campaign.currency}
            unit={campaign.unit}
            marks={[
              {
                price: BigInt(campaign.reference_price_minor),
                label: t("campaign.reference", {
                  price: formatMoney(campaign.reference_price_minor, campaign.currency),
                }),
              },
            ]}
          />
        )}
      </Section>
      <AmendDialog open={dialog === "amend"} campaign={campaign} onClose={shut} onDone={resource.reload} />
      <CloseDialog open={dialog === "close"} campaign={campaign} onClose={shut} onDone={resource.reload} />
    </Page>
  );
}
