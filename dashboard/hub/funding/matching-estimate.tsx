/** What would happen if a fund's money were shared out now, by each method: on the fund's public page. */
import { useLocation } from "preact-iso";
import { matchingMethod } from "../../../shared/protocol/fund.ts";
import type { MatchingEstimate } from "../../../shared/protocol/api/matching.ts";
import { Select } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { ExcludedTable, MatchedTable } from "./matching-result.tsx";

export function MatchingEstimateSection({ fund }: { fund: string }) {
  const { path, query, route } = useLocation();
  const method = matchingMethod.options.find((one) => one === query["method"]) ?? "demand_weighted";
  const address = `/api/funds/${encodeURIComponent(fund)}/matching?method=${method}`;
  const estimate = useResource<MatchingEstimate>(address);
  return (
    <Section title={t("matching.estimate")} aside={<a href="/allocations">{t("matching.all-recorded")}</a>}>
      <p class="quiet measure">{t("matching.estimate-note")}</p>
      <div class="form-row">
        <Select
          label={t("matching.method")}
          hint={t(`matching.method-${method}-note`)}
          value={method}
          onChange={(value) => route(`${path}?method=${value}`, true)}
          choices={matchingMethod.options.map((one) => ({ value: one, label: t(`matching.method-${one}`) }))}
        />
      </div>
      <Loaded resource={estimate} skeleton={<Skeleton kind="card" />}>
        {({ run, inputs }) => (
          <>
            <MatchedTable run={run} inputs={inputs} csv={`estimate-${fund}-${method}`} />
            <h3>{t("matching.not-who")}</h3>
            <ExcludedTable run={run} inputs={inputs} csv={`estimate-${fund}-${method}-excluded`} />
            <p class="small">
              <a href={address}>JSON</a>
            </p>
          </>
        )}
      </Loaded>
    </Section>
  );
}
