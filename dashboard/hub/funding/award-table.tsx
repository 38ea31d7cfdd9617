/** Awards in a table that the server pages: the rows behind many numbers about money. */
import type { z } from "zod";
import type { awardPage, AwardView } from "../../../shared/protocol/api/capital.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Badge, Empty, Loaded, type Tone } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";

export const stateTones: Record<AwardView["state"], Tone> = {
  reserved: "warning",
  payable: "info",
  active: "info",
  closed: "ok",
  lapsed: "danger",
  recorded: "info",
};

/** A guarantee has nothing to wait for: its money is held for the case. */
export function stateWords({ state, instrument }: Pick<AwardView, "state" | "instrument">): string {
  return t(state === "reserved" && instrument === "guarantee" ? "funding.state-held" : `funding.state-${state}`);
}

/** `path` with its filter, without a cursor. */
export function AwardTable({ path }: { path: string }) {
  const pages = usePages<z.infer<typeof awardPage>, AwardView>(path, (page) => ({
    items: page.awards,
    next: page.next,
  }));
  const total = pages.first.data?.total ?? null;
  return (
    <Loaded resource={pages.first}>
      {() => (
        <>
          {total === null ? null : <p class="quiet small">{t("funding.n-awards", { n: total })}</p>}
          <DataTable<AwardView>
            caption={t("funding.awards")}
            rows={pages.items}
            rowKey={(row) => row.id}
            csv="awards"
            pageSize={25}
            more={<More pages={pages} />}
            empty={<Empty title={t("funding.no-awards")}>{t("funding.no-awards-note")}</Empty>}
            columns={[
              {
                id: "title",
                header: t("funding.award"),
                sort: (row) => row.title,
                text: (row) => row.title,
                cell: (row) => <a href={`/awards/${encodeURIComponent(row.id)}`}>{row.title}</a>,
              },
              {
                id: "recipient",
                header: t("funding.recipient"),
                sort: (row) => row.recipient.name,
                text: (row) => row.recipient.name,
                cell: (row) => <a href={`/recipients/${encodeURIComponent(row.recipient.id)}`}>{row.recipient.name}</a>,
              },
              {
                id: "instrument",
                header: t("funding.as"),
                sort: (row) => row.instrument,
                text: (row) => row.instrument,
                cell: (row) => t(`desk.instrument-${row.instrument}`),
              },
              {
                id: "amount",
                header: t("funding.amount"),
                end: true,
                sort: (row) => BigInt(row.amount_minor),
                text: (row) => formatMoney(row.amount_minor, row.currency),
                cell: (row) => formatMoney(row.amount_minor, row.currency),
              },
              {
                id: "state",
                header: t("funding.state"),
                sort: (row) => row.state,
                text: (row) => row.state,
                cell: (row) => <Badge tone={stateTones[row.state]}>{stateWords(row)}</Badge>,
              },
              {
                id: "on",
                header: t("funding.decided"),
                sort: (row) => row.decided_on,
                text: (row) => row.decided_on,
                cell: (row) => formatDate(row.decided_on),
              },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}
