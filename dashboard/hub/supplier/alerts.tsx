/** Being told when demand is there: once each time a threshold is passed, by e-mail or to an address of one's own. */
import { Plus } from "lucide";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { campaignPage } from "../../../shared/protocol/api/network.ts";
import type { alertList, alertView, createAlert, createdAlert } from "../../../shared/protocol/api/signals.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Select, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";

type Alert = z.infer<typeof alertView>;
type Create = z.infer<typeof createAlert>;
type Campaigns = z.infer<typeof campaignPage>;
const kinds = ["units_at_price", "new_campaign", "condition_met"] as const;
const tones = { waiting: "info", delivered: "ok", failing: "warning" } as const;

export function Alerts({ hasEmail }: { hasEmail: boolean }) {
  const list = useResource<z.infer<typeof alertList>>("/api/alerts");
  const campaigns = useResource<Campaigns>("/api/campaigns?limit=100").data?.campaigns ?? [];
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const nameOf = (id: string | null) => campaigns.find((one) => one.id === id)?.name ?? "–";
  async function remove(id: string) {
    const answer = await api.delete(`/api/alerts/${encodeURIComponent(id)}`);
    toast(answer.ok ? t("alerts.removed") : problemText(answer.error));
    list.reload();
  }
  function says(alert: Alert): string {
    const campaign = campaigns.find((one) => one.id === alert.campaign);
    if (alert.kind !== "units_at_price") return t(`alerts.kind-${alert.kind}`);
    return t("alerts.says-units", {
      units: formatQuantity(alert.min_units ?? "0"),
      price:
        alert.at_price_minor === null || campaign === undefined
          ? t("alerts.any-price")
          : formatMoney(alert.at_price_minor, campaign.currency),
    });
  }
  const add = (
    <Button kind="secondary" onClick={() => setMaking(true)}>
      <Icon node={Plus} />
      {t("alerts.new")}
    </Button>
  );
  return (
    <div class="stack">
      <Loaded resource={list}>
        {({ alerts }) => (
          <>
            {alerts.length > 0 ? <div class="row">{add}</div> : null}
            <DataTable<Alert>
              caption={t("alerts.title")}
              rows={alerts}
              rowKey={(row) => row.id}
              empty={
                <Empty title={t("alerts.none")} action={add}>
                  {t("alerts.none-note")}
                </Empty>
              }
              columns={[
                { id: "says", header: t("alerts.when"), text: says, cell: says },
                {
                  id: "campaign",
                  header: t("supplier.campaign"),
                  text: (row) => nameOf(row.campaign),
                  cell: (row) => nameOf(row.campaign),
                },
                {
                  id: "where",
                  header: t("alerts.where"),
                  text: (row) => row.webhook ?? "",
                  cell: (row) => row.webhook ?? t("alerts.by-email"),
                },
                {
                  id: "status",
                  header: t("supplier.state"),
                  text: (row) => row.status,
                  cell: (row) => (
                    <>
                      <Badge tone={tones[row.status]}>{t(`alerts.status-${row.status}`)}</Badge>{" "}
                      {row.fired_at === null ? null : <When at={row.fired_at} show="relative" />}
                    </>
                  ),
                },
                {
                  id: "act",
                  header: "",
                  cell: (row) => (
                    <Button kind="quiet" onClick={() => void remove(row.id)}>
                      {t("alerts.remove")}
                    </Button>
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
      <Dialog open={making} title={t("alerts.new")} onClose={() => setMaking(false)}>
        <NewAlert
          campaigns={campaigns}
          hasEmail={hasEmail}
          onDone={(made) => {
            setMaking(false);
            setSecret(made);
            list.reload();
          }}
        />
      </Dialog>
      <Dialog open={secret !== null} title={t("alerts.secret")} onClose={() => setSecret(null)}>
        <p>{t("alerts.secret-note")}</p>
        <Copy text={secret ?? ""} label={t("alerts.secret")} />
      </Dialog>
    </div>
  );
}

function NewAlert({
  campaigns,
  hasEmail,
  onDone,
}: {
  campaigns: Campaigns["campaigns"];
  hasEmail: boolean;
  onDone: (secret: string | null) => void;
}) {
  const [kind, setKind] = useState<Create["kind"]>("units_at_price");
  const [id, setId] = useState("");
  const [units, setUnits] = useState("");
  const [price, setPrice] = useState("");
  const [webhook, setWebhook] = useState("");
  const [busy, setBusy] = useState(false);
  const campaign = campaigns.find((one) => one.id === id);
  const priceMinor =
    price.trim() === "" ? null : decimalToMinor(price, currencyScale(campaign?.currency ?? "EUR"));
  const isReady =
    kind === "new_campaign" || (id !== "" && (kind === "condition_met" || /^[1-9][0-9]{0,17}$/.test(units)));
  async function make(event: Event) {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    const body: Create = {
      kind,
      campaign: id || null,
      category: null,
      region: null,
      min_units: kind === "units_at_price" ? units : null,
      at_price_minor: kind === "units_at_price" ? priceMinor : null,
      webhook: webhook.trim() || null,
    };
    const answer = await api.post<z.infer<typeof createdAlert>>("/api/alerts", body);
    setBusy(false);
    if (answer.ok) onDone(answer.value.secret);
    else toast(problemText(answer.error));
  }
  return (
    <form class="stack" onSubmit={(event) => void make(event)}>
      <Select
        label={t("alerts.when")}
        value={kind}
        onChange={(value) => setKind(value as Create["kind"])}
        choices={kinds.map((one) => ({ value: one, label: t(`alerts.kind-${one}`) }))}
      />
      {kind === "new_campaign" ? null : (
        <Select
          label={t("supplier.campaign")}
          value={id}
          onChange={setId}
          choices={[
            { value: "", label: t("supplier.choose") },
            ...campaigns.map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
      )}
      {kind === "units_at_price" ? (
        <div class="form-row">
          <TextField label={t("alerts.units")} value={units} onInput={setUnits} inputMode="numeric" />
          <TextField
            label={t("alerts.price")}
            value={price}
            onInput={setPrice}
            inputMode="decimal"
            suffix={campaign?.currency ?? ""}
            optional
          />
        </div>
      ) : null}
      <TextField
        label={t("alerts.webhook")}
        hint={hasEmail ? t("alerts.webhook-hint") : t("alerts.webhook-needed")}
        type="url"
        value={webhook}
        onInput={setWebhook}
        maxLength={300}
        optional={hasEmail}
      />
      <div class="row row-end">
        <Button type="submit" busy={busy} disabled={!isReady}>
          {t("alerts.make")}
        </Button>
      </div>
    </form>
  );
}
