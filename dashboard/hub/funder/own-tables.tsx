/** What a funder has promised, what its funds were awarded for, what is to come back, and what it said it might give. */
import type { FunderDesk } from "../../../shared/protocol/api/party.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Badge } from "../../parts/states.tsx";

export function OwnCommitments({ rows }: { rows: FunderDesk["commitments"] }) {
  return (
    <Section title={t("funder-desk.commitments")}>
      <DataTable<FunderDesk["commitments"][number]>
        caption={t("funder-desk.commitments")}
        rows={rows}
        rowKey={(row) => row.id}
        csv="commitments"
        empty={<p class="quiet">{t("funder-desk.no-commitments")}</p>}
        columns={[
          {
            id: "fund",
            header: t("funder-desk.fund"),
            sort: (row) => row.fund.name,
            text: (row) => row.fund.name,
            cell: (row) => <a href={`/funds/${encodeURIComponent(row.fund.id)}`}>{row.fund.name}</a>,
          },
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
            sort: (row) => row.due_on ?? "",
            text: (row) => row.due_on ?? "",
            cell: (row) => (row.due_on === null ? "–" : formatDate(row.due_on)),
          },
          {
            id: "state",
            header: t("funder-desk.state"),
            text: (row) => row.state,
            cell: (row) => (
              <>
                {t(`funder-desk.commitment-${row.state}`)}
                {row.overdue ? (
                  <>
                    {" "}
                    <Badge tone="warning">{t("funder-desk.overdue")}</Badge>
                  </>
                ) : null}
              </>
            ),
          },
        ]}
      />
    </Section>
  );
}

export function OwnAwards({ rows }: { rows: FunderDesk["awards"] }) {
  return (
    <Section title={t("funder-desk.awards")}>
      <DataTable<FunderDesk["awards"][number]>
        caption={t("funder-desk.awards")}
        rows={rows}
        rowKey={(row) => row.id}
        csv="awards"
        empty={<p class="quiet">{t("funder-desk.no-awards")}</p>}
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
            header: t("funder-desk.paid"),
            end: true,
            text: (row) => row.disbursed_minor,
            cell: (row) => formatMoney(row.disbursed_minor, row.currency),
          },
          {
            id: "back",
            header: t("funder-desk.came-back"),
            end: true,
            text: (row) => row.repaid_minor,
            cell: (row) => formatMoney(row.repaid_minor, row.currency),
          },
          {
            id: "state",
            header: t("funder-desk.state"),
            sort: (row) => row.state,
            text: (row) => row.state,
            cell: (row) => t(`funder-desk.award-${row.state}`),
          },
        ]}
      />
    </Section>
  );
}

type Due = FunderDesk["due"][number];

export function OwnRepayments({ rows }: { rows: FunderDesk["due"] }) {
  const left = (row: Due) => BigInt(row.principal_minor) + BigInt(row.interest_minor) - BigInt(row.paid_minor);
  return (
    <Section title={t("funder-desk.repayments")}>
      <DataTable<Due>
        caption={t("funder-desk.repayments")}
        rows={rows}
        rowKey={(row) => `${row.award} ${row.due_on}`}
        csv="repayments"
        empty={<p class="quiet">{t("funder-desk.no-repayments")}</p>}
        columns={[
          {
            id: "on",
            header: t("funder-desk.due"),
            sort: (row) => row.due_on,
            text: (row) => row.due_on,
            cell: (row) => formatDate(row.due_on),
          },
          {
            id: "award",
            header: t("funder-desk.award"),
            text: (row) => row.title,
            cell: (row) => <a href={`/awards/${encodeURIComponent(row.award)}`}>{row.title}</a>,
          },
          {
            id: "left",
            header: t("funder-desk.left"),
            end: true,
            sort: left,
            text: (row) => String(left(row)),
            cell: (row) => formatMoney(left(row), row.currency),
          },
          {
            id: "state",
            header: t("funder-desk.state"),
            text: (row) => row.state,
            cell: (row) =>
              row.state === "overdue" ? (
                <Badge tone="warning">{t("funder-desk.overdue")}</Badge>
              ) : (
                t(`funder-desk.line-${row.state}`)
              ),
          },
        ]}
      />
    </Section>
  );
}

export function OwnIntentions({ rows }: { rows: FunderDesk["intentions"] }) {
  if (rows.length === 0) return null;
  return (
    <Section title={t("funder-desk.intentions")}>
      <DataTable<FunderDesk["intentions"][number]>
        caption={t("funder-desk.intentions")}
        rows={rows}
        rowKey={(row) => row.id}
        empty={null}
        columns={[
          { id: "fund", header: t("funder-desk.fund"), text: (row) => row.fund.name, cell: (row) => row.fund.name },
          {
            id: "amount",
            header: t("funder-desk.amount"),
            end: true,
            text: (row) => row.amount_minor,
            cell: (row) => formatMoney(row.amount_minor, row.currency),
          },
          { id: "note", header: t("funder-desk.note"), text: (row) => row.note, cell: (row) => row.note },
          {
            id: "said",
            header: t("funder-desk.said-on"),
            sort: (row) => row.at,
            text: (row) => row.at,
            cell: (row) => formatDate(row.at),
          },
          {
            id: "state",
            header: t("funder-desk.state"),
            text: (row) => row.state,
            cell: (row) => t(`funder-desk.intention-${row.state}`),
          },
        ]}
      />
    </Section>
  );
}
