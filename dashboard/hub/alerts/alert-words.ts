/** An alert as a sentence: what must happen, and of what. */
import type { AlertView } from "../../../shared/protocol/api/alert.ts";
import { formatMoney, formatQuantity, formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

/** `nameOf` is asked for campaigns by id. */
export function alertWords(alert: AlertView, nameOf: (campaign: string) => string): string {
  const { kind, campaign, category, region, min_units, at_price_minor, currency } = alert;
  const head =
    kind === "units_at_price"
      ? at_price_minor === null || currency === null
        ? t("alerts.says-units", { units: formatQuantity(min_units ?? "0") })
        : t("alerts.says-units-at", {
            units: formatQuantity(min_units ?? "0"),
            price: formatMoney(at_price_minor, currency),
          })
      : t(`alerts.kind-${kind}`);
  const about = [
    campaign === null ? null : nameOf(campaign),
    category,
    region === null ? null : formatRegion(region),
  ].filter((part) => part !== null);
  return about.length === 0 ? head : t("alerts.says-about", { what: head, about: about.join(", ") });
}
