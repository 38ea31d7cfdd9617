/** One field of an event's form, by its kind; money shows its currency, a file leaves only its hash. */
import { useState } from "preact/hooks";
import { sha256url } from "../../../../shared/bytes.ts";
import { Select, TextArea, TextField } from "../../../parts/field.tsx";
import { FilePick } from "../../../parts/file-pick.tsx";
import { hasMessage, t, type MessageKey } from "../../../parts/i18n.ts";
import { type FieldSpec, labelKey } from "./event-fields.ts";
import { type Pick, usePicks } from "./picks.ts";

export interface FieldProps {
  event: string;
  spec: FieldSpec;
  value: string;
  onChange: (value: string) => void;
  currency: string | null;
  wrong: boolean;
  /** narrows a commitment's choices to a fund */
  fund: string;
}

export function EventField({ event, spec, value, onChange, currency, wrong, fund }: FieldProps) {
  const label = t(labelKey(spec.name));
  const hint = hintOf(event, spec.name);
  const frame = {
    label,
    optional: spec.optional === true,
    error: wrong ? t("desk.field-wrong") : null,
    ...(hint ? { hint } : {}),
  };
  switch (spec.kind) {
    case "prose":
      return (
        <TextArea {...frame} sees={t("desk.sees-log")} value={value} onInput={onChange} maxLength={spec.max} rows={3} />
      );
    case "pick":
      return <PickField frame={frame} spec={spec} value={value} onChange={onChange} fund={fund} />;
    case "choice":
      return (
        <Select
          {...frame}
          value={value}
          onChange={onChange}
          choices={[
            { value: "", label: t("desk.choose") },
            ...spec.of.map((one) => ({ value: one, label: t(`desk.choice-${one}` as MessageKey) })),
          ]}
        />
      );
    case "evidence":
      return <EvidenceField label={label} value={value} onChange={onChange} />;
    case "day":
      return <TextField {...frame} type="date" value={value} onInput={onChange} />;
    case "money":
      return (
        <TextField
          {...frame}
          value={value}
          onInput={onChange}
          inputMode="decimal"
          autocomplete="off"
          suffix={currency ?? "–"}
        />
      );
    case "percent":
      return (
        <TextField {...frame} value={value} onInput={onChange} inputMode="decimal" autocomplete="off" suffix="%" />
      );
    case "number":
    case "units":
      return <TextField {...frame} value={value} onInput={onChange} inputMode="numeric" autocomplete="off" />;
    case "line":
      return <TextField {...frame} value={value} onInput={onChange} maxLength={spec.max} autocomplete="off" />;
    case "country":
      return <TextField {...frame} value={value} onInput={onChange} maxLength={2} autocomplete="off" />;
    case "url":
    case "org-id":
      return <TextField {...frame} value={value} onInput={onChange} maxLength={300} autocomplete="off" />;
  }
}

function hintOf(event: string, name: string): string | null {
  const own = `desk.hint-${event}-${name}`;
  const common = `desk.hint-${name}`;
  const key = hasMessage(own) ? own : common;
  return hasMessage(key) ? t(key) : null;
}

function PickField({
  frame,
  spec,
  value,
  onChange,
  fund,
}: {
  frame: { label: string; optional: boolean; error: string | null };
  spec: Extract<FieldSpec, { kind: "pick" }>;
  value: string;
  onChange: (value: string) => void;
  fund: string;
}) {
  const picks = usePicks(spec.of, { fund, ...(spec.states ? { states: spec.states } : {}) });
  const known = picks?.some((pick) => pick.value === value) ?? false;
  const choices: Pick[] = [
    { value: "", label: picks === null ? t("state.loading") : t("desk.choose"), currency: null },
    ...(picks ?? []),
    // what a link named may be older than the newest hundred
    ...(value !== "" && !known ? [{ value, label: value, currency: null }] : []),
  ];
  return <Select {...frame} value={value} onChange={onChange} choices={choices} />;
}

/** The file stays on this computer: only its SHA-256 is recorded, so that it can be shown to be the same one later. */
function EvidenceField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [name, setName] = useState("");
  async function take(file: File) {
    onChange(sha256url(new Uint8Array(await file.arrayBuffer())));
    setName(file.name);
  }
  return (
    <div class="field">
      <p class="field-label">
        {label} <span class="quiet">({t("field.optional")})</span>
      </p>
      <FilePick
        accept="*/*"
        label={t("desk.evidence-pick")}
        hint={t("desk.evidence-note")}
        onPick={(f) => void take(f)}
      />
      {value ? (
        <p class="small">
          {name} <span class="mono quiet">{value.slice(0, 12)}…</span>
        </p>
      ) : null}
    </div>
  );
}
