/** Why members would not take more: said by their communities, which is said beside the numbers. */
import type { FeedbackTheme } from "../../../shared/protocol/feedback.ts";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

export function Themes({ themes }: { themes: Partial<Record<FeedbackTheme, number>> }) {
  const said = (Object.entries(themes) as [FeedbackTheme, number][]).toSorted(([, a], [, b]) => b - a);
  if (said.length === 0) return null;
  return (
    <Disclosure title={t("signals.feedback")}>
      <ul class="small">
        {said.map(([theme, accounts]) => (
          <li key={theme}>
            {t(`theme.${theme}`)}: {formatQuantity(accounts)}
          </li>
        ))}
      </ul>
      <p class="quiet small">{t("signals.feedback-note")}</p>
    </Disclosure>
  );
}
