/** The flow of one currency and period, with its filters in the address. */
import { useLocation } from "preact-iso";
import type { Flows, FundingOverview } from "../../../shared/protocol/api/capital.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { Select } from "../../parts/field.tsx";
import { Flow } from "../../parts/flow.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Banner, Empty, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { isMarked, nodeHref, nodeName } from "./flow-words.ts";

const TOP = 8;

export function FlowSection({ overview }: { overview: FundingOverview }) {
  const { path, query, route } = useLocation();
  const currencies = overview.currencies.map(({ currency }) => currency);
  const currency = currencies.find((one) => one === query["currency"]) ?? currencies[0] ?? "";
  const years = overview.years.filter((one) => one.currency === currency).map(({ year }) => String(year));
  const from = query["from"] ?? "";
  const to = query["to"] ?? "";
  const isAll = query["all"] === "true";
  const others = otherCurrencies(overview, currency);
  const shown = others.find((one) => one === query["in"]) ?? "";
  const asked = new URLSearchParams({ currency, top: String(isAll ? 1000 : TOP) });
  if (from) asked.set("from", `${from}-01-01`);
  if (to) asked.set("to", `${to}-12-31`);
  if (shown) asked.set("convert", shown);
  const flows = useResource<Flows>(`/api/flows?${asked.toString()}`);
  function choose(change: Record<string, string>) {
    const filters = { currency, from, to, all: isAll ? "true" : "", in: shown, ...change };
    const next = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ""));
    route(`${path}?${next.toString()}`);
  }
  const yearChoices = [
    { value: "", label: t("funding.all-years") },
    ...years.map((year) => ({ value: year, label: year })),
  ];
  return (
    <Section
      title={t("funding.flows")}
      id="flows"
      aside={flows.data === null ? undefined : <AsOf size={flows.data.log.size} />}
    >
      <div class="form-row">
        <Select
          label={t("funding.currency")}
          value={currency}
          onChange={(value) => choose({ currency: value, from: "", to: "", in: "" })}
          choices={currencies.map((one) => ({ value: one, label: one }))}
        />
        <Select
          label={t("funding.from-year")}
          value={from}
          onChange={(value) => choose({ from: value })}
          choices={yearChoices}
        />
        <Select
          label={t("funding.to-year")}
          value={to}
          onChange={(value) => choose({ to: value })}
          choices={yearChoices}
        />
        <Select
          label={t("funding.show")}
          value={isAll ? "true" : ""}
          onChange={(value) => choose({ all: value })}
          choices={[
            { value: "", label: t("funding.show-largest", { n: TOP }) },
            { value: "true", label: t("funding.show-all") },
          ]}
        />
        {others.length === 0 ? null : (
          <Select
            label={t("funding.shown-in")}
            value={shown}
            onChange={(value) => choose({ in: value })}
            choices={[
              { value: "", label: t("funding.shown-as-booked", { currency }) },
              ...others.map((one) => ({ value: one, label: t("funding.shown-converted", { currency: one }) })),
            ]}
          />
        )}
      </div>
      {flows.error?.code === "rate-missing" ? (
        <NoRate day={flows.error.problem?.detail ?? ""} />
      ) : (
        <Loaded resource={flows} skeleton={<Skeleton kind="chart" />}>
          {(view) =>
            view.links.length === 0 ? (
              <Empty title={t("funding.no-flows")}>{t("funding.no-flows-note")}</Empty>
            ) : (
              <Flow
                nodes={view.nodes.map((node) => ({
                  ...node,
                  name: nodeName(node),
                  href: nodeHref(node, currency),
                  marked: isMarked(node),
                }))}
                links={view.links}
                currency={view.currency}
                summary={t("funding.flow-summary", {
                  received: formatMoney(view.stages.received_minor, view.currency, { whole: true }),
                  disbursed: formatMoney(view.stages.disbursed_minor, view.currency, { whole: true }),
                  recycled: formatMoney(view.stages.recycled_minor, view.currency, { whole: true }),
                })}
              />
            )
          }
        </Loaded>
      )}
      {flows.data?.conversion ? <ConversionNote conversion={flows.data.conversion} /> : null}
      <p class="small quiet">
        <a href={`/api/flows?${asked.toString()}`}>JSON</a>
      </p>
    </Section>
  );
}

/** The books' own currency comes first; besides, once there are rates, the hub's others. */
function otherCurrencies({ currencies, converted }: FundingOverview, own: string): string[] {
  if (converted === null) return [];
  const all = [...currencies.map(({ currency }) => currency), converted.currency];
  return [...new Set(all)].filter((one) => one !== own).toSorted();
}

/** Not a fault: a day of this period is one for which this hub has no published rates. */
function NoRate({ day }: { day: string }) {
  const date = /^\d{4}-\d\d-\d\d$/.test(day) ? formatDate(day) : day;
  return (
    <Banner tone="info" title={t("problem.rate-missing")}>
      {t("funding.no-rate", { date })}
    </Banner>
  );
}

function ConversionNote({ conversion }: { conversion: NonNullable<Flows["conversion"]> }) {
  return (
    <p class="small quiet measure">
      {t("funding.conversion-note", {
        currency: conversion.of,
        source: conversion.source,
        first: formatDate(conversion.first_rate),
        last: formatDate(conversion.last_rate),
        days: conversion.days,
      })}
    </p>
  );
}
