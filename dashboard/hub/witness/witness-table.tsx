/** The witnesses of a hub's log: who, how far each has signed, and what keeps those who have not. */
import type { ComponentChildren } from "preact";

import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { hasMessage, t } from "../../parts/i18n.ts";
import { Badge, Empty } from "../../parts/states.tsx";
import { Quantity, When } from "../../parts/values.tsx";

export type WitnessRow = HubWitnesses["witnesses"][number];

export function WitnessTable({
  shown,
  act,
}: {
  shown: HubWitnesses;
  /** a last column for those who may do something */
  act?: (row: WitnessRow) => ComponentChildren;
}) {
  return (
    <DataTable<WitnessRow>
      caption={t("witness.title")}
      rows={shown.witnesses}
      rowKey={(row) => row.vkey}
      csv="witnesses"
      empty={<Empty title={t("witness.none")}>{t("witness.none-note")}</Empty>}
      columns={[
        {
          id: "name",
          header: t("witness.name"),
          sort: (row) => row.name,
          text: (row) => row.name,
          cell: (row) => (
            <>
              {row.kind === "community" ? (
                <a href={`/communities/${encodeURIComponent(row.name)}`}>{row.name}</a>
              ) : (
                row.name
              )}
              <br />
              <span class="quiet small">{t(row.former ? "witness.former" : `witness.kind-${row.kind}`)}</span>
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
          id: "counted",
          header: t("witness.counted"),
          text: (row) => String(row.counted),
          cell: (row) => t(row.counted ? "witness.counted-yes" : "witness.counted-no"),
        },
        {
          id: "state",
          header: t("witness.state"),
          text: (row) => row.error ?? (row.current ? "current" : "behind"),
          cell: (row) => <State row={row} />,
        },
        ...(act === undefined ? [] : [{ id: "act", header: t("admin.act"), cell: act }]),
      ]}
    />
  );
}

function State({ row }: { row: WitnessRow }) {
  if (row.current) return <Badge tone="ok">{t("witness.current")}</Badge>;
  return (
    <>
      <Badge tone="warning">{t(row.size === null ? "witness.never" : "witness.lags")}</Badge>
      {row.error === null ? null : (
        <>
          <br />
          <span class="quiet small">{witnessError(row.error)}</span>
        </>
      )}
    </>
  );
}

/** What keeps a witness from signing, in words. */
export function witnessError(code: string): string {
  const key = `witness.error-${code}`;
  return hasMessage(key) ? t(key) : t("witness.error-other", { code });
}
