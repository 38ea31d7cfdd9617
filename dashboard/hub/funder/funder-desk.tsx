/** /funder: a funder's own funds, promises and awards, what is due to come back, and saying what it might give. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { fundPage } from "../../../shared/protocol/api/capital.ts";
import type { FunderDesk } from "../../../shared/protocol/api/party.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Select, TextArea, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { Alerts } from "../supplier/alerts.tsx";

export function FunderDeskPage() {
  return (
    <NeedsMe title={t("funder-desk.title")} roles={["funder"]}>
      {() => <Desk />}
    </NeedsMe>
  );
}

function Desk() {
  const desk = useResource<FunderDesk>("/api/funder");
  const [saying, setSaying] = useState(false);
  return (
    <Page
      title={desk.data?.funder.name ?? t("funder-desk.title")}
      lead={t("funder-desk.lead")}
      actions={
        <>
          <Button onClick={() => setSaying(true)}>{t("funder-desk.say")}</Button>
          <LinkButton kind="secondary" href="/targeting">
            {t("funder-desk.where")}
          </LinkButton>
        </>
      }
    >
      <Loaded resource={desk}>
        {(view) => (
          <>
            <Section title={t("funder-desk.funds")}>
              {view.funds.length === 0 ? (
                <Empty title={t("funder-desk.no-funds")}>{t("funder-desk.no-funds-note")}</Empty>
              ) : (
                view.funds.map((fund) => (
                  <article key={fund.id} class="card">
                    <h3>
                      <a href={`/funds/${encodeURIComponent(fund.id)}`}>{fund.name}</a>
                    </h3>
                    <Stats>
                      <Stat
                        label={t("funder-desk.available")}
                        value={<Money minor={fund.stages.available_minor} currency={fund.currency} />}
                      />
                      <Stat
                        label={t("funder-desk.reserved")}
                        value={<Money minor={fund.stages.reserved_minor} currency={fund.currency} />}
                      />
                      <Stat
                        label={t("funder-desk.disbursed")}
                        value={<Money minor={fund.stages.disbursed_minor} currency={fund.currency} />}
                      />
                      <Stat
                        label={t("funder-desk.outstanding")}
                        value={<Money minor={fund.stages.outstanding_minor} currency={fund.currency} />}
                      />
                    </Stats>
                  </article>
                ))
              )}
            </Section>
            <Commitments view={view} />
            <Awards view={view} />
            <Due view={view} />
            <Intentions view={view} />
            <Section title={t("alerts.title")}>
              <Alerts hasEmail />
            </Section>
          </>
        )}
      </Loaded>
      <Dialog open={saying} title={t("funder-desk.say")} onClose={() => setSaying(false)}>
        <SayIntention
          onDone={() => {
            setSaying(false);
            desk.reload();
          }}
        />
      </Dialog>
    </Page>
  );
}

function Commitments({ view }: { view: FunderDesk }) {
  return (
    <Section title={t("funder-desk.commitments")}>
      <DataTable<FunderDesk["commitments"][number]>
        caption={t("funder-desk.commitments")}
        rows={view.commitments}
        rowKey={(row) => row.id}
        csv="commitments"
        empty={<p class="quiet">{t("funder-desk.none")}</p>}
        columns={[
          { id: "fund", header: t("funder-desk.fund"), text: (row) => row.fund.name, cell: (row) => row.fund.name },
          {
            id: "amount",
            header: t("funder-desk.promised"),
            end: true,
            text: (row) => row.amount_minor ?? "",
            cell: (row) =>
              row.amount_minor === null
                ? t("funder-desk.share", { percent: String((row.share_bps ?? 0) / 100) })
                : formatMoney(row.amount_minor, row.currency),
          },
          {
            id: "received",
            header: t("funder-desk.received"),
            end: true,
            text: (row) => row.received_minor,
            cell: (row) => formatMoney(row.received_minor, row.currency),
          },
          {
            id: "due",
            header: t("funder-desk.due"),
            text: (row) => row.due_on ?? "",
            cell: (row) => (row.due_on === null ? "–" : formatDate(row.due_on)),
          },
          {
            id: "state",
            header: t("supplier.state"),
            text: (row) => row.state,
            cell: (row) => t(`funder-desk.commitment-${row.state}`),
          },
        ]}
      />
    </Section>
  );
}

function Awards({ view }: { view: FunderDesk }) {
  return (
    <Section title={t("funder-desk.awards")}>
      <DataTable<FunderDesk["awards"][number]>
        caption={t("funder-desk.awards")}
        rows={view.awards}
        rowKey={(row) => row.id}
        csv="awards"
        empty={<p class="quiet">{t("funder-desk.none")}</p>}
        columns={[
          {
            id: "title",
            header: t("funder-desk.award"),
            sort: (row) => row.title,
            text: (row) => row.title,
            cell: (row) => <a href={`/awards/${encodeURIComponent(row.id)}`}>{row.title}</a>,
          },
          {
            id: "amount",
            header: t("funder-desk.amount"),
            end: true,
            sort: (row) => BigInt(row.amount_minor),
            text: (row) => row.amount_minor,
            cell: (row) => formatMoney(row.amount_minor, row.currency),
          },
          {
            id: "paid",
            header: t("funder-desk.disbursed"),
            end: true,
            text: (row) => row.disbursed_minor,
            cell: (row) => formatMoney(row.disbursed_minor, row.currency),
          },
          {
            id: "back",
            header: t("funder-desk.repaid"),
            end: true,
            text: (row) => row.repaid_minor,
            cell: (row) => formatMoney(row.repaid_minor, row.currency),
          },
          {
            id: "state",
            header: t("supplier.state"),
            text: (row) => row.state,
            cell: (row) => t(`funder-desk.award-${row.state}`),
          },
        ]}
      />
    </Section>
  );
}

function Due({ view }: { view: FunderDesk }) {
  if (view.due.length === 0) return null;
  return (
    <Section title={t("funder-desk.repayments")}>
      <DataTable<FunderDesk["due"][number]>
        caption={t("funder-desk.repayments")}
        rows={view.due}
        rowKey={(row) => `${row.award} ${row.due_on}`}
        csv="repayments"
        empty={null}
        columns={[
          {
            id: "on",
            header: t("funder-desk.due"),
            sort: (row) => row.due_on,
            text: (row) => row.due_on,
            cell: (row) => formatDate(row.due_on),
          },
          {
            id: "title",
            header: t("funder-desk.award"),
            text: (row) => row.title,
            cell: (row) => <a href={`/awards/${encodeURIComponent(row.award)}`}>{row.title}</a>,
          },
          {
            id: "amount",
            header: t("funder-desk.amount"),
            end: true,
            text: (row) => String(BigInt(row.principal_minor) + BigInt(row.interest_minor)),
            cell: (row) => formatMoney(BigInt(row.principal_minor) + BigInt(row.interest_minor), row.currency),
          },
          {
            id: "state",
            header: t("supplier.state"),
            text: (row) => row.state,
            cell: (row) => t(`funder-desk.line-${row.state}`),
          },
        ]}
      />
    </Section>
  );
}

function Intentions({ view }: { view: FunderDesk }) {
  if (view.intentions.length === 0) return null;
  return (
    <Section title={t("funder-desk.intentions")}>
      <ul class="list">
        {view.intentions.map((one) => (
          <li key={one.id}>
            <div class="list-main">
              <strong class="num">{formatMoney(one.amount_minor, one.currency)}</strong>
              <p class="quiet small">{one.note}</p>
            </div>
            <span class="quiet">{t(`funder-desk.intention-${one.state}`)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SayIntention({ onDone }: { onDone: () => void }) {
  const funds = (useResource<z.infer<typeof fundPage>>("/api/funds?limit=100").data?.funds ?? []).filter(
    ({ source, status }) => source === null && status === "open",
  );
  const [fundId, setFund] = useState("");
  const [amount, setAmount] = useState("");
  const [due, setDue] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const fund = funds.find(({ id }) => id === fundId);
  const minor = fund === undefined ? null : decimalToMinor(amount, currencyScale(fund.currency));
  const isReady = minor !== null && minor !== "0";
  async function say(event: Event) {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    const body = { fund: fundId, amount_minor: minor, due_on: due || null, note: note.trim() };
    const answer = await api.post("/api/funder/intentions", body);
    setBusy(false);
    toast(answer.ok ? t("funder-desk.said") : problemText(answer.error));
    if (answer.ok) onDone();
  }
  return (
    <form class="stack" onSubmit={(event) => void say(event)}>
      <p class="quiet">{t("funder-desk.say-note")}</p>
      <Select
        label={t("funder-desk.fund")}
        value={fundId}
        onChange={setFund}
        choices={[
          { value: "", label: t("supplier.choose") },
          ...funds.map((one) => ({ value: one.id, label: `${one.name} (${one.currency})` })),
        ]}
      />
      <TextField
        label={t("funder-desk.amount")}
        value={amount}
        onInput={setAmount}
        inputMode="decimal"
        suffix={fund?.currency ?? ""}
        autocomplete="off"
      />
      <TextField label={t("funder-desk.due")} type="date" value={due} onInput={setDue} optional />
      <TextArea
        label={t("funder-desk.note")}
        sees={t("funder-desk.sees-staff")}
        value={note}
        onInput={setNote}
        maxLength={1000}
        rows={3}
        optional
      />
      <div class="row row-end">
        <Button type="submit" busy={busy} disabled={!isReady}>
          {t("funder-desk.say")}
        </Button>
      </div>
    </form>
  );
}
