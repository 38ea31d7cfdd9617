/** One recorded matching run: who got what, who did not and why, and a button that runs it again here. */
import { useRoute } from "preact-iso";
import { useMemo, useState } from "preact/hooks";
import type { AllocationDetail, MatchingInputs } from "../../../shared/protocol/api/matching.ts";
import { allocationFaults } from "../../../shared/targeting/recorded.ts";
import { run } from "../../../shared/targeting/run.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { Button } from "../../parts/button.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { currencyScale, formatMoney, minorToDecimal } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Banner, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { ExcludedTable, MatchedTable } from "../funding/matching-result.tsx";

export function AllocationPage() {
  const { params } = useRoute();
  const id = params["id"] ?? "";
  const allocation = useResource<AllocationDetail>(`/api/allocations/${encodeURIComponent(id)}`);
  const view = allocation.data;
  return (
    <Page
      title={view === null ? t("matching.run") : view.id}
      back={{ href: "/allocations", label: t("matching.title") }}
      lead={
        view === null
          ? undefined
          : t("matching.sentence", {
              given: formatMoney(view.given_minor, view.currency, { whole: true }),
              pool: formatMoney(view.pool_minor, view.currency, { whole: true }),
              campaigns: view.campaigns,
            })
      }
      under={view === null ? undefined : <AsOf size={view.size} href={`/log?entry=${view.entry.index}`} />}
    >
      <Loaded resource={allocation} skeleton={<Skeleton kind="card" />}>
        {(loaded) => (
          <>
            <Facts view={loaded} />
            {loaded.inputs === null ? (
              <>
                <Recorded view={loaded} />
                <Banner tone="warning">{t("matching.no-inputs")}</Banner>
              </>
            ) : (
              <Outcome view={loaded} inputs={loaded.inputs} />
            )}
            <Awards view={loaded} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ view }: { view: AllocationDetail }) {
  const left = BigInt(view.pool_minor) - BigInt(view.given_minor);
  return (
    <>
      <Stats>
        <Stat
          label={t("matching.pool")}
          value={<Money minor={view.pool_minor} currency={view.currency} />}
          note={<a href={`/funds/${encodeURIComponent(view.fund.id)}`}>{view.fund.name}</a>}
        />
        <Stat label={t("matching.given")} value={<Money minor={view.given_minor} currency={view.currency} />} />
        <Stat label={t("matching.left")} value={<Money minor={left} currency={view.currency} />} />
      </Stats>
      <p class="measure">
        <strong>{t(`matching.method-${view.method}`)}.</strong> {t(`matching.method-${view.method}-note`)}
      </p>
    </>
  );
}

function Outcome({ view, inputs }: { view: AllocationDetail; inputs: MatchingInputs }) {
  const made = useMemo(() => run(inputs), [inputs]);
  return (
    <>
      <Section title={t("matching.who")}>
        <MatchedTable run={made} inputs={inputs} csv={`allocation-${view.id}`} />
      </Section>
      <Section title={t("matching.not-who")}>
        <ExcludedTable run={made} inputs={inputs} csv={`allocation-${view.id}-excluded`} />
      </Section>
      <RunAgain view={view} inputs={inputs} />
    </>
  );
}

function Recorded({ view }: { view: AllocationDetail }) {
  return (
    <Section title={t("matching.who")}>
      <ul class="list">
        {view.results.map(({ campaign, amount_minor }) => (
          <li key={campaign.id}>
            <div class="list-main">
              <a href={`/campaigns/${campaign.id}`}>{campaign.name}</a>
            </div>
            <Money minor={amount_minor} currency={view.currency} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RunAgain({ view, inputs }: { view: AllocationDetail; inputs: MatchingInputs }) {
  const [faults, setFaults] = useState<string[] | null>(null);
  const { id, fund, method, pool_minor, size, inputs_sha256, results_sha256, results } = view;
  function again() {
    const recorded = {
      event: "allocation" as const,
      id,
      fund: fund.id,
      method,
      pool_minor,
      size,
      inputs_sha256,
      results_sha256,
      results: results.map(({ campaign, amount_minor }) => ({ campaign: campaign.id, amount_minor })),
    };
    setFaults(allocationFaults(recorded, inputs));
  }
  return (
    <Section title={t("matching.again")}>
      <p class="quiet measure">{t("matching.again-lead")}</p>
      <div class="row">
        <Button kind="secondary" onClick={again}>
          {t("matching.again")}
        </Button>
        <a href={`/log?entry=${view.entry.index}`}>{t("matching.entry")}</a>
        <a href={`/api/allocations/${encodeURIComponent(id)}`}>JSON</a>
      </div>
      <div aria-live="polite">
        {faults === null ? null : faults.length === 0 ? (
          <Banner tone="ok" title={t("matching.equal")}>
            {t("matching.equal-note", { inputs: inputs_sha256.slice(0, 12), results: results_sha256.slice(0, 12) })}
          </Banner>
        ) : (
          <Banner tone="danger" title={t("matching.unequal")}>
            {t("matching.unequal-note", { parts: faults.join(", ") })}
          </Banner>
        )}
      </div>
      <Disclosure title={t("matching.inputs")}>
        <p class="quiet small">{t("matching.inputs-note", { size })}</p>
        <pre class="code small">{JSON.stringify(inputs, null, 1)}</pre>
      </Disclosure>
    </Section>
  );
}

/** For those who may: each line as the beginning of an award. */
function Awards({ view }: { view: AllocationDetail }) {
  const me = useMe();
  if (me === null || me === undefined || !["operator", "finance"].includes(me.role)) return null;
  if (view.results.length === 0) return null;
  const address = ({ campaign, amount_minor }: AllocationDetail["results"][number]): string => {
    const preset = new URLSearchParams({
      event: "award",
      fund: view.fund.id,
      campaign: campaign.id,
      amount: minorToDecimal(amount_minor, currencyScale(view.currency)),
      allocation: view.id,
      ...(view.inputs !== null && { use: view.inputs.params.use }),
    });
    return `/console/money/new?${preset.toString()}`;
  };
  return (
    <Section title={t("matching.make-award")}>
      <ul class="list">
        {view.results.map((line) => (
          <li key={line.campaign.id}>
            <div class="list-main">
              <a href={address(line)}>{line.campaign.name}</a>
            </div>
            <Money minor={line.amount_minor} currency={view.currency} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
