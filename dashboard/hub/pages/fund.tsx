/** One fund: what it is for, what it received, what it holds, what it gave, and who promised more. */
import { useRoute } from "preact-iso";
import type { CommitmentView, FundDetail } from "../../../shared/protocol/api/capital.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { formatDate, formatMoney, formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Badge, Banner, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { AwardTable } from "../funding/award-table.tsx";
import { MatchingEstimateSection } from "../funding/matching-estimate.tsx";
import { StagesEquation } from "../funding/stages-equation.tsx";

export function FundPage() {
  const { params } = useRoute();
  const id = encodeURIComponent(params["id"] ?? "");
  const fund = useResource<FundDetail>(`/api/funds/${id}`);
  const view = fund.data;
  return (
    <Page
      title={view?.name ?? t("funding.fund")}
      back={{ href: "/funds", label: t("funding.funds") }}
      lead={
        view === null
          ? undefined
          : t("funding.fund-sentence", {
              received: formatMoney(view.stages.received_minor, view.currency, { whole: true }),
              disbursed: formatMoney(view.stages.disbursed_minor, view.currency, { whole: true }),
              awards: view.awards,
            })
      }
      under={view === null ? undefined : <AsOf size={view.log.size} href={`/log?entry=${view.entry.index}`} />}
    >
      <Loaded resource={fund} skeleton={<Skeleton kind="card" />}>
        {(loaded) => (
          <>
            <Source fund={loaded} />
            <StagesEquation stages={loaded.stages} />
            <Purpose fund={loaded} />
            <Promises rows={loaded.commitments} />
            {loaded.source === null && loaded.status === "open" ? <MatchingEstimateSection fund={loaded.id} /> : null}
            <Section title={t("funding.awards")}>
              <AwardTable path={`/api/awards?fund=${id}&limit=50`} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Source({ fund }: { fund: FundDetail }) {
  if (fund.demo) return <Banner tone="info">{t("funding.demo")}</Banner>;
  if (fund.source === null) return null;
  const { title, publisher, url, licence } = fund.source;
  return (
    <Banner tone="info" title={t("funding.historical")}>
      {t("funding.source", { title, publisher })} <a href={url}>{url}</a> · <a href={licence}>{t("funding.licence")}</a>
    </Banner>
  );
}

function Purpose({ fund }: { fund: FundDetail }) {
  const { restriction, currency } = fund;
  const { uses, instruments, regions, from, until, max_award_minor } = restriction;
  return (
    <Section title={t("funding.purpose")}>
      {restriction.purpose ? <p class="prose">{restriction.purpose}</p> : null}
      <dl class="facts">
        {fund.funder === null ? null : (
          <div>
            <dt>{t("funding.funder")}</dt>
            <dd>
              <a href={`/funders/${encodeURIComponent(fund.funder.id)}`}>{fund.funder.name}</a>
            </dd>
          </div>
        )}
        {uses === undefined ? null : (
          <div>
            <dt>{t("desk.fund-uses")}</dt>
            <dd>{uses.map((use) => t(`desk.use-${use}`)).join(", ")}</dd>
          </div>
        )}
        {instruments === undefined ? null : (
          <div>
            <dt>{t("desk.fund-instruments")}</dt>
            <dd>{instruments.map((one) => t(`desk.instrument-${one}`)).join(", ")}</dd>
          </div>
        )}
        {regions === undefined ? null : (
          <div>
            <dt>{t("desk.fund-regions")}</dt>
            <dd>{regions.map(formatRegion).join(", ")}</dd>
          </div>
        )}
        {from === undefined && until === undefined ? null : (
          <div>
            <dt>{t("funding.period")}</dt>
            <dd>
              {from === undefined ? "" : formatDate(from)} – {until === undefined ? "" : formatDate(until)}
            </dd>
          </div>
        )}
        {max_award_minor === undefined ? null : (
          <div>
            <dt>{t("desk.fund-most")}</dt>
            <dd>{formatMoney(max_award_minor, currency)}</dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

function Promises({ rows }: { rows: CommitmentView[] }) {
  if (rows.length === 0) return null;
  return (
    <Section title={t("funding.promises")}>
      <p class="quiet measure">{t("funding.promises-note")}</p>
      <DataTable<CommitmentView>
        caption={t("funding.promises")}
        rows={rows}
        rowKey={(row) => row.id}
        csv="promises"
        empty={null}
        columns={[
          {
            id: "funder",
            header: t("funding.funder"),
            sort: (row) => row.funder.name,
            text: (row) => row.funder.name,
            cell: (row) => <a href={`/funders/${encodeURIComponent(row.funder.id)}`}>{row.funder.name}</a>,
          },
          {
            id: "promised",
            header: t("funding.promised"),
            end: true,
            text: promisedText,
            cell: promisedText,
          },
          {
            id: "received",
            header: t("funding.stage-received"),
            end: true,
            text: (row) => formatMoney(row.received_minor, row.currency),
            cell: (row) => formatMoney(row.received_minor, row.currency),
          },
          {
            id: "due",
            header: t("funding.due"),
            text: (row) => row.due_on ?? "",
            cell: (row) => (row.due_on === null ? "–" : formatDate(row.due_on)),
          },
          {
            id: "state",
            header: t("funding.state"),
            text: (row) => row.state,
            cell: (row) => (
              <Badge tone={row.overdue ? "warning" : row.state === "received" ? "ok" : "info"}>
                {row.overdue ? t("funding.overdue") : t(`funding.promise-${row.state}`)}
              </Badge>
            ),
          },
        ]}
      />
    </Section>
  );
}

function promisedText(row: CommitmentView): string {
  if (row.amount_minor !== null) return formatMoney(row.amount_minor, row.currency);
  return t("funding.share-of-sales", {
    percent: String((row.share_bps ?? 0) / 100),
    owed: formatMoney(row.owed_minor, row.currency),
  });
}
