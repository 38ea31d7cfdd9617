/** Asking to be told: what must happen, of what, and where the message goes. */
import { useState } from "preact/hooks";
import type { CreateAlert, CreatedAlert } from "../../../shared/protocol/api/alert.ts";
import type { CampaignView } from "../../../shared/protocol/api/network.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Select, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor } from "../../parts/format.ts";
import { getLocale, t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";

const kinds = ["units_at_price", "new_campaign", "condition_met"] as const;

export function AlertForm({
  campaigns,
  hasEmail,
  onDone,
}: {
  campaigns: readonly CampaignView[];
  hasEmail: boolean;
  onDone: (made: CreatedAlert) => void;
}) {
  const [kind, setKind] = useState<CreateAlert["kind"]>("units_at_price");
  const [campaign, setCampaign] = useState("");
  const [category, setCategory] = useState("");
  const [region, setRegion] = useState("");
  const [units, setUnits] = useState("");
  const [price, setPrice] = useState("");
  const [byMail, setByMail] = useState(hasEmail);
  const [webhook, setWebhook] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const chosen = campaigns.find(({ id }) => id === campaign);
  const isUnits = kind === "units_at_price";
  const minor = chosen === undefined ? null : decimalToMinor(price, currencyScale(chosen.currency));
  const isPriced = isUnits && price.trim() !== "" && chosen !== undefined;
  const isReady =
    (!isUnits || /^[1-9][0-9]{0,17}$/.test(units)) &&
    (!isPriced || (minor !== null && minor !== "0")) &&
    (byMail || webhook.trim() !== "");
  async function make(event: Event) {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    const body: CreateAlert = {
      kind,
      campaign: kind === "new_campaign" ? null : campaign || null,
      category: kind === "condition_met" ? null : category.trim() || null,
      region: isUnits ? region.trim().toUpperCase() || null : null,
      min_units: isUnits ? units : null,
      at_price_minor: isPriced ? minor : null,
      currency: isPriced ? (chosen?.currency ?? null) : null,
      webhook: byMail ? null : webhook.trim(),
      language: getLocale(),
    };
    const answer = await api.post<CreatedAlert>("/api/alerts", body);
    setBusy(false);
    if (answer.ok) onDone(answer.value);
    else setProblem(problemText(answer.error));
  }
  return (
    <form class="stack" onSubmit={(event) => void make(event)}>
      {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
      <Select
        label={t("alerts.when")}
        value={kind}
        onChange={(value) => setKind(kinds.find((one) => one === value) ?? "units_at_price")}
        choices={kinds.map((one) => ({ value: one, label: t(`alerts.kind-${one}`) }))}
      />
      {kind === "new_campaign" ? null : (
        <Select
          label={t("alerts.campaign")}
          value={campaign}
          onChange={setCampaign}
          choices={[
            { value: "", label: t("alerts.any-campaign") },
            ...campaigns.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {isUnits ? (
        <>
          <TextField
            label={t("alerts.units")}
            value={units}
            onInput={setUnits}
            inputMode="numeric"
            autocomplete="off"
          />
          {chosen === undefined ? null : (
            <TextField
              label={t("alerts.price")}
              hint={t("alerts.price-hint")}
              value={price}
              onInput={setPrice}
              inputMode="decimal"
              suffix={chosen.currency}
              autocomplete="off"
              optional
            />
          )}
          <TextField
            label={t("alerts.region")}
            hint={t("alerts.region-hint")}
            value={region}
            onInput={setRegion}
            maxLength={6}
            autocomplete="off"
            optional
          />
        </>
      ) : null}
      {kind === "condition_met" || campaign !== "" ? null : (
        <TextField
          label={t("alerts.category")}
          hint={t("alerts.category-hint")}
          value={category}
          onInput={setCategory}
          maxLength={200}
          autocomplete="off"
          optional
        />
      )}
      {hasEmail ? (
        <Select
          label={t("alerts.where")}
          value={byMail ? "mail" : "webhook"}
          onChange={(value) => setByMail(value === "mail")}
          choices={[
            { value: "mail", label: t("alerts.by-mail") },
            { value: "webhook", label: t("alerts.by-webhook") },
          ]}
        />
      ) : null}
      {byMail ? null : (
        <TextField
          label={t("alerts.webhook")}
          hint={hasEmail ? t("alerts.webhook-hint") : t("alerts.webhook-only")}
          sees={t("alerts.sees-nobody")}
          type="url"
          value={webhook}
          onInput={setWebhook}
          maxLength={300}
          placeholder="https://"
          autocomplete="off"
        />
      )}
      <div class="row row-end">
        <Button type="submit" busy={busy} disabled={!isReady}>
          {t("alerts.make")}
        </Button>
      </div>
    </form>
  );
}
