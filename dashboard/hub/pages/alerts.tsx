/** /alerts: being told when demand is there, a campaign opens, or an award's conditions are met. For funders and suppliers. */
import { Plus } from "lucide";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { alertList, AlertView, testedAlert } from "../../../shared/protocol/api/alert.ts";
import type { campaignPage } from "../../../shared/protocol/api/network.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { Page } from "../../parts/page.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";
import { AlertForm } from "../alerts/alert-form.tsx";
import { alertWords } from "../alerts/alert-words.ts";

const tones = { waiting: "info", delivered: "ok", failing: "warning" } as const;

export function AlertsPage() {
  return (
    <NeedsMe title={t("alerts.title")} roles={["funder", "supplier"]}>
      {() => <Alerts />}
    </NeedsMe>
  );
}

function Alerts() {
  const list = useResource<z.infer<typeof alertList>>("/api/alerts");
  const campaigns = useResource<z.infer<typeof campaignPage>>("/api/campaigns?limit=100").data?.campaigns ?? [];
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const nameOf = (id: string) => campaigns.find((one) => one.id === id)?.name ?? t("alerts.a-campaign");
  async function act(said: string, answer: Awaited<ReturnType<typeof api.post>>) {
    toast(answer.ok ? said : problemText(answer.error));
    list.reload();
  }
  async function test(id: string) {
    const answer = await api.post<z.infer<typeof testedAlert>>(`/api/alerts/${id}/test`);
    toast(
      answer.ok ? t(answer.value.delivered ? "alerts.test-arrived" : "alerts.test-failed") : problemText(answer.error),
    );
    list.reload();
  }
  const add = (
    <Button onClick={() => setMaking(true)}>
      <Icon node={Plus} />
      {t("alerts.new")}
    </Button>
  );
  return (
    <Page title={t("alerts.title")} lead={t("alerts.lead")} actions={list.data?.alerts.length ? add : undefined}>
      <Loaded resource={list}>
        {({ alerts, email }) => (
          <>
            <DataTable<AlertView>
              caption={t("alerts.title")}
              rows={alerts}
              rowKey={(row) => row.id}
              empty={
                <Empty title={t("alerts.none")} action={add}>
                  {t("alerts.none-note")}
                </Empty>
              }
              columns={[
                {
                  id: "says",
                  header: t("alerts.when"),
                  text: (row) => alertWords(row, nameOf),
                  cell: (row) => alertWords(row, nameOf),
                },
                {
                  id: "where",
                  header: t("alerts.where"),
                  text: (row) => row.webhook ?? "",
                  cell: (row) => <span class="mono">{row.webhook ?? t("alerts.by-mail")}</span>,
                },
                {
                  id: "fired",
                  header: t("alerts.fired"),
                  sort: (row) => row.fired_at ?? "",
                  text: (row) => row.fired_at ?? "",
                  cell: (row) =>
                    row.fired_at === null ? (
                      t(row.above ? "alerts.above" : "alerts.not-yet")
                    ) : (
                      <When at={row.fired_at} show="time" />
                    ),
                },
                {
                  id: "status",
                  header: t("alerts.status"),
                  text: (row) => (row.paused ? "paused" : row.status),
                  cell: (row) =>
                    row.paused ? (
                      <Badge>{t("alerts.paused")}</Badge>
                    ) : (
                      <Badge tone={tones[row.status]}>{t(`alerts.status-${row.status}`)}</Badge>
                    ),
                },
                {
                  id: "act",
                  header: t("alerts.do"),
                  cell: (row) => (
                    <span class="row">
                      <Button kind="quiet" onClick={() => void test(row.id)}>
                        {t("alerts.test")}
                      </Button>
                      <Button
                        kind="quiet"
                        onClick={() =>
                          void api
                            .patch(`/api/alerts/${row.id}`, { paused: !row.paused })
                            .then(
                              async (answer) =>
                                await act(t(row.paused ? "alerts.went-on" : "alerts.was-paused"), answer),
                            )
                        }
                      >
                        {t(row.paused ? "alerts.go-on" : "alerts.pause")}
                      </Button>
                      <Button
                        kind="quiet"
                        onClick={() =>
                          void api
                            .delete(`/api/alerts/${row.id}`)
                            .then(async (answer) => await act(t("alerts.deleted"), answer))
                        }
                      >
                        {t("alerts.delete")}
                      </Button>
                    </span>
                  ),
                },
              ]}
            />
            <p class="quiet small">{t("alerts.k-note")}</p>
            <Dialog open={isMaking} title={t("alerts.new")} onClose={() => setMaking(false)}>
              <AlertForm
                campaigns={campaigns}
                hasEmail={email}
                onDone={(made) => {
                  setMaking(false);
                  setSecret(made.secret);
                  list.reload();
                }}
              />
            </Dialog>
          </>
        )}
      </Loaded>
      <Dialog open={secret !== null} title={t("alerts.secret")} onClose={() => setSecret(null)}>
        <p>{t("alerts.secret-note")}</p>
        <Copy text={secret ?? ""} label={t("alerts.secret")} />
      </Dialog>
    </Page>
  );
}
