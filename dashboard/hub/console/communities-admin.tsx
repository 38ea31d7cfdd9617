/** Suspending and resuming communities, always with a reason in the log. */
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { communityPage, CommunityView } from "../../../shared/protocol/api/network.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page } from "../../parts/page.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { When } from "../../parts/values.tsx";
import { Standing, standing } from "../community-table.tsx";
import { type Decision, ReasonDialog } from "./reason-dialog.tsx";

export function CommunitiesAdminPage() {
  const pages = usePages<z.infer<typeof communityPage>, CommunityView>("/api/communities?limit=100", (page) => ({
    items: page.communities,
    next: page.next,
  }));
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Page title={t("console.communities")} lead={t("admin.communities-lead")}>
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<CommunityView>
            caption={t("nav.communities")}
            rows={pages.items}
            rowKey={(row) => row.origin}
            more={<More pages={pages} />}
            empty={<Empty title={t("communities.empty")}>{t("joins.empty-note", { url: location.origin })}</Empty>}
            columns={[
              {
                id: "name",
                header: t("communities.name"),
                sort: (row) => row.name,
                text: (row) => `${row.name} ${row.origin}`,
                cell: (row) => (
                  <>
                    <a href={`/communities/${encodeURIComponent(row.origin)}`}>{row.name}</a>
                    <br />
                    <span class="quiet small">{row.origin}</span>
                  </>
                ),
              },
              {
                id: "report",
                header: t("communities.last-report"),
                sort: (row) => row.last_report?.at ?? "",
                cell: (row) => (row.last_report ? <When at={row.last_report.at} show="relative" /> : "–"),
              },
              {
                id: "standing",
                header: t("communities.standing"),
                sort: (row) => standing(row).key,
                text: (row) => standing(row).key,
                cell: (row) => <Standing community={row} />,
              },
              {
                id: "act",
                header: t("admin.act"),
                cell: (row) => (
                  <div class="row">
                    {row.status === "admitted" ? <AuditNow row={row} /> : null}
                    {actionFor(row, setDecision)}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={pages.first.reload} />
    </Page>
  );
}

/** The same rules as by the clock: the log refuses one that comes too early. */
function AuditNow({ row }: { row: CommunityView }) {
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    const answer = await api.post(`/api/communities/${encodeURIComponent(row.origin)}/audit`);
    setBusy(false);
    toast(answer.ok ? t("admin.audit-asked", { name: row.name }) : problemText(answer.error));
  };
  return (
    <Button kind="quiet" busy={busy} onClick={() => void ask()}>
      {t("admin.audit")}
    </Button>
  );
}

function actionFor(row: CommunityView, decide: (decision: Decision) => void) {
  const base = `/api/communities/${encodeURIComponent(row.origin)}`;
  if (row.status === "admitted") {
    return (
      <Button
        kind="quiet"
        onClick={() =>
          decide({
            title: t("admin.suspend-title", { name: row.name }),
            body: t("admin.suspend-body"),
            action: t("admin.suspend"),
            done: t("admin.suspended", { name: row.name }),
            path: `${base}/suspend`,
            danger: true,
            reasonNeeded: true,
          })
        }
      >
        {t("admin.suspend")}
      </Button>
    );
  }
  if (row.status === "suspended") {
    return (
      <Button
        kind="quiet"
        onClick={() =>
          decide({
            title: t("admin.resume-title", { name: row.name }),
            body: t("admin.resume-body"),
            action: t("admin.resume"),
            done: t("admin.resumed", { name: row.name }),
            path: `${base}/resume`,
            danger: false,
            reasonNeeded: true,
          })
        }
      >
        {t("admin.resume")}
      </Button>
    );
  }
  return <span class="quiet">–</span>;
}
