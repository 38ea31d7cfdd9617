/** Who did what at this desk, newest first. */
import type { z } from "zod";
import type { auditEvent, auditPage } from "../../../../shared/protocol/api/proposal.ts";
import { LinkButton } from "../../../parts/button.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { t } from "../../../parts/i18n.ts";
import { More } from "../../../parts/more.tsx";
import { Page } from "../../../parts/page.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { usePages } from "../../../parts/use-pages.ts";
import { When } from "../../../parts/values.tsx";

type Row = z.infer<typeof auditEvent>;

export function AuditPage() {
  const pages = usePages<z.infer<typeof auditPage>, Row>("/api/audit", (page) => ({
    items: page.events,
    next: page.next,
  }));
  return (
    <Page
      title={t("desk.audit")}
      lead={t("desk.audit-lead")}
      actions={
        <LinkButton kind="secondary" href="/api/audit?format=csv">
          {t("desk.file-audit")}
        </LinkButton>
      }
    >
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<Row>
            caption={t("desk.audit")}
            rows={pages.items}
            rowKey={(row) => String(row.id)}
            pageSize={50}
            more={<More pages={pages} />}
            empty={<Empty title={t("desk.audit-empty")} />}
            columns={[
              {
                id: "at",
                header: t("desk.when"),
                sort: (row) => row.id,
                text: (row) => row.at,
                cell: (row) => <When at={row.at} show="time" />,
              },
              {
                id: "who",
                header: t("desk.who"),
                sort: (row) => row.who,
                text: (row) => row.who,
                cell: (row) => (
                  <>
                    {row.who} <span class="quiet small">{row.role}</span>
                  </>
                ),
              },
              {
                id: "action",
                header: t("desk.did"),
                sort: (row) => row.action,
                text: (row) => row.action,
                cell: (row) => <span class="mono small">{row.action}</span>,
              },
              { id: "subject", header: t("desk.about"), text: (row) => row.subject, cell: (row) => row.subject },
              { id: "detail", header: t("desk.detail"), text: (row) => row.detail, cell: (row) => row.detail },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
