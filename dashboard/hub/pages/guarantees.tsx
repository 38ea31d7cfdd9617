/** /guarantees: what is proven, to whom, under which assumption, and what nobody here promises. In plain words. */
import { DataTable } from "../../parts/data-table.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { ParentLine } from "../parent-line.tsx";

const guarantees = [
  "sums",
  "past",
  "mine",
  "receipts",
  "books",
  "resets",
  "samples",
  "two-faces",
  "conditions",
  "money",
  "keys",
] as const;
const unpromised = [
  "people",
  "lost",
  "purchase",
  "admission",
  "silence",
  "impact",
  "approvers",
  "platform",
  "crypto",
] as const;
type Guarantee = (typeof guarantees)[number];

export function GuaranteesPage() {
  return (
    <Page
      title={t("guarantees.title")}
      lead={t("guarantees.lead")}
      back={{ href: "/check", label: t("nav.check") }}
      under={<ParentLine />}
    >
      <DataTable<Guarantee>
        caption={t("guarantees.proven")}
        rows={[...guarantees]}
        rowKey={(row) => row}
        empty={null}
        filter={false}
        pageSize={guarantees.length}
        columns={[
          {
            id: "what",
            header: t("guarantees.what"),
            text: (row) => t(`guarantee.${row}`),
            cell: (row) => <strong>{t(`guarantee.${row}`)}</strong>,
          },
          {
            id: "whom",
            header: t("guarantees.whom"),
            text: (row) => t(`guarantee.${row}-whom`),
            cell: (row) => t(`guarantee.${row}-whom`),
          },
          {
            id: "if",
            header: t("guarantees.if"),
            text: (row) => t(`guarantee.${row}-if`),
            cell: (row) => t(`guarantee.${row}-if`),
          },
        ]}
      />
      <p>
        <a href="/witnesses">{t("guarantees.witnesses")}</a>
      </p>
      <Section title={t("guarantees.not")}>
        <p class="quiet measure">{t("guarantees.not-note")}</p>
        <ul class="reasons stack-s measure">
          {unpromised.map((what) => (
            <li key={what}>{t(`unpromised.${what}`)}</li>
          ))}
        </ul>
      </Section>
      <Section title={t("guarantees.broken")}>
        <p class="measure">{t("guarantees.broken-note")}</p>
      </Section>
    </Page>
  );
}
