/** What a supplier can plan on: demand by product, region and month, what is likely, and what is already paid for. */
import { useLocation } from "preact-iso";
import type { FundedDemand, SignalCell, Signals } from "../../../shared/protocol/api/signals.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { Select } from "../../parts/field.tsx";
import { formatMoney, formatQuantity, formatRegion } from "../../parts/format.ts";
import { t, type MessageKey } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";

const filters = ["category", "region", "month"] as const;
type Filter = (typeof filters)[number];

export function SignalsPage() {
  const { path, query, route } = useLocation();
  const asked = new URLSearchParams();
  for (const name of [...filters, "campaign", "product"]) {
    const value = query[name];
    if (value) asked.set(name, value);
  }
  const search = asked.toString();
  const address = search === "" ? "/api/signals" : `/api/signals?${search}`;
  const pages = usePages<Signals, SignalCell>(address, (page) => ({ items: page.cells, next: page.next }));
  function choose(name: Filter, value: string) {
    const next = new URLSearchParams(asked);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`);
  }
  return (
    <Page
      title={t("signals.title")}
      lead={t("signals.lead")}
      actions={<LinkButton href="/supplier">{t("signals.offer")}</LinkButton>}
      under={pages.first.data === null ? undefined : <AsOf size={pages.first.data.log.size} />}
    >
      <Loaded resource={pages.first}>
        {(first) => (
          <>
            <div class="form-row">
              {filters.map((name) => (
                <Select
                  key={name}
                  label={t(`signals.${name}`)}
                  value={query[name] ?? ""}
                  onChange={(value) => choose(name, value)}
                  choices={[{ value: "", label: t("signals.all") }, ...choicesOf(name, first)]}
                />
              ))}
            </div>
            <Cells pages={pages} first={first} search={search} />
            <Funded funded={first.funded} />
            <Section title={t("signals.limits")}>
              <p class="measure">{t("signals.limits-note", { k: first.k })}</p>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function choicesOf(name: Filter, { facets }: Signals): { value: string; label: string }[] {
  if (name === "category") return facets.categories.map((value) => ({ value, label: categoryText(value) }));
  if (name === "region") return facets.regions.map((value) => ({ value, label: regionText(value) }));
  return facets.months.map((value) => ({ value, label: value }));
}

/** Open Food Facts tags name their language first: "en:pastas". */
function categoryText(tag: string): string {
  const words = tag.replace(/^[a-z]{2}:/, "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function regionText(region: string): string {
  return region === "*" ? t("signals.everywhere") : formatRegion(region);
}

function Cells({
  pages,
  first,
  search,
}: {
  pages: ReturnType<typeof usePages<Signals, SignalCell>>;
  first: Signals;
  search: string;
}) {
  return (
    <Section
      title={t("signals.demand")}
      aside={
        <a href={`/api/signals?${search === "" ? "" : `${search}&`}format=csv`} download="signals.csv">
          {t("signals.csv")}
        </a>
      }
    >
      <DataTable<SignalCell>
        caption={t("signals.demand")}
        rows={pages.items}
        rowKey={(row) => `${row.campaign.id} ${row.region} ${row.month}`}
        more={<More pages={pages} />}
        empty={<Empty title={t("signals.none")}>{t("signals.none-note")}</Empty>}
        columns={[
          {
            id: "campaign",
            header: t("signals.product"),
            sort: (row) => row.campaign.name,
            text: (row) => row.campaign.name,
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
            text: (row) => row.region,
            cell: (row) => regionText(row.region),
          },
          { id: "month", header: t("signals.month"), sort: (row) => row.month, text: (row) => row.month, cell: (row) => row.month },
          ...(["accounts", "interest", "pledged", "committed", "purchased"] as const).map((name) => ({
            id: name,
            header: t(`signals.${name}`),
            end: true,
            sort: (row: SignalCell) => BigInt(row[name] ?? -1),
            text: (row: SignalCell) => String(row[name] ?? ""),
            cell: (row: SignalCell) => withheld(row, row[name], first.k),
          })),
          {
            id: "likely",
            header: t("signals.likely"),
            end: true,
            sort: (row: SignalCell) => BigInt(row.likely?.mid ?? -1),
            text: (row: SignalCell) => row.likely?.mid ?? "",
            cell: (row: SignalCell) =>
              row.likely === null ? (
                <span class="quiet">–</span>
              ) : (
                <>
                  {formatQuantity(row.likely.mid)}
                  <br />
                  <span class="quiet small">
                    {t("signals.interval", {
                      low: formatQuantity(row.likely.low),
                      high: formatQuantity(row.likely.high),
                    })}
                  </span>
                </>
              ),
          },
          {
            id: "curve",
            header: t("signals.prices"),
            cell: (row: SignalCell) => <Prices cell={row} />,
          },
        ]}
      />
    </Section>
  );
}

function withheld(row: SignalCell, value: string | number | null, k: number) {
  if (!row.withheld && value !== null) return formatQuantity(value);
  return (
    <span class="quiet" title={t("signals.withheld-note", { k })}>
      {t("signals.withheld")}
    </span>
  );
}

function Prices({ cell }: { cell: SignalCell }) {
  if (cell.curve === null || cell.curve.length === 0) return <span class="quiet">–</span>;
  return (
    <Disclosure title={t("signals.at-prices")}>
      <ul class="small">
        {cell.curve.map((point) => (
          <li key={point.price_minor}>
            {t("signals.at-price", {
              price: formatMoney(point.price_minor, cell.currency),
              units: formatQuantity(point.units),
            })}
          </li>
        ))}
      </ul>
      {cell.feedback === null || Object.keys(cell.feedback).length === 0 ? null : (
        <>
          <p class="small">{t("signals.feedback")}</p>
          <ul class="small">
            {Object.entries(cell.feedback).map(([theme, n]) => (
              <li key={theme}>
                {t(`signals.theme-${theme}` as MessageKey)}: {formatQuantity(n ?? 0)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Disclosure>
  );
}

function Funded({ funded }: { funded: readonly FundedDemand[] }) {
  return (
    <Section title={t("signals.funded")}>
      <p class="quiet measure">{t("signals.funded-note")}</p>
      <DataTable<FundedDemand>
        caption={t("signals.funded")}
        rows={[...funded]}
        rowKey={(row) => row.award}
        csv="funded-demand"
        empty={<p class="quiet">{t("signals.funded-none")}</p>}
        columns={[
          {
            id: "campaign",
            header: t("signals.product"),
            text: (row) => row.campaign.name,
            cell: (row) => <a href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</a>,
          },
          {
            id: "says",
            header: t("signals.funded-says"),
            text: (row) => `${row.buyer_price_minor} + ${row.subsidy_per_unit_minor}: ${row.units}`,
            cell: (row) =>
              t("signals.funded-sentence", {
                price: formatMoney(row.buyer_price_minor, row.currency),
                subsidy: formatMoney(row.subsidy_per_unit_minor, row.currency),
                units: formatQuantity(row.units),
              }),
          },
          {
            id: "state",
            header: t("signals.state"),
            text: (row) => row.state,
            cell: (row) => <a href={`/awards/${encodeURIComponent(row.award)}`}>{t(`signals.funded-${row.state}`)}</a>,
          },
        ]}
      />
    </Section>
  );
}
