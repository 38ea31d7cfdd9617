/** One award: what was decided, what must be true before it is paid and what the log shows of that, what came back. */
import { useRoute } from "preact-iso";
import type { AwardDetail, ConditionView } from "../../../shared/protocol/api/capital.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney, formatQuantity, formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Badge, Banner, Loaded, Progress, Skeleton, type Tone } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { stateTones, stateWords } from "../funding/award-table.tsx";
import { TransferTable } from "../funding/transfer-table.tsx";

export function AwardPage() {
  const { params } = useRoute();
  const id = encodeURIComponent(params["id"] ?? "");
  const award = useResource<AwardDetail>(`/api/awards/${id}`);
  const view = award.data;
  return (
    <Page
      title={view?.title ?? t("funding.award")}
      back={{ href: "/awards", label: t("funding.awards") }}
      lead={
        view === null ? undefined : (
          <>
            <Badge tone={stateTones[view.state]}>{stateWords(view)}</Badge>{" "}
            {t("funding.award-sentence", {
              amount: formatMoney(view.amount_minor, view.currency),
              instrument: t(`desk.instrument-${view.instrument}`),
              recipient: view.recipient.name,
              fund: view.fund.name,
            })}
          </>
        )
      }
      under={view === null ? undefined : <AsOf size={view.log.size} href={`/log?entry=${view.entry.index}`} />}
    >
      <Loaded resource={award} skeleton={<Skeleton kind="card" />}>
        {(loaded) => (
          <>
            {loaded.demo ? <Banner tone="info">{t("funding.demo")}</Banner> : null}
            <Amounts award={loaded} />
            {loaded.text ? <p class="prose">{loaded.text}</p> : null}
            <Conditions award={loaded} />
            <Plan award={loaded} />
            <Facts award={loaded} />
            <Section title={t("funding.transfers")}>
              <TransferTable path={`/api/transfers?award=${id}`} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const amounts = [
  "reserved",
  "payable",
  "disbursed",
  "released",
  "outstanding",
  "repaid",
  "interest",
  "written_off",
] as const;

function Amounts({ award }: { award: AwardDetail }) {
  const shown = amounts.filter((name) => award[`${name}_minor`] !== "0");
  if (shown.length === 0) return null;
  return (
    <Stats>
      {shown.map((name) => (
        <Stat
          key={name}
          label={t(`funding.amount-${name}`)}
          value={<Money minor={award[`${name}_minor`]} currency={award.currency} />}
        />
      ))}
    </Stats>
  );
}

const tones: Record<ConditionView["state"], Tone> = { open: "warning", met: "ok", failed: "danger", waived: "info" };

function Conditions({ award }: { award: AwardDetail }) {
  if (award.conditions.length === 0) return null;
  return (
    <Section title={t("funding.conditions")}>
      <p class="quiet measure">{t("funding.conditions-note")}</p>
      {award.conditions.map((condition, at) => (
        <article key={at} class="card stack-s">
          <p>
            <Badge tone={tones[condition.state]}>{t(`funding.condition-${condition.state}`)}</Badge>{" "}
            {conditionText(condition, award)}
          </p>
          <Now condition={condition} />
          {condition.settled_at === null ? null : (
            <p class="small quiet">
              {condition.reason}{" "}
              <a href={`/log?entry=${condition.settled_at}`}>
                {t("funding.proven-by", { index: condition.settled_at })}
              </a>
            </p>
          )}
        </article>
      ))}
    </Section>
  );
}

function conditionText({ terms }: ConditionView, award: AwardDetail): string {
  switch (terms.kind) {
    case "milestone":
      return t("funding.says-milestone", { text: terms.text, date: formatDate(terms.by) });
    case "date":
      return t("funding.says-date", { date: formatDate(terms.on) });
    case "match":
      return t("funding.says-match", {
        amount: formatMoney(terms.min_minor, award.currency),
        date: formatDate(terms.by),
      });
    case "demand":
      return t("funding.says-demand", {
        units: formatQuantity(terms.min_units),
        stage: t(`desk.condition-stage-${terms.stage}`),
        price:
          terms.at_price_minor === null
            ? t("desk.condition-any-price")
            : formatMoney(terms.at_price_minor, award.currency),
        communities: terms.min_communities,
        days: terms.hold_days,
        date: formatDate(terms.by),
      });
  }
}

/** What the log shows at this moment, and for how long it has. */
function Now({ condition }: { condition: ConditionView }) {
  const { terms, now, state } = condition;
  if (terms.kind !== "demand" || now === null || state !== "open") return null;
  const held = now.held_since === null ? 0 : Math.floor((Date.now() - Date.parse(now.held_since)) / 86_400_000);
  return (
    <div class="stack-s">
      <Progress
        label={t("funding.units-now")}
        value={Number(BigInt(now.units) > BigInt(terms.min_units) ? terms.min_units : now.units)}
        max={Number(terms.min_units)}
        detail={t("funding.units-of", { units: formatQuantity(now.units), all: formatQuantity(terms.min_units) })}
      />
      <p class="small">
        {now.held_since === null
          ? t("funding.not-yet")
          : t("funding.held", {
              days: Math.min(held, terms.hold_days),
              all: terms.hold_days,
              date: formatDate(now.held_since),
            })}{" "}
        {now.held_since_index === null ? null : (
          <a href={`/log?entry=${now.held_since_index}`}>{t("funding.since-entry", { index: now.held_since_index })}</a>
        )}
      </p>
    </div>
  );
}

function Plan({ award }: { award: AwardDetail }) {
  type Line = AwardDetail["schedule"][number];
  if (award.schedule.length === 0) return null;
  const money = (value: string) => formatMoney(value, award.currency);
  return (
    <Section title={t("desk.plan")}>
      <DataTable<Line>
        caption={t("desk.plan")}
        rows={award.schedule}
        rowKey={(row) => row.due_on}
        csv={`plan-${award.id}`}
        empty={null}
        columns={[
          { id: "due", header: t("funding.due"), text: (row) => row.due_on, cell: (row) => formatDate(row.due_on) },
          {
            id: "principal",
            header: t("desk.field-principal_minor"),
            end: true,
            text: (row) => money(row.principal_minor),
            cell: (row) => money(row.principal_minor),
          },
          {
            id: "interest",
            header: t("desk.field-interest_minor"),
            end: true,
            text: (row) => money(row.interest_minor),
            cell: (row) => money(row.interest_minor),
          },
          {
            id: "paid",
            header: t("funding.paid"),
            end: true,
            text: (row) => money(row.paid_minor),
            cell: (row) => money(row.paid_minor),
          },
          {
            id: "state",
            header: t("funding.state"),
            text: (row) => row.state,
            cell: (row) => (
              <Badge tone={row.state === "overdue" ? "danger" : row.state === "paid" ? "ok" : "info"}>
                {t(`funding.line-${row.state}`)}
              </Badge>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Facts({ award }: { award: AwardDetail }) {
  return (
    <Section title={t("funding.facts")}>
      <dl class="facts">
        <div>
          <dt>{t("funding.recipient")}</dt>
          <dd>
            <a href={`/recipients/${encodeURIComponent(award.recipient.id)}`}>{award.recipient.name}</a>{" "}
            {award.recipient.org_id === null ? null : <span class="mono quiet">{award.recipient.org_id}</span>}
          </dd>
        </div>
        <div>
          <dt>{t("funding.fund")}</dt>
          <dd>
            <a href={`/funds/${encodeURIComponent(award.fund.id)}`}>{award.fund.name}</a>
          </dd>
        </div>
        {award.campaign === null ? null : (
          <div>
            <dt>{t("desk.field-campaign")}</dt>
            <dd>
              <a href={`/campaigns/${award.campaign.id}`}>{award.campaign.name}</a>
            </dd>
          </div>
        )}
        <div>
          <dt>{t("desk.award-use")}</dt>
          <dd>{t(`desk.use-${award.use}`)}</dd>
        </div>
        <div>
          <dt>{t("funding.decided")}</dt>
          <dd>{formatDate(award.decided_on)}</dd>
        </div>
        {award.region === null ? null : (
          <div>
            <dt>{t("desk.award-region")}</dt>
            <dd>{formatRegion(award.region)}</dd>
          </div>
        )}
        {award.subsidy === null ? null : (
          <div>
            <dt>{t("desk.subsidy-per-unit")}</dt>
            <dd>
              {formatMoney(award.subsidy.per_unit_minor, award.currency)} ·{" "}
              {t("funding.units-of", {
                units: formatQuantity(award.subsidy.paid_units),
                all: formatQuantity(award.subsidy.max_units),
              })}
            </dd>
          </div>
        )}
        {award.token === null ? null : (
          <div>
            <dt>{t("desk.token-asset")}</dt>
            <dd class="mono">
              {award.token.amount} × 10⁻{award.token.decimals} {award.token.asset}
            </dd>
          </div>
        )}
        {award.is_pri ? (
          <div>
            <dt>PRI</dt>
            <dd>{t("desk.award-pri")}</dd>
          </div>
        ) : null}
        {award.demand === null ? null : (
          <div>
            <dt>{t("funding.demand-then")}</dt>
            <dd>
              {t("funding.demand-then-text", {
                units: formatQuantity(award.demand.units),
                accounts: award.demand.accounts,
                size: award.demand.size,
              })}
            </dd>
          </div>
        )}
        {award.parent === null ? null : (
          <div>
            <dt>{t("desk.award-parent")}</dt>
            <dd>
              <a href={`/awards/${encodeURIComponent(award.parent)}`}>{award.parent}</a>
            </dd>
          </div>
        )}
      </dl>
      <p>
        <a href={`/log/entries/${award.entry.leaf}.tlog-proof`} download>
          {t("campaign.proof-file")}
        </a>
      </p>
    </Section>
  );
}
