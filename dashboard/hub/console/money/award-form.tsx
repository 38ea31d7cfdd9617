/** Deciding on an award: from which fund, to whom, as what, under which conditions. The public description is kept beside the log. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { z } from "zod";
import type { fundDetail } from "../../../../shared/protocol/api/capital.ts";
import type { CampaignDetail } from "../../../../shared/protocol/api/network.ts";
import { type FundEvent, type Instrument, instruments, type Use, uses } from "../../../../shared/protocol/fund.ts";
import { Choice, Select, TextArea, TextField } from "../../../parts/field.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Banner } from "../../../parts/states.tsx";
import { useResource } from "../../../parts/use-resource.ts";
import { emptyTerms, PlanFields, scheduleOf, SubsidyFields, type TermsDraft, TokenFields } from "./award-terms.tsx";
import { type ConditionDraft, conditionOf, ConditionsEditor } from "./conditions-editor.tsx";
import { judged, moneyOf, newSuffix, slugOf } from "./event-build.ts";
import { today } from "./event-form.tsx";
import { usePicks } from "./picks.ts";

const repaid: readonly Instrument[] = ["loan", "recoverable_grant"];

export function AwardForm({
  preset,
  showWrong,
  onBuilt,
}: {
  preset: Readonly<Record<string, string>>;
  showWrong: boolean;
  onBuilt: (event: FundEvent | null, text: string) => void;
}) {
  const [fundId, setFund] = useState(preset["fund"] ?? "");
  const [recipient, setRecipient] = useState(preset["recipient"] ?? "");
  const [campaignId, setCampaign] = useState(preset["campaign"] ?? "");
  const [instrument, setInstrument] = useState<Instrument>("grant");
  const [use, setUse] = useState<Use>(uses.find((one) => one === preset["use"]) ?? "rnd");
  const [amount, setAmount] = useState(preset["amount"] ?? "");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [region, setRegion] = useState("");
  const [decidedOn, setDecidedOn] = useState(today());
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [isPri, setPri] = useState(false);
  const [parent, setParent] = useState("");
  const [drafts, setDrafts] = useState<readonly ConditionDraft[]>([]);
  const [terms, setTerms] = useState<TermsDraft>(emptyTerms);
  const suffix = useMemo(newSuffix, []);
  const funds = usePicks("fund");
  const recipients = usePicks("recipient");
  const campaigns = usePicks("campaign");
  const fund = useResource<z.infer<typeof fundDetail>>(fundId ? `/api/funds/${encodeURIComponent(fundId)}` : null).data;
  const campaign = useResource<CampaignDetail>(campaignId ? `/api/campaigns/${campaignId}` : null).data;

  const currency = fund?.currency ?? "EUR";
  const amountMinor = moneyOf(amount, currency, false);
  const schedule = repaid.includes(instrument) ? scheduleOf(terms, amountMinor) : null;
  const conditions = drafts.map((draft) => conditionOf(draft, campaignId, currency));
  const perUnit = moneyOf(terms.perUnit, currency, false);
  const isComplete =
    conditions.every((condition) => condition !== null) && (!repaid.includes(instrument) || schedule !== null);
  const built = judged({
    event: "award",
    id: `${slugOf(title).slice(0, 60)}-${suffix}`,
    fund: fundId,
    recipient,
    campaign: campaignId || null,
    instrument,
    use,
    amount_minor: amountMinor ?? "",
    title: title.trim(),
    text_sha256: null,
    decided_on: decidedOn,
    region: region.trim() === "" ? null : region.trim().toUpperCase(),
    planned: from !== "" && until !== "" ? { from, until } : null,
    conditions: isComplete ? conditions : [],
    ...(schedule !== null && { schedule }),
    ...(instrument === "price_subsidy" && { subsidy: { per_unit_minor: perUnit ?? "", max_units: terms.maxUnits } }),
    ...(instrument === "token_grant" && {
      token: {
        asset: terms.asset.trim(),
        amount: terms.tokenAmount.trim(),
        decimals: Number(terms.decimals),
        transaction: terms.transaction.trim() || null,
      },
    }),
    is_pri: isPri,
    parent: parent.trim() || null,
    allocation: preset["allocation"] ?? null,
    demand: campaign === null ? null : snapshotOf(campaign),
  });
  const event = isComplete ? built.event : null;
  const key = `${JSON.stringify(event)}${text}`;
  useEffect(() => onBuilt(event, text.trim()), [key]);
  const wrong = (field: string): string | null =>
    showWrong && built.wrong.includes(field) ? t("desk.field-wrong") : null;
  const choose = { value: "", label: t("desk.choose") };
  const change = (part: Partial<TermsDraft>) => setTerms((before) => ({ ...before, ...part }));
  return (
    <>
      <Select
        label={t("desk.field-fund")}
        value={fundId}
        onChange={setFund}
        choices={[choose, ...(funds ?? [])]}
        error={wrong("fund")}
      />
      {fund === null ? null : (
        <Banner tone="info" title={t("desk.fund-has", { amount: formatMoney(fund.stages.available_minor, currency) })}>
          {fund.restriction.purpose}
        </Banner>
      )}
      <TextField
        label={t("desk.award-title")}
        value={title}
        onInput={setTitle}
        maxLength={140}
        sees={t("desk.sees-log")}
        autocomplete="off"
        error={wrong("title")}
      />
      <Select
        label={t("desk.field-recipient")}
        value={recipient}
        onChange={setRecipient}
        choices={[choose, ...(recipients ?? [])]}
        error={wrong("recipient")}
        hint={<a href="/console/money/new?event=recipient">{t("desk.recipient-new")}</a>}
      />
      <Select
        label={t("desk.field-campaign")}
        value={campaignId}
        onChange={setCampaign}
        optional
        choices={[{ value: "", label: t("desk.no-campaign") }, ...(campaigns ?? [])]}
      />
      {campaign !== null && campaign.currency !== currency ? (
        <Banner tone="warning">{t("desk.other-currency", { fund: currency, campaign: campaign.currency })}</Banner>
      ) : null}
      <div class="form-row">
        <Select
          label={t("desk.award-instrument")}
          value={instrument}
          onChange={(value) => setInstrument(value as Instrument)}
          choices={instruments.map((one) => ({ value: one, label: t(`desk.instrument-${one}`) }))}
        />
        <Select
          label={t("desk.award-use")}
          value={use}
          onChange={(value) => setUse(value as Use)}
          choices={uses.map((one) => ({ value: one, label: t(`desk.use-${one}`) }))}
        />
      </div>
      <p class="quiet small measure">{t(`desk.instrument-${instrument}-note`)}</p>
      <TextField
        label={t("desk.field-amount_minor")}
        value={amount}
        onInput={setAmount}
        inputMode="decimal"
        suffix={currency}
        autocomplete="off"
        error={wrong("amount_minor")}
      />
      {repaid.includes(instrument) ? (
        <PlanFields draft={terms} onChange={change} schedule={schedule} currency={currency} />
      ) : null}
      {instrument === "price_subsidy" ? <SubsidyFields draft={terms} onChange={change} currency={currency} /> : null}
      {instrument === "token_grant" ? <TokenFields draft={terms} onChange={change} /> : null}
      <ConditionsEditor drafts={drafts} onChange={setDrafts} campaign={campaign} currency={currency} />
      <TextArea
        label={t("desk.award-text")}
        hint={t("desk.award-text-hint")}
        sees={t("desk.sees-public")}
        value={text}
        onInput={setText}
        maxLength={4000}
        rows={5}
        optional
      />
      <div class="form-row">
        <TextField label={t("desk.award-decided")} type="date" value={decidedOn} onInput={setDecidedOn} />
        <TextField
          label={t("desk.award-region")}
          hint={t("desk.award-region-hint")}
          value={region}
          onInput={setRegion}
          maxLength={6}
          autocomplete="off"
          optional
          error={wrong("region")}
        />
      </div>
      <div class="form-row">
        <TextField label={t("desk.award-from")} type="date" value={from} onInput={setFrom} optional />
        <TextField label={t("desk.award-until")} type="date" value={until} onInput={setUntil} optional />
      </div>
      <Choice checked={isPri} onChange={setPri}>
        {t("desk.award-pri")}
      </Choice>
      <TextField
        label={t("desk.award-parent")}
        hint={t("desk.award-parent-hint")}
        value={parent}
        onInput={setParent}
        maxLength={100}
        autocomplete="off"
        optional
      />
    </>
  );
}

/** The demand at this moment, with the log that shows it. */
function snapshotOf(campaign: CampaignDetail) {
  return {
    size: campaign.log.size,
    root: campaign.log.root,
    units: String(BigInt(campaign.pledged) + BigInt(campaign.committed)),
    accounts: campaign.pledges,
    communities: campaign.communities,
    purchasing_power_minor: campaign.purchasing_power_minor,
  };
}
