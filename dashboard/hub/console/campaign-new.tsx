/** Publishing a campaign: one form, a live picture of its price bands, and a last look before it goes into the log for good. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { logged, PublishCampaign } from "../../../shared/protocol/api/console.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DemandCurve } from "../../parts/demand-curve.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, formatDate, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { BandsEditor, readBands } from "./bands-editor.tsx";
import { type ChosenProduct, ProductPicker } from "./product-picker.tsx";

const EXAMPLE_PEOPLE = 10n;

export function CampaignNewPage() {
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [product, setProduct] = useState<ChosenProduct | null>(null);
  const [unit, setUnit] = useState("");
  const [currency, setCurrency] = useState("USD");
  const [reference, setReference] = useState("");
  const [bandTexts, setBands] = useState(["", ""]);
  const [maxQty, setMaxQty] = useState("20");
  const [goalQty, setGoalQty] = useState("500");
  const [closes, setCloses] = useState(() => inDays(60));
  const [confirming, setConfirming] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const code = /^[A-Z]{3}$/.test(currency) ? currency : "USD";
  const bands = readBands(bandTexts, code);
  const referenceMinor = decimalToMinor(reference, currencyScale(code));
  const draft = ready();

  function ready(): PublishCampaign | null {
    const whole = /^[1-9][0-9]{0,8}$/;
    if (!name.trim() || !product || !unit.trim() || !bands || !referenceMinor || referenceMinor === "0") return null;
    if (!whole.test(maxQty) || !whole.test(goalQty) || currency !== code || Number.isNaN(Date.parse(closes)))
      return null;
    return {
      name: name.trim(),
      text: text.trim(),
      product,
      unit: unit.trim(),
      currency,
      reference_price_minor: referenceMinor,
      bands_minor: bands,
      max_qty: maxQty,
      goal_qty: goalQty,
      closes: new Date(closes).toISOString(),
    };
  }
  async function publish() {
    if (!draft) return;
    const answer = await api.post<z.infer<typeof logged>>("/api/campaigns", draft);
    setConfirming(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    toast(t("campaign-form.published"));
    route(`/campaigns/${answer.value.leaf}`);
  }

  return (
    <Page
      title={t("campaign-form.new")}
      lead={t("campaign-form.lead")}
      back={{ href: "/console/campaigns", label: t("console.campaigns") }}
    >
      {problem ? <Banner tone="danger">{problem}</Banner> : null}
      <div class="split">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (draft) setConfirming(true);
          }}
        >
          <TextField
            label={t("campaign-form.name")}
            hint={t("campaign-form.name-hint")}
            value={name}
            onInput={setName}
            maxLength={80}
            autocomplete="off"
          />
          <ProductPicker chosen={product} onChoose={setProduct} />
          <TextArea
            label={t("campaign-form.text")}
            hint={t("campaign-form.text-hint")}
            sees={t("campaign-form.public")}
            value={text}
            onInput={setText}
            maxLength={4000}
            rows={5}
            optional
          />
          <div class="form-row">
            <TextField
              label={t("campaign.unit")}
              hint={t("campaign-form.unit-hint")}
              value={unit}
              onInput={setUnit}
              maxLength={60}
              autocomplete="off"
            />
            <TextField
              label={t("campaign-form.currency")}
              hint={t("campaign-form.currency-hint")}
              value={currency}
              onInput={(value) => setCurrency(value.toUpperCase())}
              maxLength={3}
              autocomplete="off"
            />
          </div>
          <TextField
            label={t("campaign.reference-price")}
            hint={t("campaign-form.reference-hint")}
            value={reference}
            onInput={setReference}
            inputMode="decimal"
            suffix={code}
            autocomplete="off"
            error={reference && !referenceMinor ? t("campaign-form.not-a-price") : null}
          />
          <BandsEditor texts={bandTexts} currency={code} onChange={setBands} />
          <div class="form-row">
            <TextField
              label={t("campaign.max")}
              value={maxQty}
              onInput={setMaxQty}
              inputMode="numeric"
              autocomplete="off"
            />
            <TextField
              label={t("campaign-form.goal")}
              hint={t("campaign-form.goal-hint")}
              value={goalQty}
              onInput={setGoalQty}
              inputMode="numeric"
              autocomplete="off"
            />
          </div>
          <TextField
            label={t("campaign.closing-date")}
            type="datetime-local"
            value={closes}
            onInput={setCloses}
            min={inDays(0)}
          />
          <div class="row">
            <Button type="submit" disabled={!draft}>
              {t("campaign-form.review")}
            </Button>
          </div>
          {draft ? null : <p class="quiet small">{t("campaign-form.missing")}</p>}
        </form>
        <Section title={t("campaign-form.preview")}>
          {bands && bands.length > 0 ? (
            <>
              <p class="quiet">{t("campaign-form.preview-note", { n: EXAMPLE_PEOPLE })}</p>
              <DemandCurve
                bands={bands.map(BigInt)}
                unitsByBand={bands.map(() => EXAMPLE_PEOPLE)}
                currency={code}
                unit={unit || t("campaign-form.unit-word")}
                marks={
                  referenceMinor && referenceMinor !== "0"
                    ? [
                        {
                          price: BigInt(referenceMinor),
                          label: t("campaign.reference", { price: formatMoney(referenceMinor, code) }),
                        },
                      ]
                    : []
                }
              />
              <ul class="stack-s small">
                {bands.map((band, i) => (
                  <li key={band}>
                    {bands[i + 1]
                      ? t("campaign-form.falls-between", {
                          from: formatMoney(band, code),
                          below: formatMoney(bands[i + 1] ?? band, code),
                        })
                      : t("campaign-form.falls-above", { from: formatMoney(band, code) })}
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p class="quiet">{t("campaign-form.preview-empty")}</p>
          )}
        </Section>
      </div>
      <Confirm
        open={confirming}
        title={t("campaign-form.confirm-title")}
        action={t("campaign-form.publish")}
        danger={false}
        onConfirm={publish}
        onClose={() => setConfirming(false)}
      >
        {draft ? (
          <>
            <p>{t("campaign-form.confirm-body")}</p>
            <dl class="facts">
              <div>
                <dt>{t("campaign-form.name")}</dt>
                <dd>{draft.name}</dd>
              </div>
              <div>
                <dt>{t("campaign.product")}</dt>
                <dd>{draft.product.name}</dd>
              </div>
              <div>
                <dt>{t("campaign-form.bands")}</dt>
                <dd>{draft.bands_minor.map((band) => formatMoney(band, code)).join(" · ")}</dd>
              </div>
              <div>
                <dt>{t("campaign.reference-price")}</dt>
                <dd>{formatMoney(draft.reference_price_minor, code)}</dd>
              </div>
              <div>
                <dt>{t("campaign-form.goal")}</dt>
                <dd>
                  {formatQuantity(draft.goal_qty)} × {draft.unit}
                </dd>
              </div>
              <div>
                <dt>{t("campaign.closing-date")}</dt>
                <dd>{formatDate(draft.closes, "time")}</dd>
              </div>
            </dl>
          </>
        ) : null}
      </Confirm>
    </Page>
  );
}

/** Local time in the form a datetime-local input takes. */
export function inDays(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000);
  return localInput(date);
}

export function localInput(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
