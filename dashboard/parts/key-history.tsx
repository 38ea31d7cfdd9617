/** Keys role by role, with the log indexes between which each of them held. */
import type { KeyView } from "../../shared/protocol/api/keys.ts";
import { DataTable } from "./data-table.tsx";
import { t } from "./i18n.ts";
import { Badge } from "./states.tsx";

export function KeyHistory({ keys }: { keys: KeyView[] }) {
  return (
    <DataTable<KeyView>
      caption={t("keys.history")}
      rows={keys}
      rowKey={(row) => `${row.role} ${row.from}`}
      empty={null}
      columns={[
        { id: "role", header: t("keys.role"), cell: (row) => t(`keys.role-${row.role}`), text: (row) => row.role },
        {
          id: "key",
          header: t("keys.key"),
          cell: (row) => <span class="mono small">{row.kid ?? row.key}</span>,
          text: (row) => row.kid ?? row.key,
        },
        {
          id: "held",
          header: t("keys.held"),
          cell: (row) =>
            row.until === null ? (
              <>
                <Badge tone="ok">{t("keys.current")}</Badge> {t("keys.since", { from: row.from })}
              </>
            ) : (
              t("keys.between", { from: row.from, until: row.until })
            ),
          text: (row) => `${row.from}-${row.until ?? ""}`,
        },
      ]}
    />
  );
}
