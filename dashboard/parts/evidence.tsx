/** What is proven against parties, the same at hub and community: a table, and a place to hand in a proof. */
import { FileCheck } from "lucide";
import { useState } from "preact/hooks";

import type { EvidenceView } from "../../shared/protocol/api/evidence.ts";
import { api, problemText } from "./api.ts";
import { DataTable } from "./data-table.tsx";
import { FilePick } from "./file-pick.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";
import { Section } from "./page.tsx";
import { Banner, Empty, Loaded } from "./states.tsx";
import { type Resource, useResource } from "./use-resource.ts";
import { When } from "./values.tsx";

type Listed = { evidence: EvidenceView[] };

/** Everything kept here, with words for when there is nothing, and the way to hand in more. */
export function EvidencePanel() {
  const resource = useResource<Listed>("/api/evidence");
  return (
    <>
      <Loaded resource={resource}>{({ evidence }) => <EvidenceTable evidence={evidence} />}</Loaded>
      <HandIn resource={resource} />
    </>
  );
}

/** Nothing at all where nothing is proven: an empty list on a community's page would read like an accusation. */
export function EvidenceAgainst({ accused }: { accused: string }) {
  const { data } = useResource<Listed>(`/api/evidence?accused=${encodeURIComponent(accused)}`);
  if (data === null || data.evidence.length === 0) return null;
  return (
    <Section title={t("evidence.against-community")}>
      <p class="quiet measure">{t("evidence.against-community-text")}</p>
      <EvidenceTable evidence={data.evidence} />
    </Section>
  );
}

function EvidenceTable({ evidence }: { evidence: EvidenceView[] }) {
  return (
    <DataTable
      caption={t("evidence.title")}
      rows={evidence}
      rowKey={(row) => row.sha256}
      empty={<Empty title={t("evidence.empty")}>{t("evidence.empty-text")}</Empty>}
      columns={[
        {
          id: "accused",
          header: t("evidence.accused"),
          sort: (row) => row.accused,
          text: (row) => row.accused,
          cell: (row) => row.accused,
        },
        {
          id: "kind",
          header: t("evidence.kind"),
          sort: (row) => row.kind,
          text: (row) => t(`evidence.kind-${row.kind}`),
          cell: (row) => (
            <>
              {t(`evidence.kind-${row.kind}`)}
              {row.checked ? null : <p class="small quiet">{t("evidence.unchecked")}</p>}
            </>
          ),
        },
        {
          id: "received",
          header: t("evidence.received"),
          sort: (row) => row.received_at,
          text: (row) => row.received_at,
          cell: (row) => (
            <>
              <When at={row.received_at} show="time" />
              {row.index === null ? null : (
                <>
                  {" "}
                  <a class="small" href={`/log?entry=${row.index}`}>
                    {t("evidence.logged", { index: row.index })}
                  </a>
                </>
              )}
            </>
          ),
        },
        {
          id: "file",
          header: t("evidence.file"),
          text: (row) => row.sha256,
          cell: (row) => (
            <a href={`/api/evidence/${row.sha256}`} download={`evidence-${row.sha256}.json`}>
              {t("evidence.download")}
            </a>
          ),
        },
      ]}
    />
  );
}

function HandIn({ resource }: { resource: Resource<Listed> }) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ tone: "ok" | "warning" | "danger"; text: string } | null>(null);

  async function hand(file: File) {
    setBusy(true);
    let document: unknown = null;
    try {
      document = JSON.parse(await file.text());
    } catch {
      // told by the answer, like any other document that proves nothing
    }
    const answer = await api.post<EvidenceView>("/evidence", document ?? {});
    setBusy(false);
    if (!answer.ok) return setSaid({ tone: "danger", text: problemText(answer.error) });
    const { checked, accused } = answer.value;
    setSaid(
      checked
        ? { tone: "ok", text: t("evidence.handed", { accused }) }
        : { tone: "warning", text: t("evidence.claimed", { accused }) },
    );
    resource.reload();
  }

  return (
    <Section title={t("evidence.hand-in")}>
      <FilePick
        accept="application/json,.json"
        label={t("evidence.pick")}
        hint={t("evidence.hand-in-text")}
        busy={busy}
        icon={<Icon node={FileCheck} />}
        onPick={(file) => void hand(file)}
      />
      <div role="status">{said === null ? null : <Banner tone={said.tone}>{said.text}</Banner>}</div>
    </Section>
  );
}
