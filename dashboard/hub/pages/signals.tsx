/** What a supplier can plan on: one sentence and one number, then demand by campaign, region and month. Filters are in the address. */
import { useLocation } from "preact-iso";
import { useRef } from "preact/hooks";
import type { SignalCell, Signals } from "../../../shared/protocol/api/signals.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { Select } from "../../parts/field.tsx";
import { formatMonth, formatQuantity } from "../../parts/format.ts";
import { parts, t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { FundedTable } from "../signals/funded-demand.tsx";
import { Privacy } from "../signals/privacy.tsx";
import { SignalTable } from "../signals/signal-table.tsx";
import { categoryWords, regionChoice } from "../signals/words.ts";

const names = ["category", "product", "region", "month", "campaign"] as const;
const chosen = ["category", "region", "month"] as const;

export function SignalsPage() {
  const { path, query, route } = useLocation();
  const asked = new URLSearchParams();
  for (const name of names) {
    const value = query[name];
    if (value) asked.set(name, value);
  }
  const filters = asked.toString();
  const search = filters === "" ? "" : `?${filters}`;
  const pages = usePages<Signals, SignalCell>(`/api/signals${search}`, (page) => ({
    items: page.cells,
    next: page.next,
  }));
  function choose(name: (typeof names)[number], value: string) {
    const next = new URLSearchParams(asked);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`);
  }
  const first = pages.first.data;
  // Choices stay while another answer is on its way, so that the keyboard stays where it was.
  const facets = useRef<Signals["facets"]>({ categories: [], regions: [], months: [] });
  if (first !== null) facets.current = first.facets;
  return (
    <Page
      title={t("signals.title")}
      lead={<Lead cells={pages.items} region={query["region"] ?? "*"} />}
      actions={<LinkButton href="/suppliers">{t("supplier.all")}</LinkButton>}
      under={first === null ? undefined : <AsOf size={first.log.size} />}
    >
      <div class="form-row">
        {chosen.map((name) => (
          <Select
            key={name}
            label={t(`signals.${name}`)}
            value={query[name] ?? ""}
            onChange={(value) => choose(name, value)}
            choices={[{ value: "", label: t("signals.all") }, ...choicesOf(name, facets.current)]}
          />
        ))}
      </div>
      <Loaded resource={pages.first}>
        {(answer) => (
          <>
            {asked.has("campaign") || asked.has("product") ? (
              <p>
                {t("signals.one-only")} <a href={path}>{t("signals.show-all")}</a>
              </p>
            ) : null}
            <Section
              title={t("signals.demand")}
              aside={
                <span class="row small">
                  <a href={`/exports/signals.csv${search}`} download="signals.csv">
                    {t("signals.csv")}
                  </a>
                  <a href={`/api/signals${search}`}>{t("signals.json")}</a>
                </span>
              }
            >
              <SignalTable pages={pages} k={answer.k} />
            </Section>
            <FundedTable funded={answer.funded} k={answer.k} />
            <Section title={t("signals.how-likely")}>
              <p class="measure">{t("signals.how-likely-note")}</p>
            </Section>
            <Privacy k={answer.k} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Live pledges of the newest month that is shown: units of different products are not added up. */
function Lead({ cells, region }: { cells: readonly SignalCell[]; region: string }) {
  const month = cells[0]?.month;
  const newest = cells.filter((cell) => cell.month === month && cell.region === region && cell.shown !== null);
  if (month === undefined || newest.length === 0) return <>{t("signals.lead-none")}</>;
  const pledges = newest.reduce((sum, { shown }) => sum + (shown?.accounts ?? 0), 0);
  return (
    <>
      {parts("signals.lead", {
        pledges: <strong class="num">{formatQuantity(pledges)}</strong>,
        n: newest.length,
        month: formatMonth(month),
      })}
    </>
  );
}

function choicesOf(name: (typeof chosen)[number], facets: Signals["facets"]): { value: string; label: string }[] {
  if (name === "category") return facets.categories.map((value) => ({ value, label: categoryWords(value) }));
  if (name === "region") return facets.regions.map((value) => ({ value, label: regionChoice(value) }));
  return facets.months.map((value) => ({ value, label: formatMonth(value) }));
}
