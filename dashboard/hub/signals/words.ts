/** Regions, categories and reasons of withholding, in words. */
import type { SignalCell } from "../../../shared/protocol/api/signals.ts";
import { formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

export function regionWords(region: string): string {
  return region === "*" ? t("signals.everywhere") : formatRegion(region);
}

/** Two regions of one country read alike without their code. */
export function regionChoice(region: string): string {
  return region.includes("-") ? `${formatRegion(region)} (${region})` : regionWords(region);
}

export function withheldWords(reason: NonNullable<SignalCell["withheld"]>, k: number): string {
  return t(`signals.withheld-${reason}`, { k });
}

/** Open Food Facts tags name their language first: "en:chocolate-spreads". */
export function categoryWords(tag: string): string {
  const words = tag.replace(/^[a-z]{2}:/, "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
