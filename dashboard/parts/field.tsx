/** A labelled input that says what it is for, what is wrong, and who will see what is typed. */
import { CircleAlert, Eye } from "lucide";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

interface FieldFrame {
  label: string;
  hint?: ComponentChildren;
  /** "who sees this": always say it where a person types something about themselves or their wishes */
  sees?: string;
  error?: string | null;
  optional?: boolean;
}

/** Frame for a control of your own: `control` receives the ids to put on it. */
export function Field({
  label,
  hint,
  sees,
  error,
  optional = false,
  control,
}: FieldFrame & {
  control: (ids: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label} {optional ? <span class="quiet">({t("field.optional")})</span> : null}
      </label>
      {hint ? (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {control({ id, "aria-describedby": `${id}-hint ${id}-error ${id}-sees`, "aria-invalid": Boolean(error) })}
      <div id={`${id}-error`} aria-live="polite">
        {error ? (
          <p class="field-error">
            <Icon node={CircleAlert} />
            {error}
          </p>
        ) : null}
      </div>
      {sees ? (
        <p class="field-sees" id={`${id}-sees`}>
          <Icon node={Eye} />
          <span>{t("field.sees", { who: sees })}</span>
        </p>
      ) : null}
    </div>
  );
}

/** The input attributes a text field passes on. */
interface InputAttributes {
  type?: "text" | "search" | "url" | "email" | "date" | "datetime-local" | "number";
  name?: string;
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "decimal" | "url";
  maxLength?: number;
  min?: string;
  max?: string;
  placeholder?: string;
  spellcheck?: boolean;
  autoFocus?: boolean;
  list?: string;
}

export function TextField({
  value,
  onInput,
  prefix,
  suffix,
  label,
  hint,
  sees,
  error,
  optional,
  ...rest
}: FieldFrame & {
  value: string;
  onInput: (value: string) => void;
  prefix?: string;
  suffix?: string;
} & InputAttributes) {
  return (
    <Field
      {...frame({ label, hint, sees, error, optional })}
      control={(ids) => {
        const input = (
          <input
            class="input"
            {...rest}
            {...ids}
            required={!optional}
            value={value}
            onInput={(e) => onInput(e.currentTarget.value)}
          />
        );
        return prefix || suffix ? (
          <span class="input-affix">
            {prefix ? <span class="affix">{prefix}</span> : null}
            {input}
            {suffix ? <span class="affix">{suffix}</span> : null}
          </span>
        ) : (
          input
        );
      }}
    />
  );
}

export function TextArea({
  value,
  onInput,
  rows = 4,
  maxLength,
  label,
  hint,
  sees,
  error,
  optional,
}: FieldFrame & { value: string; onInput: (value: string) => void; rows?: number; maxLength?: number }) {
  return (
    <Field
      {...frame({ label, hint, sees, error, optional })}
      control={(ids) => (
        <textarea
          class="textarea"
          {...ids}
          rows={rows}
          maxLength={maxLength}
          value={value}
          onInput={(e) => onInput(e.currentTarget.value)}
        />
      )}
    />
  );
}

export function Select({
  value,
  onChange,
  choices,
  label,
  hint,
  sees,
  error,
  optional,
}: FieldFrame & {
  value: string;
  onChange: (value: string) => void;
  choices: readonly { value: string; label: string }[];
}) {
  return (
    <Field
      {...frame({ label, hint, sees, error, optional })}
      control={(ids) => (
        <select class="select" {...ids} value={value} onChange={(e) => onChange(e.currentTarget.value)}>
          {choices.map((c) => (
            <option key={c.value} value={c.value}>
              {c.label}
            </option>
          ))}
        </select>
      )}
    />
  );
}

export function Choice({
  type = "checkbox",
  name,
  checked,
  onChange,
  children,
}: {
  type?: "checkbox" | "radio";
  name?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ComponentChildren;
}) {
  return (
    <label class="choice">
      <input type={type} name={name} checked={checked} onChange={(e) => onChange(e.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

/** exactOptionalPropertyTypes: absent stays absent. */
function frame(given: { [K in keyof FieldFrame]: FieldFrame[K] | undefined }): FieldFrame {
  const { label = "", ...rest } = given;
  return { label, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}
