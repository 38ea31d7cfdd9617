/** A new fund: whose it is, in which currency, and what its money may be used for. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type FundEvent, instruments, uses } from "../../../../shared/protocol/fund.ts";
import { Choice, Select, TextArea, TextField } from "../../../parts/field.tsx";
import { t } from "../../../parts/i18n.ts";
import { judged, moneyOf, newSuffix, slugOf } from "./event-build.ts";
import { usePicks } from "./picks.ts";

export function FundForm({ showWrong, onBuilt }: { showWrong: boolean; onBuilt: (event: FundEvent | null) => void }) {
  const [name, setName] = useState("");
  const [funder, setFunder] = useState("");
  const [currency, setCurrency] = useState("EUR");
  const [purpose, setPurpose] = useState("");
  const [chosenUses, setUses] = useState<readonly string[]>([]);
  const [chosenInstruments, setInstruments] = useState<readonly string[]>([]);
  const [regions, setRegions] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [most, setMost] = useState("");
  const funders = usePicks("funder");
  const suffix = useMemo(newSuffix, []);

  const maxAward = most.trim() === "" ? undefined : moneyOf(most, currency, false);
  const regionList = regions.split(/[\s,]+/).filter((code) => code !== "");
  const built = judged({
    event: "fund",
    id: `${slugOf(name).slice(0, 60)}-${suffix}`,
    name: name.trim(),
    funder: funder === "" ? null : funder,
    currency,
    restriction: {
      purpose: purpose.trim(),
      ...(chosenUses.length > 0 && { uses: chosenUses }),
      ...(chosenInstruments.length > 0 && { instruments: chosenInstruments }),
      ...(regionList.length > 0 && { regions: regionList }),
      ...(from !== "" && { from }),
      ...(until !== "" && { until }),
      ...(maxAward !== undefined && { max_award_minor: maxAward }),
    },
    status: "open",
  });
  const event = most.trim() !== "" && maxAward === undefined ? null : built.event;
  const key = JSON.stringify(event);
  useEffect(() => onBuilt(event), [key]);
  const wrong = (field: string): string | null =>
    showWrong && built.wrong.includes(field) ? t("desk.field-wrong") : null;
  return (
    <>
      <TextField
        label={t("desk.field-name")}
        value={name}
        onInput={setName}
        maxLength={160}
        autocomplete="off"
        error={wrong("name")}
      />
      <Select
        label={t("desk.fund-holder")}
        hint={t("desk.fund-holder-hint")}
        value={funder}
        onChange={setFunder}
        choices={[{ value: "", label: t("desk.fund-own") }, ...(funders ?? [])]}
      />
      <TextField
        label={t("campaign-form.currency")}
        value={currency}
        onInput={(value) => setCurrency(value.toUpperCase())}
        maxLength={3}
        autocomplete="off"
        error={wrong("currency")}
      />
      <TextArea
        label={t("desk.fund-purpose")}
        hint={t("desk.fund-purpose-hint")}
        sees={t("desk.sees-log")}
        value={purpose}
        onInput={setPurpose}
        maxLength={1000}
        rows={3}
        optional
      />
      <Many legend={t("desk.fund-uses")} of={uses} chosen={chosenUses} onChange={setUses} words="use" />
      <Many
        legend={t("desk.fund-instruments")}
        of={instruments}
        chosen={chosenInstruments}
        onChange={setInstruments}
        words="instrument"
      />
      <TextField
        label={t("desk.fund-regions")}
        hint={t("desk.fund-regions-hint")}
        value={regions}
        onInput={(value) => setRegions(value.toUpperCase())}
        autocomplete="off"
        optional
        error={wrong("restriction")}
      />
      <div class="form-row">
        <TextField label={t("desk.field-from")} type="date" value={from} onInput={setFrom} optional />
        <TextField label={t("desk.field-until")} type="date" value={until} onInput={setUntil} optional />
      </div>
      <TextField
        label={t("desk.fund-most")}
        value={most}
        onInput={setMost}
        inputMode="decimal"
        suffix={currency}
        autocomplete="off"
        optional
      />
    </>
  );
}

function Many({
  legend,
  of,
  chosen,
  onChange,
  words,
}: {
  legend: string;
  of: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  words: "use" | "instrument";
}) {
  return (
    <fieldset class="field choices">
      <legend class="field-label">{legend}</legend>
      <p class="field-hint">{t("desk.none-means-all")}</p>
      {of.map((one) => (
        <Choice
          key={one}
          checked={chosen.includes(one)}
          onChange={(on) => onChange(on ? [...chosen, one] : chosen.filter((other) => other !== one))}
        >
          {t(
            words === "use"
              ? `desk.use-${one as (typeof uses)[number]}`
              : `desk.instrument-${one as (typeof instruments)[number]}`,
          )}
        </Choice>
      ))}
    </fieldset>
  );
}
