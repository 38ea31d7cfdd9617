/** "English, Spanish and Arabic": a list in the reader's language. */
import { formatLocale } from "../parts/i18n.ts";

export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(formatLocale(), { type: "conjunction" }).format(items);
}
