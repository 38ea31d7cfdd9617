/** Making an offer: prices by quantity for one open campaign, seen against its demand before it is signed into the log. */
import { Plus, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { campaignPage, CampaignDetail } from "../../../shared/protocol/api/network.ts";
import type { logged } from "../../../shared/protocol/api/console.ts";
import type { MakeOffer } from "../../../shared/protocol/api/signals.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DemandCurve, unitsAtBands } from "../../parts/demand-curve.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Select, TextArea, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";

interface TierDraft {
  qty: string;
  price: string;
}

export function OfferForm({ replaces, onDone }: { replaces: string | null; onDone: () => void }) {
  const campaigns = useResource<z.infer<typeof campaignPage>>("/api/campaigns?limit=100").data?.campaigns ?? [];
  const open = campaigns.filter(({ state }) => state === "open");
  const [id, setId] = useState("");
  const campaign = useResource<CampaignDetail>(id ? `/api/campaigns/${id}` : null).data;
  const [tiers, setTiers] = useState<readonly TierDraft[]>([{ qty: "", price: "" }]);
  const [most, setMost] = useState("");
  const [regions, setRegions] = useState("");
  const [conditions, setConditions] = useState("");
  const [until, setUntil] = useState(() => new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10));
  const [confirming, setConfirming] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const currency = campaign?.currency ?? "EUR";
  const offer = ready();

  function ready(): MakeOffer | null {
    const read = tiers.map(({ qty, price }) => ({
      min_qty: qty.trim(),
      unit_price_minor: decimalToMinor(price, currencyScale(currency)) ?? "",
    }));
    const isWhole = read.every((tier) => /^[1-9][0-9]{0,17}$/.test(tier.min_qty) && /^[1-9]/.test(tier.unit_price_minor));
    if (campaign === null || !isWhole || until === "" || !/^([1-9][0-9]{0,17})?$/.test(most.trim())) return null;
    return {
      campaign: campaign.id,
      tiers: read,
      max_qty: most.trim() || null,
      regions: regions.split(/[\s,]+/).filter((code) => code !== ""),
      conditions: conditions.trim(),
      valid_until: new Date(`${until}T23:59:59Z`).toISOString(),
      replaces,
    };
  }
  async function send() {
    if (offer === null) return;
    const answer = await api.post<z.infer<typeof logged>>("/api/offers", offer);
    setConfirming(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    toast(t("supplier.offer-made"));
    onDone();
  }
  const change = (at: number, part: Partial<TierDraft>) =>
    setTiers((before) => before.map((tier, i) => (i === at ? { ...tier, ...part } : tier)));
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (offer !== null) setConfirming(true);
      }}
    >
      {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
      <Select
        label={t("supplier.campaign")}
        value={id}
        onChange={setId}
        choices={[
          { value: "", label: t("supplier.choose") },
          ...open.map((one) => ({ value: one.id, label: `${one.name} (${one.currency})` })),
        ]}
      />
      {campaign === null ? null : <Demand campaign={campaign} tiers={offer?.tiers ?? []} />}
      <fieldset class="field stack">
        <legend class="field-label">{t("supplier.tiers")}</legend>
        <p class="field-hint">{t("supplier.tiers-hint")}</p>
        {tiers.map((tier, at) => (
          <div class="form-row" key={at}>
            <TextField
              label={t("supplier.from-qty")}
              value={tier.qty}
              onInput={(qty) => change(at, { qty })}
              inputMode="numeric"
              autocomplete="off"
            />
            <TextField
              label={t("supplier.unit-price")}
              value={tier.price}
              onInput={(price) => change(at, { price })}
              inputMode="decimal"
              suffix={currency}
              autocomplete="off"
            />
            {tiers.length > 1 ? (
              <Button
                kind="icon"
                label={t("supplier.remove-tier")}
                onClick={() => setTiers((before) => before.filter((_, i) => i !== at))}
              >
                <Icon node={Trash2} />
              </Button>
            ) : null}
          </div>
        ))}
        {tiers.length < 20 ? (
          <div class="row">
            <Button kind="secondary" onClick={() => setTiers((before) => [...before, { qty: "", price: "" }])}>
              <Icon node={Plus} />
              {t("supplier.add-tier")}
            </Button>
          </div>
        ) : null}
      </fieldset>
      <TextField
        label={t("supplier.most")}
        value={most}
        onInput={setMost}
        inputMode="numeric"
        autocomplete="off"
        optional
      />
      <TextField
        label={t("supplier.regions")}
        hint={t("supplier.regions-hint")}
        value={regions}
        onInput={(value) => setRegions(value.toUpperCase())}
        autocomplete="off"
        optional
      />
      <TextArea
        label={t("supplier.conditions")}
        sees={t("supplier.sees-log")}
        value={conditions}
        onInput={setConditions}
        maxLength={2000}
        rows={3}
        optional
      />
      <TextField label={t("supplier.until")} type="date" value={until} onInput={setUntil} />
      <div class="row">
        <Button type="submit" disabled={offer === null}>
          {t("supplier.look")}
        </Button>
      </div>
      <Confirm
        open={confirming}
        title={t("supplier.confirm")}
        action={t("supplier.make")}
        danger={false}
        onConfirm={send}
        onClose={() => setConfirming(false)}
      >
        <p>{t("supplier.confirm-note")}</p>
        <ul>
          {(offer?.tiers ?? []).map((tier) => (
            <li key={tier.min_qty}>
              {t("supplier.tier", {
                qty: formatQuantity(tier.min_qty),
                price: formatMoney(tier.unit_price_minor, currency),
              })}
            </li>
          ))}
        </ul>
      </Confirm>
    </form>
  );
}

/** The curve with the typed prices marked, and in words what each price would sell now. */
function Demand({ campaign, tiers }: { campaign: CampaignDetail; tiers: MakeOffer["tiers"] }) {
  const bands = campaign.bands_minor.map(BigInt);
  const at = unitsAtBands(campaign.units_by_band.map(BigInt));
  const unitsAt = (price: bigint): bigint => at[bands.findIndex((band) => band >= price)] ?? 0n;
  return (
    <div class="stack-s">
      <DemandCurve
        bands={bands}
        unitsByBand={campaign.units_by_band.map(BigInt)}
        currency={campaign.currency}
        unit={campaign.unit}
        marks={tiers.map((tier) => ({
          price: BigInt(tier.unit_price_minor),
          label: formatMoney(tier.unit_price_minor, campaign.currency),
        }))}
      />
      <ul class="small">
        {tiers.map((tier) => (
          <li key={tier.min_qty}>
            {t("supplier.would-sell", {
              price: formatMoney(tier.unit_price_minor, campaign.currency),
              units: formatQuantity(unitsAt(BigInt(tier.unit_price_minor))),
              qty: formatQuantity(tier.min_qty),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
