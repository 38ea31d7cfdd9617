/** What must be true before an award is paid: demand that the log proves, a milestone, a day, another funder's money. */
import { Plus, Trash2 } from "lucide";
import type { CampaignDetail } from "../../../../shared/protocol/api/network.ts";
import type { Condition } from "../../../../shared/protocol/fund.ts";
import { Button } from "../../../parts/button.tsx";
import { Select, TextArea, TextField } from "../../../parts/field.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Icon } from "../../../parts/icon.tsx";
import { moneyOf } from "./event-build.ts";
import { usePicks } from "./picks.ts";

/** As typed: every field of every kind is text. */
export interface ConditionDraft {
  kind: Condition["kind"];
  stage: "signed" | "committed" | "purchased";
  units: string;
  price: string;
  accounts: string;
  communities: string;
  hold: string;
  by: string;
  text: string;
  funder: string;
  min: string;
}

export const emptyDraft: ConditionDraft = {
  kind: "demand",
  stage: "signed",
  units: "",
  price: "",
  accounts: "0",
  communities: "1",
  hold: "7",
  by: "",
  text: "",
  funder: "",
  min: "",
};

/** null while something is missing. */
export function conditionOf(draft: ConditionDraft, campaign: string, currency: string): Condition | null {
  const { kind, by } = draft;
  switch (kind) {
    case "demand": {
      const isWhole = /^[0-9]{1,9}$/.test(draft.accounts) && /^[0-9]{1,9}$/.test(draft.communities);
      if (!/^[1-9][0-9]{0,17}$/.test(draft.units) || !isWhole || !/^[0-9]{1,2}$/.test(draft.hold)) return null;
      if (campaign === "" || by === "") return null;
      return {
        kind,
        campaign,
        stage: draft.stage,
        min_units: draft.units,
        at_price_minor: draft.price === "" || draft.stage === "purchased" ? null : draft.price,
        min_accounts: Number(draft.accounts),
        min_communities: Number(draft.communities),
        hold_days: Number(draft.hold),
        by,
      };
    }
    case "milestone":
      return draft.text.trim() === "" || by === "" ? null : { kind, text: draft.text.trim(), by };
    case "date":
      return by === "" ? null : { kind, on: by };
    case "match": {
      const min_minor = moneyOf(draft.min, currency, false);
      return draft.funder === "" || min_minor === undefined || by === ""
        ? null
        : { kind, funder: draft.funder, min_minor, by };
    }
  }
}

export function ConditionsEditor({
  drafts,
  onChange,
  campaign,
  currency,
}: {
  drafts: readonly ConditionDraft[];
  onChange: (drafts: readonly ConditionDraft[]) => void;
  campaign: CampaignDetail | null;
  currency: string;
}) {
  const change = (at: number, part: Partial<ConditionDraft>) =>
    onChange(drafts.map((draft, i) => (i === at ? { ...draft, ...part } : draft)));
  return (
    <fieldset class="field stack">
      <legend class="field-label">{t("desk.conditions")}</legend>
      <p class="field-hint">{t("desk.conditions-hint")}</p>
      {drafts.map((draft, at) => (
        <div class="card stack" key={at}>
          <div class="row row-apart">
            <Select
              label={t("desk.condition-kind")}
              value={draft.kind}
              onChange={(kind) => change(at, { kind: kind as ConditionDraft["kind"] })}
              choices={(["demand", "milestone", "date", "match"] as const).map((kind) => ({
                value: kind,
                label: t(`desk.condition-${kind}`),
              }))}
            />
            <Button kind="icon" label={t("desk.remove")} onClick={() => onChange(drafts.filter((_, i) => i !== at))}>
              <Icon node={Trash2} />
            </Button>
          </div>
          <Terms draft={draft} campaign={campaign} currency={currency} onChange={(part) => change(at, part)} />
        </div>
      ))}
      {drafts.length < 5 ? (
        <div class="row">
          <Button kind="secondary" onClick={() => onChange([...drafts, emptyDraft])}>
            <Icon node={Plus} />
            {t("desk.condition-add")}
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function Terms({
  draft,
  campaign,
  currency,
  onChange,
}: {
  draft: ConditionDraft;
  campaign: CampaignDetail | null;
  currency: string;
  onChange: (part: Partial<ConditionDraft>) => void;
}) {
  const funders = usePicks("funder");
  const until = (label: string) => (
    <TextField label={label} type="date" value={draft.by} onInput={(by) => onChange({ by })} />
  );
  switch (draft.kind) {
    case "milestone":
      return (
        <>
          <TextArea
            label={t("desk.condition-text")}
            sees={t("desk.sees-log")}
            value={draft.text}
            onInput={(text) => onChange({ text })}
            maxLength={500}
            rows={2}
          />
          {until(t("desk.condition-by"))}
        </>
      );
    case "date":
      return until(t("desk.condition-on"));
    case "match":
      return (
        <>
          <Select
            label={t("desk.field-funder")}
            value={draft.funder}
            onChange={(funder) => onChange({ funder })}
            choices={[{ value: "", label: t("desk.choose") }, ...(funders ?? [])]}
          />
          <TextField
            label={t("desk.condition-min")}
            value={draft.min}
            onInput={(min) => onChange({ min })}
            inputMode="decimal"
            suffix={currency}
            autocomplete="off"
          />
          {until(t("desk.condition-by"))}
        </>
      );
    case "demand":
      return (
        <>
          {campaign === null ? <p class="quiet">{t("desk.condition-needs-campaign")}</p> : null}
          <Select
            label={t("desk.condition-stage")}
            value={draft.stage}
            onChange={(stage) => onChange({ stage: stage as ConditionDraft["stage"] })}
            choices={(["signed", "committed", "purchased"] as const).map((stage) => ({
              value: stage,
              label: t(`desk.condition-stage-${stage}`),
            }))}
          />
          <div class="form-row">
            <TextField
              label={t("desk.condition-units")}
              value={draft.units}
              onInput={(units) => onChange({ units })}
              inputMode="numeric"
              autocomplete="off"
            />
            <Select
              label={t("desk.condition-price")}
              value={draft.price}
              onChange={(price) => onChange({ price })}
              optional
              choices={[
                { value: "", label: t("desk.condition-any-price") },
                ...(campaign?.bands_minor ?? []).map((price) => ({
                  value: price,
                  label: formatMoney(price, campaign?.currency ?? currency),
                })),
              ]}
            />
          </div>
          <div class="form-row">
            <TextField
              label={t("desk.condition-accounts")}
              value={draft.accounts}
              onInput={(accounts) => onChange({ accounts })}
              inputMode="numeric"
            />
            <TextField
              label={t("desk.condition-communities")}
              value={draft.communities}
              onInput={(communities) => onChange({ communities })}
              inputMode="numeric"
            />
          </div>
          <div class="form-row">
            <TextField
              label={t("desk.condition-hold")}
              hint={t("desk.condition-hold-hint")}
              value={draft.hold}
              onInput={(hold) => onChange({ hold })}
              inputMode="numeric"
            />
            {until(t("desk.condition-by"))}
          </div>
        </>
      );
  }
}
