/** Where the next unit of money unlocks most: ranked with reasons, and sliders that ask "what if" of the same formulas. */
import { useLocation } from "preact-iso";
import { useMemo, useState } from "preact/hooks";
import type { FundingOverview } from "../../../shared/protocol/api/capital.ts";
import type { Target, Targeting, TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { answer } from "../../../shared/targeting/target.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Field, Select } from "../../parts/field.tsx";
import { currencyScale, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Badge, Banner, Empty, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { TargetReasons } from "../funding/target-reasons.tsx";

export function TargetingPage() {
  const { path, query, route } = useLocation();
  const funding = useResource<FundingOverview>("/api/funding").data;
  const network = useResource<{ campaigns: { currency: string }[] }>("/api/network").data;
  const currencies = [
    ...new Set([
      ...(network?.campaigns ?? []).map(({ currency }) => currency),
      ...(funding?.currencies ?? []).map(({ currency }) => currency),
    ]),
  ];
  const currency = currencies.find((one) => one === query["currency"]) ?? currencies[0] ?? null;
  const targeting = useResource<Targeting>(currency === null ? null : `/api/targeting?currency=${currency}`);
  const view = targeting.data;
  return (
    <Page
      title={t("targeting.title")}
      lead={view === null ? t("targeting.lead") : leadOf(view)}
      back={{ href: "/funding", label: t("funding.title") }}
      under={view === null ? undefined : <AsOf size={view.log.size} />}
    >
      {currencies.length > 1 ? (
        <div class="form-row">
          <Select
            label={t("funding.currency")}
            value={currency ?? ""}
            onChange={(value) => route(`${path}?currency=${value}`)}
            choices={currencies.map((one) => ({ value: one, label: one }))}
          />
        </div>
      ) : null}
      {currency === null && network !== null && funding !== null ? (
        <Empty title={t("targeting.none")}>{t("targeting.none-note")}</Empty>
      ) : (
        <Loaded resource={targeting} skeleton={<Skeleton kind="chart" />}>
          {(loaded) =>
            loaded.inputs.length === 0 ? (
              <Empty title={t("targeting.none")}>{t("targeting.none-note")}</Empty>
            ) : (
              <Simulator key={loaded.currency} targeting={loaded} />
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

function leadOf({ targets, inputs, currency }: Targeting): string {
  const first = targets.find(({ rank }) => rank === 1);
  if (first === undefined || first.adjusted === null) return t("targeting.lead");
  const one = 10n ** BigInt(currencyScale(currency));
  return t("targeting.sentence", {
    one: formatMoney(one, currency),
    unlocks: formatMoney((one * BigInt(first.adjusted.over)) / BigInt(first.adjusted.under), currency),
    name: nameOf(inputs, first.id),
  });
}

function nameOf(inputs: readonly TargetingInput[], id: string): string {
  return inputs.find((input) => input.id === id)?.name ?? id;
}

const STEPS = 40;

function Simulator({ targeting }: { targeting: Targeting }) {
  const { inputs, currency } = targeting;
  const most = inputs.length === 0 ? 0n : totalGap(targeting.targets);
  const [step, setStep] = useState(STEPS);
  const [price, setPrice] = useState(0);
  const [kept, setKept] = useState<number | null>(null);
  const budget = (most * BigInt(step)) / BigInt(STEPS);
  const shown = useMemo(
    () => answer(inputs, budget, { price_percent: price, ...(kept !== null && { fulfilment_percent: kept }) }),
    [inputs, budget, price, kept],
  );
  const isAssumed = price !== 0 || kept !== null;
  return (
    <>
      <Section title={t("targeting.what-if")}>
        <div class="card stack">
          <Slider
            label={t("targeting.budget")}
            value={step}
            min={0}
            max={STEPS}
            text={formatMoney(budget, currency, { whole: true })}
            onInput={setStep}
          />
          <Slider
            label={t("targeting.price")}
            value={price}
            min={-30}
            max={30}
            text={t("targeting.percent", { n: price > 0 ? `+${price}` : String(price) })}
            onInput={setPrice}
          />
          <Slider
            label={t("targeting.kept")}
            value={kept ?? 50}
            min={5}
            max={100}
            text={kept === null ? t("targeting.by-history") : t("targeting.percent", { n: String(kept) })}
            onInput={setKept}
          />
          <div aria-live="polite">
            <Stats>
              <Stat
                label={t("targeting.unlocks")}
                value={<Money minor={shown.portfolio?.unlocks_minor ?? "0"} currency={currency} whole />}
                note={t(`targeting.method-${shown.portfolio?.method ?? "exact"}`)}
              />
              <Stat
                label={t("targeting.spent")}
                value={<Money minor={shown.portfolio?.spent_minor ?? "0"} currency={currency} whole />}
              />
              <Stat label={t("targeting.closed")} value={formatQuantity(shown.portfolio?.chosen.length ?? 0)} />
            </Stats>
          </div>
          {isAssumed ? <Banner tone="info">{t("targeting.assumed")}</Banner> : null}
        </div>
      </Section>
      <Section title={t("targeting.ranking")}>
        <Ranking targets={shown.targets} inputs={inputs} currency={currency} chosen={shown.portfolio?.chosen ?? []} />
      </Section>
      {shown.targets.map((target) => (
        <ReasonsCard key={target.id} target={target} input={inputs.find(({ id }) => id === target.id)} />
      ))}
      <p class="quiet small measure">
        {t("targeting.not-advice")} <a href={`/api/targeting?currency=${currency}`}>JSON</a>
      </p>
    </>
  );
}

/** The slider reaches a tenth above everything that is missing. */
function totalGap(targets: readonly Target[]): bigint {
  const sum = targets.reduce((total, { gap_minor }) => total + BigInt(gap_minor), 0n);
  return (sum * 11n) / 10n + 100n;
}

function Slider({
  label,
  value,
  min,
  max,
  text,
  onInput,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  text: string;
  onInput: (value: number) => void;
}) {
  return (
    <Field
      label={label}
      control={(ids) => (
        <span class="slider">
          <input
            {...ids}
            type="range"
            min={min}
            max={max}
            value={value}
            aria-valuetext={text}
            onInput={(event) => onInput(Number(event.currentTarget.value))}
          />
          <output class="num">{text}</output>
        </span>
      )}
    />
  );
}

function Ranking({
  targets,
  inputs,
  currency,
  chosen,
}: {
  targets: Target[];
  inputs: readonly TargetingInput[];
  currency: string;
  chosen: readonly string[];
}) {
  return (
    <DataTable<Target>
      caption={t("targeting.ranking")}
      rows={targets}
      rowKey={(row) => row.id}
      csv={`targeting-${currency}`}
      empty={null}
      columns={[
        {
          id: "rank",
          header: "#",
          sort: (row) => row.rank ?? 1_000_000,
          text: (row) => String(row.rank ?? ""),
          cell: (row) => row.rank ?? "–",
        },
        {
          id: "name",
          header: t("desk.field-campaign"),
          sort: (row) => nameOf(inputs, row.id),
          text: (row) => nameOf(inputs, row.id),
          cell: (row) => (
            <>
              <a href={`/campaigns/${row.id}`}>{nameOf(inputs, row.id)}</a>{" "}
              {chosen.includes(row.id) ? <Badge tone="ok">{t("targeting.in-budget")}</Badge> : null}
            </>
          ),
        },
        {
          id: "gap",
          header: t("targeting.gap"),
          end: true,
          sort: (row) => BigInt(row.gap_minor),
          text: (row) => formatMoney(row.gap_minor, currency),
          cell: (row) => formatMoney(row.gap_minor, currency),
        },
        {
          id: "unlocked",
          header: t("targeting.unlocked"),
          end: true,
          sort: (row) => BigInt(row.unlocked_minor),
          text: (row) => formatMoney(row.unlocked_minor, currency),
          cell: (row) => formatMoney(row.unlocked_minor, currency),
        },
        {
          id: "gross",
          header: t("targeting.gross"),
          end: true,
          text: (row) => row.marginal?.decimal ?? "",
          cell: (row) => row.marginal?.decimal ?? "–",
        },
        {
          id: "adjusted",
          header: t("targeting.adjusted"),
          end: true,
          text: (row) => row.adjusted?.decimal ?? "",
          cell: (row) => <strong>{row.adjusted?.decimal ?? "–"}</strong>,
        },
        {
          id: "tier",
          header: t("targeting.evidence"),
          sort: (row) => row.tier,
          text: (row) => row.tier,
          cell: (row) => t(`targeting.tier-${row.tier}`),
        },
      ]}
    />
  );
}

function ReasonsCard({ target, input }: { target: Target; input: TargetingInput | undefined }) {
  if (input === undefined) return null;
  return (
    <article class="card stack-s">
      <h3>
        <a href={`/campaigns/${input.id}`}>{input.name}</a>
      </h3>
      <TargetReasons target={target} input={input} />
    </article>
  );
}
