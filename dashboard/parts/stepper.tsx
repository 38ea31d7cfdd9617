/** "I want 2": a quantity with minus and plus, and a field for those who type. */
import { Minus, Plus } from "lucide";

import { Field } from "./field.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

export function Stepper({
  label,
  value,
  onChange,
  min = 1,
  max,
  unit,
  hint,
  sees,
  error,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max: number;
  unit?: string;
  hint?: string;
  sees?: string;
  error?: string | null;
}) {
  const set = (next: number) => onChange(Math.min(max, Math.max(min, Number.isFinite(next) ? Math.trunc(next) : min)));
  return (
    <Field
      label={label}
      {...(hint ? { hint } : {})}
      {...(sees ? { sees } : {})}
      error={error ?? null}
      control={(ids) => (
        <span class="row">
          <span class="stepper">
            <button
              type="button"
              class="button button-icon"
              aria-label={t("stepper.less")}
              aria-disabled={value <= min}
              onClick={() => set(value - 1)}
            >
              <Icon node={Minus} />
            </button>
            <input
              {...ids}
              inputMode="numeric"
              pattern="[0-9]*"
              value={value}
              onChange={(e) => {
                set(Number(e.currentTarget.value));
                e.currentTarget.value = String(value); // shown again when the typed value was clamped to the same number
              }}
            />
            <button
              type="button"
              class="button button-icon"
              aria-label={t("stepper.more")}
              aria-disabled={value >= max}
              onClick={() => set(value + 1)}
            >
              <Icon node={Plus} />
            </button>
          </span>
          {unit ? <span class="quiet">{unit}</span> : null}
        </span>
      )}
    />
  );
}
