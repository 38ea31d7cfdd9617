/** Prices by quantity, line by line. */
import { Plus, Trash2 } from "lucide";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import type { TierDraft } from "./offer-draft.ts";

const MAX_TIERS = 20;

export function TierFields({
  tiers,
  currency,
  onChange,
}: {
  tiers: readonly TierDraft[];
  currency: string;
  onChange: (tiers: TierDraft[]) => void;
}) {
  const change = (at: number, part: Partial<TierDraft>) =>
    onChange(tiers.map((tier, i) => (i === at ? { ...tier, ...part } : tier)));
  return (
    <fieldset class="field stack">
      <legend class="field-label">{t("supplier.tiers")}</legend>
      <p class="field-hint">{t("supplier.tiers-hint")}</p>
      {tiers.map((tier, at) => (
        <div class="form-row" key={at}>
          <TextField
            label={t("supplier.from-qty")}
            value={tier.qty}
            onInput={(qty) => change(at, { qty })}
            inputMode="numeric"
            autocomplete="off"
          />
          <TextField
            label={t("supplier.unit-price")}
            value={tier.price}
            onInput={(price) => change(at, { price })}
            inputMode="decimal"
            suffix={currency}
            autocomplete="off"
          />
          {tiers.length > 1 ? (
            <Button
              kind="icon"
              label={t("supplier.remove-tier", { n: at + 1 })}
              onClick={() => onChange(tiers.filter((_, i) => i !== at))}
            >
              <Icon node={Trash2} />
            </Button>
          ) : null}
        </div>
      ))}
      {tiers.length < MAX_TIERS ? (
        <div class="row">
          <Button kind="secondary" onClick={() => onChange([...tiers, { qty: "", price: "" }])}>
            <Icon node={Plus} />
            {t("supplier.add-tier")}
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}
