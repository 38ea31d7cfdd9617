/** The logs somebody witnesses: the largest state signed of each, and what was refused. */
import type { ComponentChildren } from "preact";

import type { WitnessedLog } from "../../shared/protocol/api/witness.ts";
import { DataTable } from "./data-table.tsx";
import { t } from "./i18n.ts";
import { Badge, Empty } from "./states.tsx";
import { Quantity, When } from "./values.tsx";

export function WitnessedLogs({
  caption,
  logs,
  act,
}: {
  caption: string;
  logs: WitnessedLog[];
  act?: (row: WitnessedLog) => ComponentChildren;
}) {
  return (
    <DataTable<WitnessedLog>
      caption={caption}
      rows={logs}
      rowKey={(row) => row.id}
      empty={<Empty title={t("witness.logs-none")}>{t("witness.logs-none-note")}</Empty>}
      columns={[
        {
          id: "origin",
          header: t("witness.log"),
          sort: (row) => row.origin,
          text: (row) => row.origin,
          cell: (row) => (
            <>
              {row.origin}
              <br />
              <span class="quiet small">{t(`witness.source-${row.source}`)}</span>
            </>
          ),
        },
        {
          id: "signed",
          header: t("witness.signed"),
          end: true,
          sort: (row) => row.size ?? -1,
          text: (row) => String(row.size ?? ""),
          cell: (row) => (row.size === null ? t("witness.never") : <Quantity value={row.size} />),
        },
        {
          id: "at",
          header: t("witness.at"),
          sort: (row) => row.at ?? "",
          text: (row) => row.at ?? "",
          cell: (row) => (row.at === null ? "–" : <When at={row.at} show="relative" />),
        },
        {
          id: "refused",
          header: t("witness.refused"),
          text: (row) => row.refusals.map(({ code }) => code).join(" "),
          cell: (row) => <Refused row={row} />,
        },
        ...(act === undefined ? [] : [{ id: "act", header: "", cell: act }]),
      ]}
    />
  );
}

function Refused({ row }: { row: WitnessedLog }) {
  if (row.refusals.length === 0) return <span class="quiet">{t("witness.refused-none")}</span>;
  return (
    <>
      {row.refusals.map(({ code, count, last_at }) => (
        <div key={code}>
          <Badge tone="danger">{t(`witness.refusal-${code}`, { count })}</Badge>{" "}
          <span class="quiet small">
            <When at={last_at} show="relative" />
          </span>
        </div>
      ))}
    </>
  );
}
