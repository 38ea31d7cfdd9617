/** What funders say they might give: finance records it in the log, without the note, or declines it. */
import { useState } from "preact/hooks";
import type { IntentionList } from "../../../shared/protocol/api/party.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";

type Intention = IntentionList["intentions"][number];
const tones = { new: "info", recorded: "ok", declined: "warning" } as const;

export function Intentions({ mayDecide }: { mayDecide: boolean }) {
  const list = useResource<IntentionList>("/api/intentions");
  const [busy, setBusy] = useState<string | null>(null);
  async function decide(id: string, act: "record" | "decline") {
    setBusy(id);
    const answer = await api.post(`/api/intentions/${encodeURIComponent(id)}/${act}`);
    setBusy(null);
    toast(
      answer.ok
        ? t(act === "record" ? "intentions.was-recorded" : "intentions.was-declined")
        : problemText(answer.error),
    );
    list.reload();
  }
  return (
    <Section title={t("intentions.title")} id="intentions">
      <Loaded resource={list}>
        {({ intentions }) => (
          <DataTable<Intention>
            caption={t("intentions.title")}
            rows={intentions}
            rowKey={(row) => row.id}
            csv="intentions"
            empty={<Empty title={t("intentions.none")}>{t("intentions.none-note")}</Empty>}
            columns={[
              {
                id: "funder",
                header: t("me.role-funder"),
                sort: (row) => row.funder.name,
                text: (row) => row.funder.name,
                cell: (row) => row.funder.name,
              },
              { id: "fund", header: t("funder-desk.fund"), text: (row) => row.fund.name, cell: (row) => row.fund.name },
              {
                id: "amount",
                header: t("funder-desk.amount"),
                end: true,
                sort: (row) => BigInt(row.amount_minor),
                text: (row) => row.amount_minor,
                cell: (row) => formatMoney(row.amount_minor, row.currency),
              },
              {
                id: "due",
                header: t("funder-desk.by-when"),
                sort: (row) => row.due_on ?? "",
                text: (row) => row.due_on ?? "",
                cell: (row) => (row.due_on === null ? "–" : formatDate(row.due_on)),
              },
              { id: "note", header: t("funder-desk.note"), text: (row) => row.note, cell: (row) => row.note },
              {
                id: "at",
                header: t("funder-desk.said-on"),
                sort: (row) => row.at,
                text: (row) => row.at,
                cell: (row) => formatDate(row.at),
              },
              {
                id: "state",
                header: t("funder-desk.state"),
                text: (row) => row.state,
                cell: (row) => <Badge tone={tones[row.state]}>{t(`funder-desk.intention-${row.state}`)}</Badge>,
              },
              {
                id: "act",
                header: t("parties.do"),
                cell: (row) =>
                  mayDecide && row.state === "new" ? (
                    <span class="row">
                      <Button kind="quiet" busy={busy === row.id} onClick={() => void decide(row.id, "record")}>
                        {t("intentions.record")}
                      </Button>
                      <Button kind="quiet" busy={busy === row.id} onClick={() => void decide(row.id, "decline")}>
                        {t("intentions.decline")}
                      </Button>
                    </span>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
