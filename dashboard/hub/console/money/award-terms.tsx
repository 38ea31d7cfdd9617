/** What only some instruments have: a repayment plan, a subsidy per unit, a token. */
import type { ScheduleLine } from "../../../../shared/protocol/fund.ts";
import { annuitySchedule, bulletSchedule, linearSchedule } from "../../../../shared/capital/schedule.ts";
import { Select, TextField } from "../../../parts/field.tsx";
import { decimalToMinor, formatDate, formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";

export interface TermsDraft {
  plan: "linear" | "annuity" | "bullet";
  rate: string;
  periods: string;
  firstDue: string;
  everyMonths: string;
  perUnit: string;
  maxUnits: string;
  asset: string;
  tokenAmount: string;
  decimals: string;
  transaction: string;
}

export const emptyTerms: TermsDraft = {
  plan: "linear",
  rate: "0",
  periods: "4",
  firstDue: "",
  everyMonths: "3",
  perUnit: "",
  maxUnits: "",
  asset: "",
  tokenAmount: "",
  decimals: "18",
  transaction: "",
};

const plans = { linear: linearSchedule, annuity: annuitySchedule, bullet: bulletSchedule };

/** null while something is missing or wrong. */
export function scheduleOf(draft: TermsDraft, amountMinor: string | undefined): ScheduleLine[] | null {
  const rate_bps = decimalToMinor(draft.rate, 2);
  const periods = Number(draft.periods);
  const every_months = Number(draft.everyMonths);
  const isWhole = Number.isInteger(periods) && Number.isInteger(every_months);
  if (amountMinor === undefined || rate_bps === null || draft.firstDue === "" || !isWhole) return null;
  if (periods < 1 || periods > 120 || every_months < 1 || every_months > 24) return null;
  return plans[draft.plan]({
    principal_minor: BigInt(amountMinor),
    rate_bps: Number(rate_bps),
    periods,
    first_due_on: draft.firstDue,
    every_months,
  });
}

export function PlanFields({
  draft,
  onChange,
  schedule,
  currency,
}: {
  draft: TermsDraft;
  onChange: (part: Partial<TermsDraft>) => void;
  schedule: readonly ScheduleLine[] | null;
  currency: string;
}) {
  return (
    <fieldset class="field stack">
      <legend class="field-label">{t("desk.plan")}</legend>
      <div class="form-row">
        <Select
          label={t("desk.plan-kind")}
          value={draft.plan}
          onChange={(plan) => onChange({ plan: plan as TermsDraft["plan"] })}
          choices={(["linear", "annuity", "bullet"] as const).map((plan) => ({
            value: plan,
            label: t(`desk.plan-${plan}`),
          }))}
        />
        <TextField
          label={t("desk.plan-rate")}
          value={draft.rate}
          onInput={(rate) => onChange({ rate })}
          inputMode="decimal"
          suffix="%"
        />
      </div>
      <div class="form-row">
        <TextField
          label={t("desk.plan-periods")}
          value={draft.periods}
          onInput={(periods) => onChange({ periods })}
          inputMode="numeric"
        />
        <TextField
          label={t("desk.plan-every")}
          value={draft.everyMonths}
          onInput={(everyMonths) => onChange({ everyMonths })}
          inputMode="numeric"
        />
      </div>
      <TextField
        label={t("desk.plan-first")}
        type="date"
        value={draft.firstDue}
        onInput={(firstDue) => onChange({ firstDue })}
      />
      {schedule === null ? null : (
        <div class="table-scroll">
          <table class="table">
            <caption class="quiet small">{t("desk.plan-caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("desk.plan-due")}</th>
                <th scope="col" class="end">
                  {t("desk.field-principal_minor")}
                </th>
                <th scope="col" class="end">
                  {t("desk.field-interest_minor")}
                </th>
              </tr>
            </thead>
            <tbody>
              {schedule.map((line) => (
                <tr key={line.due_on}>
                  <td>{formatDate(line.due_on)}</td>
                  <td class="end num">{formatMoney(line.principal_minor, currency)}</td>
                  <td class="end num">{formatMoney(line.interest_minor, currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </fieldset>
  );
}

export function SubsidyFields({
  draft,
  onChange,
  currency,
}: {
  draft: TermsDraft;
  onChange: (part: Partial<TermsDraft>) => void;
  currency: string;
}) {
  return (
    <div class="form-row">
      <TextField
        label={t("desk.subsidy-per-unit")}
        value={draft.perUnit}
        onInput={(perUnit) => onChange({ perUnit })}
        inputMode="decimal"
        suffix={currency}
        autocomplete="off"
      />
      <TextField
        label={t("desk.subsidy-max-units")}
        value={draft.maxUnits}
        onInput={(maxUnits) => onChange({ maxUnits })}
        inputMode="numeric"
        autocomplete="off"
      />
    </div>
  );
}

export function TokenFields({ draft, onChange }: { draft: TermsDraft; onChange: (part: Partial<TermsDraft>) => void }) {
  return (
    <>
      <TextField
        label={t("desk.token-asset")}
        hint={t("desk.token-asset-hint")}
        value={draft.asset}
        onInput={(asset) => onChange({ asset })}
        maxLength={120}
        autocomplete="off"
      />
      <div class="form-row">
        <TextField
          label={t("desk.token-amount")}
          hint={t("desk.token-amount-hint")}
          value={draft.tokenAmount}
          onInput={(tokenAmount) => onChange({ tokenAmount })}
          inputMode="numeric"
          autocomplete="off"
        />
        <TextField
          label={t("desk.token-decimals")}
          value={draft.decimals}
          onInput={(decimals) => onChange({ decimals })}
          inputMode="numeric"
        />
      </div>
      <TextField
        label={t("desk.token-transaction")}
        value={draft.transaction}
        onInput={(transaction) => onChange({ transaction })}
        maxLength={100}
        autocomplete="off"
        optional
      />
    </>
  );
}
