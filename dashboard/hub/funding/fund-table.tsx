/** Funds with what each has received, holds and has given. */
import type { z } from "zod";
import type { fundPage, FundView } from "../../../shared/protocol/api/capital.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity } from "../../parts/values.tsx";

export function FundTable() {
  const pages = usePages<z.infer<typeof fundPage>, FundView>("/api/funds", (page) => ({
    items: page.funds,
    next: page.next,
  }));
  const amount = (id: "received" | "available" | "reserved" | "disbursed") => ({
    id,
    header: t(`funding.stage-${id}`),
    end: true,
    sort: (row: FundView) => BigInt(row.stages[`${id}_minor`]),
    text: (row: FundView) => formatMoney(row.stages[`${id}_minor`], row.currency),
    cell: (row: FundView) => formatMoney(row.stages[`${id}_minor`], row.currency),
  });
  return (
    <Loaded resource={pages.first}>
      {() => (
        <DataTable<FundView>
          caption={t("funding.funds")}
          rows={pages.items}
          rowKey={(row) => row.id}
          csv="funds"
          more={<More pages={pages} />}
          empty={<Empty title={t("funding.none")}>{t("funding.none-note")}</Empty>}
          columns={[
            {
              id: "name",
              header: t("funding.fund"),
              sort: (row) => row.name,
              text: (row) => row.name,
              cell: (row) => (
                <>
                  <a href={`/funds/${encodeURIComponent(row.id)}`}>{row.name}</a>{" "}
                  {row.source === null ? null : <Badge>{t("funding.historical")}</Badge>}
                </>
              ),
            },
            amount("received"),
            amount("available"),
            amount("reserved"),
            amount("disbursed"),
            {
              id: "awards",
              header: t("funding.awards"),
              end: true,
              sort: (row) => row.awards,
              text: (row) => String(row.awards),
              cell: (row) => <Quantity value={row.awards} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}
