/** Transfers in a table that the server pages: what every number about money is made of. */
import type { z } from "zod";
import type { transferPage, TransferView } from "../../../shared/protocol/api/capital.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";

export function TransferTable({ path }: { path: string }) {
  const pages = usePages<z.infer<typeof transferPage>, TransferView>(path, (page) => ({
    items: page.transfers,
    next: page.next,
  }));
  return (
    <Loaded resource={pages.first}>
      {() => (
        <DataTable<TransferView>
          caption={t("funding.transfers")}
          rows={pages.items}
          rowKey={(row) => String(row.seq)}
          csv="transfers"
          pageSize={50}
          more={<More pages={pages} />}
          empty={<Empty title={t("funding.no-transfers")}>{t("funding.no-transfers-note")}</Empty>}
          columns={[
            {
              id: "on",
              header: t("funding.day"),
              sort: (row) => row.on,
              text: (row) => row.on,
              cell: (row) => formatDate(row.on),
            },
            {
              id: "code",
              header: t("funding.what"),
              sort: (row) => row.code,
              text: (row) => row.code,
              cell: (row) => (
                <>
                  {t(`funding.code-${row.code}`)}{" "}
                  {row.reverses === null ? null : (
                    <Badge tone="warning">{t("funding.undoes", { n: row.reverses })}</Badge>
                  )}
                  {row.reversed_by === null ? null : <Badge tone="warning">{t("funding.undone")}</Badge>}
                </>
              ),
            },
            { id: "from", header: t("flow.from"), text: (row) => row.from, cell: (row) => <Account path={row.from} /> },
            { id: "to", header: t("flow.to"), text: (row) => row.to, cell: (row) => <Account path={row.to} /> },
            {
              id: "amount",
              header: t("funding.amount"),
              end: true,
              sort: (row) => BigInt(row.amount_minor),
              text: (row) => formatMoney(row.amount_minor, row.currency),
              cell: (row) => formatMoney(row.amount_minor, row.currency),
            },
            {
              id: "group",
              header: t("funding.entry"),
              text: (row) => row.group,
              cell: (row) => <a href={`/log?entry=${row.group.split(".")[0] ?? ""}`}>{row.group}</a>,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

function Account({ path }: { path: string }) {
  return (
    <a class="mono small" href={`/transfers?account=${encodeURIComponent(path)}`}>
      {path}
    </a>
  );
}
