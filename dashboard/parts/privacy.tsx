/** /privacy: what is seen of a person, by whom, and what erasing does. The essentials of docs/privacy.md, the same in both apps. */
import { SMALLEST_K } from "../../shared/protocol/smallest-k.ts";
import { DataTable } from "./data-table.tsx";
import { type MessageKey, t } from "./i18n.ts";
import { Page, Section } from "./page.tsx";

const seen = ["name", "part", "document", "entry", "sums", "email"] as const;
type Seen = (typeof seen)[number];

const sections: { title: MessageKey; says: MessageKey[] }[] = [
  {
    title: "privacy.book",
    says: ["privacy.says-entry", "privacy.says-chain", "privacy.says-batch", "privacy.says-small"],
  },
  {
    title: "privacy.erasing",
    says: ["privacy.erased-all", "privacy.erased-entries", "privacy.erased-backups", "privacy.erased-own"],
  },
  { title: "privacy.limits", says: ["privacy.limit-server", "privacy.limit-hub"] },
];

export function PrivacyPage() {
  return (
    <Page title={t("privacy.title")} lead={t("privacy.lead")}>
      <DataTable<Seen>
        caption={t("privacy.who")}
        rows={[...seen]}
        rowKey={(row) => row}
        empty={null}
        filter={false}
        pageSize={seen.length}
        columns={[
          {
            id: "what",
            header: t("privacy.what"),
            text: (row) => t(`privacy.${row}`),
            cell: (row) => <strong>{t(`privacy.${row}`)}</strong>,
          },
          {
            id: "by",
            header: t("privacy.by"),
            text: (row) => t(`privacy.${row}-by`),
            cell: (row) => t(`privacy.${row}-by`),
          },
        ]}
      />
      {sections.map(({ title, says }) => (
        <Section key={title} title={t(title)}>
          <ul class="reasons stack-s measure">
            {says.map((what) => (
              <li key={what}>{t(what, { k: SMALLEST_K })}</li>
            ))}
          </ul>
        </Section>
      ))}
    </Page>
  );
}
