/** All awards, with filters that live in the address. */
import { useLocation } from "preact-iso";
import type { z } from "zod";
import type { fundPage } from "../../../shared/protocol/api/capital.ts";
import { instruments } from "../../../shared/protocol/fund.ts";
import { Select } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { AwardTable } from "../funding/award-table.tsx";

const names = ["fund", "instrument", "state", "year", "recipient", "campaign", "funder"] as const;
const states = ["reserved", "payable", "active", "closed", "lapsed", "recorded"] as const;

export function AwardsPage() {
  const { path, query, route } = useLocation();
  const funds = useResource<z.infer<typeof fundPage>>("/api/funds?limit=100").data?.funds ?? [];
  const asked = new URLSearchParams();
  for (const name of names) {
    const value = query[name];
    if (value) asked.set(name, value);
  }
  const years = [
    ...new Set(
      funds.flatMap(({ first_on, last_on }) =>
        first_on === null || last_on === null
          ? []
          : Array.from(
              { length: Number(last_on.slice(0, 4)) - Number(first_on.slice(0, 4)) + 1 },
              (_, at) => Number(first_on.slice(0, 4)) + at,
            ),
      ),
    ),
  ].toSorted((a, b) => b - a);
  function choose(name: (typeof names)[number], value: string) {
    const next = new URLSearchParams(asked);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`);
  }
  const all = { value: "", label: t("funding.all") };
  const search = asked.toString();
  return (
    <Page
      title={t("funding.awards")}
      lead={t("funding.awards-lead")}
      back={{ href: "/funding", label: t("funding.title") }}
    >
      <div class="form-row">
        <Select
          label={t("funding.fund")}
          value={query["fund"] ?? ""}
          onChange={(value) => choose("fund", value)}
          choices={[all, ...funds.map(({ id, name }) => ({ value: id, label: name }))]}
        />
        <Select
          label={t("funding.as")}
          value={query["instrument"] ?? ""}
          onChange={(value) => choose("instrument", value)}
          choices={[all, ...instruments.map((one) => ({ value: one, label: t(`desk.instrument-${one}`) }))]}
        />
        <Select
          label={t("funding.state")}
          value={query["state"] ?? ""}
          onChange={(value) => choose("state", value)}
          choices={[all, ...states.map((one) => ({ value: one, label: t(`funding.state-${one}`) }))]}
        />
        <Select
          label={t("funding.year")}
          value={query["year"] ?? ""}
          onChange={(value) => choose("year", value)}
          choices={[all, ...years.map((year) => ({ value: String(year), label: String(year) }))]}
        />
      </div>
      {query["recipient"] || query["campaign"] || query["funder"] ? (
        <p class="small">
          {t("funding.filtered")} <a href="/awards">{t("funding.show-all")}</a>
        </p>
      ) : null}
      <AwardTable key={search} path={search === "" ? "/api/awards" : `/api/awards?${search}`} />
    </Page>
  );
}
