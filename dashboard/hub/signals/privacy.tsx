/** What withholding protects from and what it cannot: said wherever signals are shown. */
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";

export function Privacy({ k }: { k: number }) {
  return (
    <Section title={t("signals.privacy")}>
      <ul class="measure">
        <li>{t("signals.privacy-withheld", { k })}</li>
        <li>{t("signals.privacy-steps", { k })}</li>
        <li>{t("signals.privacy-public")}</li>
        <li>{t("signals.privacy-accounts")}</li>
      </ul>
    </Section>
  );
}
