/** One stage of a currency's money, month by month, and all of them as a table whose rows add up. */
import { useLocation } from "preact-iso";
import type { StageSeries } from "../../../shared/protocol/api/capital.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { Select } from "../../parts/field.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { TimeSeries } from "../../parts/time-series.tsx";
import { useResource } from "../../parts/use-resource.ts";

const drawn = ["received", "awarded", "disbursed", "available", "outstanding"] as const;
/** received … + released − awarded − fees = available, in every row */
const tabled = [
  "received",
  "recycled",
  "interest",
  "gains",
  "clawed_back",
  "released",
  "exchanged",
  "awarded",
  "fees",
  "available",
] as const;
type Row = StageSeries["points"][number];

export function StageSeriesSection({ currency }: { currency: string }) {
  const { path, query, route } = useLocation();
  const points = useResource<StageSeries>(`/api/stages?currency=${currency}&resolution=month`).data?.points ?? [];
  const stage = drawn.find((one) => one === query["stage"]) ?? "disbursed";
  if (points.length < 2) return null;
  return (
    <Section title={t("funding.over-time", { currency })}>
      <div class="form-row">
        <Select
          label={t("funding.stage")}
          value={stage}
          onChange={(value) => route(`${path}?${new URLSearchParams({ ...query, stage: value }).toString()}`)}
          choices={drawn.map((one) => ({ value: one, label: t(`funding.stage-${one}`) }))}
        />
      </div>
      <TimeSeries
        label={t(`funding.stage-${stage}`)}
        points={points.map(({ until, stages }) => ({
          at: `${until}T00:00:00Z`,
          value: BigInt(stages[`${stage}_minor`]),
        }))}
        format={(value) => formatMoney(value, currency, { whole: true })}
        formatAxis={(value) => formatMoney(value, currency, { compact: true })}
        formatTime={(at) => formatDate(at.slice(0, 10))}
      />
      <Disclosure title={t("funding.all-stages")}>
        <DataTable<Row>
          caption={t("funding.all-stages-caption")}
          showCaption
          rows={points.toReversed()}
          rowKey={(row) => row.until}
          csv={`stages-${currency}`}
          pageSize={24}
          empty={null}
          columns={[
            {
              id: "until",
              header: t("funding.to-year"),
              sort: (row) => row.until,
              text: (row) => row.until,
              cell: (row) => formatDate(row.until),
            },
            ...tabled
              .filter((name) => points.some(({ stages }) => stages[`${name}_minor`] !== "0"))
              .map((name) => ({
                id: name,
                header: t(`funding.stage-${name}`),
                end: true,
                text: (row: Row) => row.stages[`${name}_minor`],
                cell: (row: Row) => formatMoney(row.stages[`${name}_minor`], currency),
              })),
          ]}
        />
      </Disclosure>
    </Section>
  );
}
