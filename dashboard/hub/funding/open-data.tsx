/** Everything public as files, with the licence they are under: for those who count for themselves. */
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";

const CC_BY = "https://creativecommons.org/licenses/by/4.0/";

const files = [
  ["/exports/funds.csv", "funding.file-funds"],
  ["/exports/awards.csv", "desk.file-awards"],
  ["/exports/transfers.csv", "desk.file-transfers"],
  ["/exports/campaigns.csv", "funding.file-campaigns"],
  ["/exports/communities.csv", "funding.file-communities"],
  ["/exports/360giving.json", "desk.file-360-json"],
  ["/exports/360giving.csv", "desk.file-360-csv"],
  ["/exports/iati.xml", "desk.file-iati"],
  ["/exports/awards.atom", "funding.file-feed"],
  ["/exports/data-dictionary.json", "desk.file-dictionary"],
] as const;

export function OpenData() {
  return (
    <Section title={t("funding.open-data")}>
      <p class="quiet measure">
        {t("funding.open-data-note")} <a href={CC_BY}>CC BY 4.0</a>
      </p>
      <ul class="stack-s">
        {files.map(([href, key]) => (
          <li key={href}>
            <a href={href}>{t(key)}</a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
