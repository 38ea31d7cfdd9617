/** Demand by campaign, region and month; what is withheld says why. */
import type { SignalCell, Signals } from "../../../shared/protocol/api/signals.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatMonth, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Empty } from "../../parts/states.tsx";
import type { Pages } from "../../parts/use-pages.ts";
import { SmallCurve } from "./small-curve.tsx";
import { Themes } from "./themes.tsx";
import { regionWords, withheldWords } from "./words.ts";

export function SignalTable({ pages, k }: { pages: Pages<Signals, SignalCell>; k: number }) {
  return (
    <DataTable<SignalCell>
      caption={t("signals.demand")}
      rows={pages.items}
      rowKey={(row) => `${row.campaign.id} ${row.region} ${row.month}`}
      more={<More pages={pages} />}
      empty={<Empty title={t("signals.none")}>{t("signals.none-note")}</Empty>}
      columns={[
        {
          id: "campaign",
          header: t("signals.campaign"),
          sort: (row) => row.campaign.name,
          text: (row) => `${row.campaign.name} ${row.product.name}`,
          cell: (row) => (
            <>
              <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>
              <br />
              <span class="quiet small">
                {row.product.name} · {row.campaign.unit}
              </span>
            </>
          ),
        },
        {
          id: "region",
          header: t("signals.region"),
          sort: (row) => row.region,
          text: (row) => `${row.region} ${regionWords(row.region)} ${row.month}`,
          cell: (row) => (
            <>
              {regionWords(row.region)}
              <br />
              <span class="quiet small">{formatMonth(row.month)}</span>
            </>
          ),
        },
        numbers("accounts", k),
        numbers("interest", k),
        numbers("pledged", k),
        numbers("committed", k),
        numbers("purchased", k),
        {
          id: "likely",
          header: t("signals.likely"),
          end: true,
          sort: (row) => BigInt(row.shown?.likely.mid ?? "-1"),
          cell: (row) => <Likely cell={row} />,
        },
        {
          id: "curve",
          header: t("signals.curve"),
          cell: (row) =>
            row.shown === null ? (
              <span class="quiet">–</span>
            ) : (
              <>
                <SmallCurve curve={row.shown.curve} currency={row.currency} name={row.campaign.name} />
                <Themes themes={row.shown.feedback} />
              </>
            ),
        },
      ]}
    />
  );
}

type NumberName = "accounts" | "interest" | "pledged" | "committed" | "purchased";

function numbers(name: NumberName, k: number): Column<SignalCell> {
  return {
    id: name,
    header: name === "accounts" ? t("signals.accounts") : t(`stage.${name}`),
    end: true,
    sort: (row) => BigInt(row.shown?.[name] ?? -1),
    cell: (row) => {
      if (row.withheld !== null) {
        return name === "accounts" ? (
          <span class="quiet small">{withheldWords(row.withheld, k)}</span>
        ) : (
          <span class="quiet">–</span>
        );
      }
      const value = row.shown?.[name] ?? null;
      if (value !== null) return formatQuantity(value);
      return (
        <span class="quiet" title={t("signals.too-few")}>
          –<span class="visually-hidden"> {t("signals.too-few")}</span>
        </span>
      );
    },
  };
}

function Likely({ cell }: { cell: SignalCell }) {
  if (cell.shown === null) return <span class="quiet">–</span>;
  const { low, mid, high } = cell.shown.likely;
  return (
    <>
      {formatQuantity(mid)}
      <br />
      <span class="quiet small">{t("signals.interval", { low: formatQuantity(low), high: formatQuantity(high) })}</span>
    </>
  );
}
