/** Price bands: rising unit prices. Shows at once what is wrong with them and where a member's maximum would fall. */
import { Plus, X } from "lucide";

import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, minorToDecimal } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";

export const MAX_BANDS = 32;

/** Minor units, lowest first, or null while they are not valid. */
export function readBands(texts: readonly string[], currency: string): string[] | null {
  const scale = currencyScale(currency);
  const bands = texts.map((text) => decimalToMinor(text, scale));
  const valid = bands.every((band, i) => band !== null && BigInt(band) > BigInt(bands[i - 1] ?? "0"));
  return valid ? (bands as string[]) : null;
}

export function BandsEditor({
  texts,
  currency,
  onChange,
}: {
  texts: string[];
  currency: string;
  onChange: (texts: string[]) => void;
}) {
  const scale = currencyScale(currency);
  const bands = texts.map((text) => decimalToMinor(text, scale));
  function problemAt(i: number): string | null {
    const band = bands[i];
    if (!texts[i]?.trim()) return null;
    if (band === null || band === undefined || band === "0") return t("campaign-form.not-a-price");
    const before = bands[i - 1];
    return before && BigInt(band) <= BigInt(before) ? t("campaign-form.not-rising") : null;
  }
  function add() {
    const last = bands.at(-1);
    const next = last ? minorToDecimal(BigInt(last) + 10n ** BigInt(scale), scale) : "";
    onChange([...texts, next]);
  }
  return (
    <fieldset class="stack-s">
      <legend class="field-label">{t("campaign-form.bands")}</legend>
      <p class="field-hint">{t("campaign-form.bands-hint")}</p>
      <ol class="bands">
        {texts.map((text, i) => (
          <li key={i} class="band-row">
            <Field
              label={t("campaign-form.band-n", { n: i + 1 })}
              error={problemAt(i)}
              control={(ids) => (
                <span class="input-affix">
                  <input
                    class="input"
                    {...ids}
                    inputMode="decimal"
                    autocomplete="off"
                    value={text}
                    onInput={(e) => onChange(texts.with(i, e.currentTarget.value))}
                  />
                  <span class="affix">{currency}</span>
                  <Button
                    kind="icon"
                    label={t("campaign-form.band-remove", { n: i + 1 })}
                    disabled={texts.length === 1}
                    onClick={() => onChange(texts.toSpliced(i, 1))}
                  >
                    <Icon node={X} />
                  </Button>
                </span>
              )}
            />
          </li>
        ))}
      </ol>
      <div class="row">
        <Button kind="quiet" disabled={texts.length >= MAX_BANDS} onClick={add}>
          <Icon node={Plus} />
          {t("campaign-form.band-add")}
        </Button>
      </div>
    </fieldset>
  );
}
