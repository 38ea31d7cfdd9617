/** Making an offer for one open campaign: seen against its demand, and read once more as a sentence before it is signed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { z } from "zod";
import type { logged } from "../../../shared/protocol/api/console.ts";
import type { CampaignDetail, campaignPage } from "../../../shared/protocol/api/network.ts";
import type { MakeOffer, OfferView } from "../../../shared/protocol/api/supplier.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import { reachedTier } from "../../../shared/targeting/ask.ts";
import { demandAt } from "../../../shared/targeting/subsidy.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DemandCurve } from "../../parts/demand-curve.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Select, TextArea, TextField } from "../../parts/field.tsx";
import { formatDate, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { type OfferDraft, draftOf, emptyDraft, offerOf } from "./offer-draft.ts";
import { tierWords } from "./offer-table.tsx";
import { TierFields } from "./tier-fields.tsx";

export function OfferForm({
  supplier,
  replaces,
  onDone,
  onCancel,
}: {
  supplier: { id: string; name: string };
  replaces: OfferView | null;
  onDone: () => void;
  onCancel: () => void;
}) {
  const campaigns = useResource<z.infer<typeof campaignPage>>("/api/campaigns?limit=100").data?.campaigns ?? [];
  const [draft, setDraft] = useState<OfferDraft>(() =>
    replaces === null ? emptyDraft(Date.now()) : draftOf(replaces, Date.now()),
  );
  const campaign = useResource<CampaignDetail>(draft.campaign ? `/api/campaigns/${draft.campaign}` : null).data;
  const [confirming, setConfirming] = useState<MakeOffer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const change = (part: Partial<OfferDraft>) => setDraft((before) => ({ ...before, ...part }));
  const made =
    campaign === null ? null : offerOf(draft, campaign, { supplier: supplier.id, replaces: replaces?.offer ?? null });
  const title = t(replaces === null ? "supplier.make" : "supplier.replace");
  const heading = useRef<HTMLHeadingElement>(null);
  // whoever asked for the form is taken to it
  useEffect(() => heading.current?.focus(), []);
  const open = campaigns.filter(({ state }) => state === "open");

  function look(event: Event) {
    event.preventDefault();
    if (made === null) setProblem(t("supplier.fault-campaign"));
    else if (made.fault !== null) setProblem(t(`supplier.fault-${made.fault}`));
    else {
      setProblem(null);
      setConfirming(made.offer);
    }
  }
  async function send() {
    if (confirming === null) return;
    const answer = await api.post<z.infer<typeof logged>>("/api/offers", confirming);
    setConfirming(null);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    toast(t("supplier.offer-made"));
    onDone();
  }
  return (
    <section class="section" aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <form class="form" onSubmit={look} noValidate>
        {replaces === null ? (
          <Select
            label={t("supplier.campaign")}
            value={draft.campaign}
            onChange={(id) => change({ campaign: id })}
            choices={[
              { value: "", label: t("desk.choose") },
              ...open.map((one) => ({ value: one.id, label: `${one.name} (${one.currency})` })),
            ]}
          />
        ) : (
          <p>{replaces.campaign.name}</p>
        )}
        {campaign === null ? null : <Demand campaign={campaign} tiers={made?.offer?.tiers ?? []} />}
        <TierFields tiers={draft.tiers} currency={campaign?.currency ?? ""} onChange={(tiers) => change({ tiers })} />
        <TextField
          label={t("supplier.most")}
          hint={t("supplier.most-hint")}
          value={draft.most}
          onInput={(most) => change({ most })}
          inputMode="numeric"
          autocomplete="off"
          optional
        />
        <TextField
          label={t("supplier.regions")}
          hint={t("supplier.regions-hint")}
          value={draft.regions}
          onInput={(regions) => change({ regions: regions.toUpperCase() })}
          autocomplete="off"
          spellcheck={false}
          optional
        />
        <TextArea
          label={t("supplier.conditions")}
          hint={t("supplier.conditions-hint")}
          sees={t("supplier.sees-log")}
          value={draft.conditions}
          onInput={(conditions) => change({ conditions })}
          maxLength={2000}
          rows={3}
          optional
        />
        <TextField label={t("supplier.until")} type="date" value={draft.until} onInput={(until) => change({ until })} />
        {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
        <div class="row row-end">
          <Button kind="secondary" onClick={onCancel}>
            {t("dialog.cancel")}
          </Button>
          <Button type="submit">{t("supplier.look")}</Button>
        </div>
      </form>
      <Confirm
        open={confirming !== null}
        title={t("supplier.confirm")}
        action={t("supplier.sign")}
        danger={false}
        onConfirm={send}
        onClose={() => setConfirming(null)}
      >
        {confirming === null || campaign === null ? null : (
          <>
            <p>
              <strong>{sentence(supplier.name, campaign, confirming)}</strong>
            </p>
            <p>{t("supplier.confirm-note")}</p>
          </>
        )}
      </Confirm>
    </section>
  );
}

function sentence(name: string, campaign: CampaignDetail, offer: MakeOffer): string {
  const list = new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" });
  return t("supplier.sentence-offer", {
    name,
    campaign: campaign.name,
    unit: campaign.unit,
    tiers: list.format(offer.tiers.map((tier) => tierWords(tier, offer.currency))),
    date: formatDate(offer.valid_until.slice(0, 10)),
  });
}

/** The curve with the typed prices marked, and in words what each would sell now. */
function Demand({ campaign, tiers }: { campaign: CampaignDetail; tiers: MakeOffer["tiers"] }) {
  if (campaign.units_by_band === null) return <p class="quiet small">{t("curve.few", { k: SMALLEST_K })}</p>;
  const demand = {
    bands_minor: campaign.bands_minor.map(BigInt),
    units_by_band: campaign.units_by_band.map(BigInt),
  };
  const { currency } = campaign;
  const reached = tiers.length === 0 ? null : reachedTier(demand, tiers).tier;
  return (
    <div class="stack-s">
      <DemandCurve
        bands={demand.bands_minor}
        unitsByBand={demand.units_by_band}
        currency={currency}
        unit={campaign.unit}
        marks={tiers.map((tier) => ({
          price: BigInt(tier.unit_price_minor),
          label: formatMoney(tier.unit_price_minor, currency),
        }))}
      />
      <ul class="small" aria-live="polite">
        {tiers.map((tier, at) => (
          <li key={tier.min_qty}>
            {t(at === reached ? "supplier.would-sell-reached" : "supplier.would-sell", {
              price: formatMoney(tier.unit_price_minor, currency),
              units: formatQuantity(demandAt(demand, BigInt(tier.unit_price_minor))),
              qty: formatQuantity(tier.min_qty),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
