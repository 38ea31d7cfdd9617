/** What a matching run comes to: who gets what, and who does not and why. The same for estimates and recorded runs. */
import type { Exclusion, MatchingInputs, MatchingRun } from "../../../shared/protocol/api/matching.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Empty } from "../../parts/states.tsx";

type Line = MatchingRun["results"][number];

export function nameIn({ campaigns }: MatchingInputs, id: string): string {
  return campaigns.find(({ target }) => target.id === id)?.target.name ?? id;
}

export function MatchedTable({ run, inputs, csv }: { run: MatchingRun; inputs: MatchingInputs; csv: string }) {
  const amount = (id: "need" | "gap" | "cap", field: "need_minor" | "gap_minor" | "cap_minor") => ({
    id,
    header: t(`matching.${id}`),
    end: true,
    sort: (row: Line) => BigInt(row[field]),
    text: (row: Line) => formatMoney(row[field], inputs.currency),
    cell: (row: Line) => formatMoney(row[field], inputs.currency),
  });
  return (
    <DataTable<Line>
      caption={t("matching.who")}
      rows={run.results}
      rowKey={(row) => row.campaign}
      csv={csv}
      empty={<Empty title={t("matching.nobody")} />}
      columns={[
        {
          id: "campaign",
          header: t("desk.field-campaign"),
          sort: (row) => nameIn(inputs, row.campaign),
          text: (row) => nameIn(inputs, row.campaign),
          cell: (row) => <a href={`/campaigns/${row.campaign}`}>{nameIn(inputs, row.campaign)}</a>,
        },
        {
          id: "tier",
          header: t("targeting.evidence"),
          text: (row) => row.tier,
          cell: (row) => t(`targeting.tier-${row.tier}`),
        },
        amount("need", "need_minor"),
        amount("gap", "gap_minor"),
        amount("cap", "cap_minor"),
        {
          id: "gets",
          header: t("matching.gets"),
          end: true,
          sort: (row) => BigInt(row.amount_minor),
          text: (row) => formatMoney(row.amount_minor, inputs.currency),
          cell: (row) => <strong>{formatMoney(row.amount_minor, inputs.currency)}</strong>,
        },
      ]}
    />
  );
}

export function ExcludedTable({ run, inputs, csv }: { run: MatchingRun; inputs: MatchingInputs; csv: string }) {
  const words = ({ reason, detail }: Exclusion): string => t(`matching.reason-${reason}`, { detail: detail ?? "" });
  return (
    <DataTable<Exclusion>
      caption={t("matching.not-who")}
      rows={run.excluded}
      rowKey={(row) => `${row.campaign} ${row.community ?? ""} ${row.reason}`}
      csv={csv}
      empty={<p class="quiet">{t("matching.not-whole")}</p>}
      columns={[
        {
          id: "campaign",
          header: t("desk.field-campaign"),
          sort: (row) => nameIn(inputs, row.campaign),
          text: (row) => nameIn(inputs, row.campaign),
          cell: (row) => <a href={`/campaigns/${row.campaign}`}>{nameIn(inputs, row.campaign)}</a>,
        },
        {
          id: "community",
          header: t("matching.community"),
          text: (row) => row.community ?? "",
          cell: (row) =>
            row.community === null ? (
              "–"
            ) : (
              <a href={`/communities/${encodeURIComponent(row.community)}`}>{row.community}</a>
            ),
        },
        { id: "reason", header: t("matching.reason"), sort: (row) => row.reason, text: words, cell: words },
      ]}
    />
  );
}
