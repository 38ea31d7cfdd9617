/** The flat form of one event: what was typed becomes an event when nothing is missing. Awards and funds have their own. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { FundEvent } from "../../../../shared/protocol/fund.ts";
import { Select } from "../../../parts/field.tsx";
import { t } from "../../../parts/i18n.ts";
import { type Built, buildEvent, newSuffix, slugOf } from "./event-build.ts";
import { EventField } from "./event-field.tsx";
import type { EventSpec, FieldSpec } from "./event-fields.ts";
import { usePicks } from "./picks.ts";

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export function EventForm({
  spec,
  preset,
  showWrong,
  onBuilt,
}: {
  spec: EventSpec;
  /** from the address, such as `?award=` */
  preset: Readonly<Record<string, string>>;
  showWrong: boolean;
  onBuilt: (event: FundEvent | null) => void;
}) {
  const [values, setValues] = useState<Record<string, string>>(() => startOf(spec, preset));
  const suffix = useMemo(() => newSuffix(), [spec]);
  const id = spec.named === undefined ? "" : `${slugOf(values[spec.named] ?? "").slice(0, 60)}-${suffix}`;
  // a commitment is picked from one fund's, also where the event itself names none
  const needsFund = spec.fields.some(({ name }) => name === "commitment") && !hasField(spec, "fund");
  const [fundAside, setFundAside] = useState("");
  const fund = needsFund ? fundAside : (values["fund"] ?? "");
  const currencies = useCurrencies(spec, values, fund);
  const funds = usePicks("fund");
  const built: Built = buildEvent(spec, { ...values, id }, (field) => currencies(field));
  const key = JSON.stringify(built.event);
  useEffect(() => onBuilt(built.event), [key]);
  return (
    <>
      {needsFund ? (
        <Select
          label={t("desk.field-fund")}
          value={fundAside}
          onChange={setFundAside}
          choices={[{ value: "", label: t("desk.choose") }, ...(funds ?? [])]}
        />
      ) : null}
      {spec.fields.map((field) => (
        <EventField
          key={field.name}
          event={spec.event}
          spec={field}
          value={values[field.name] ?? ""}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          currency={field.kind === "money" ? currencies(field.of) : null}
          wrong={showWrong && built.wrong.includes(field.name)}
          fund={fund}
        />
      ))}
    </>
  );
}

function startOf(spec: EventSpec, preset: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    spec.fields.map((field) => [field.name, preset[field.name] ?? (isToday(field) ? today() : "")]),
  );
}

function isToday(field: FieldSpec): boolean {
  return field.kind === "day" && field.today === true;
}

function hasField(spec: EventSpec, name: string): boolean {
  return spec.fields.some((field) => field.name === name);
}

/** The currency of whatever was picked in a field. */
function useCurrencies(
  spec: EventSpec,
  values: Readonly<Record<string, string>>,
  fund: string,
): (field: string) => string | null {
  const picked = (of: string): string => values[of] ?? "";
  const awardField = spec.fields.find((field) => field.kind === "pick" && field.of === "award");
  const states = awardField?.kind === "pick" ? awardField.states : undefined;
  const funds = usePicks("fund");
  const awards = usePicks(awardField === undefined ? "fund" : "award", states === undefined ? {} : { states });
  const campaigns = usePicks(hasField(spec, "campaign") ? "campaign" : "fund");
  return (field) => {
    const isFund = field === "fund" || field === "from_fund" || field === "to_fund";
    const list = isFund || field === "commitment" ? funds : field === "award" ? awards : campaigns;
    const value = field === "commitment" ? fund : picked(field);
    return list?.find((pick) => pick.value === value)?.currency ?? null;
  };
}
