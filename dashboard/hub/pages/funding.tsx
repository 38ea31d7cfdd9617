/** All money of this hub: one sentence and one number first, then where it came from, where it is and what it did. */
import type { FundingOverview, LoanBook } from "../../../shared/protocol/api/capital.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { formatDate, formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Empty, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { AwardTable } from "../funding/award-table.tsx";
import { FlowSection } from "../funding/flow-section.tsx";
import { FundTable } from "../funding/fund-table.tsx";
import { OpenData } from "../funding/open-data.tsx";
import { StageSeriesSection } from "../funding/stage-series.tsx";
import { StagesEquation } from "../funding/stages-equation.tsx";
import { useLocation } from "preact-iso";

export function FundingPage() {
  const funding = useResource<FundingOverview>("/api/funding");
  const view = funding.data;
  return (
    <Page
      title={t("funding.title")}
      lead={view === null || view.currencies.length === 0 ? undefined : sentence(view)}
      under={view === null ? undefined : <AsOf size={view.log.size} />}
      actions={<LinkButton href="/targeting">{t("funding.where-next")}</LinkButton>}
    >
      <Loaded resource={funding} skeleton={<Skeleton kind="chart" />}>
        {(overview) =>
          overview.currencies.length === 0 ? (
            <Empty title={t("funding.none")}>{t("funding.none-note")}</Empty>
          ) : (
            <Content overview={overview} />
          )
        }
      </Loaded>
    </Page>
  );
}

function sentence(view: FundingOverview): string {
  const moved = view.currencies
    .filter(({ disbursed_minor }) => disbursed_minor !== "0")
    .map(({ disbursed_minor, currency }) => formatMoney(disbursed_minor, currency, { whole: true }));
  const waiting = view.currencies
    .filter(({ reserved_minor }) => reserved_minor !== "0")
    .map(({ reserved_minor, currency }) => formatMoney(reserved_minor, currency, { whole: true }));
  const list = new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" });
  return [
    t("funding.sentence", { moved: list.format(moved) || "0", awards: view.awards, funders: view.funders }),
    waiting.length === 0 ? "" : t("funding.sentence-waiting", { waiting: list.format(waiting) }),
  ].join(" ");
}

function Content({ overview }: { overview: FundingOverview }) {
  const { query } = useLocation();
  const currency =
    overview.currencies.find((one) => one.currency === query["currency"])?.currency ??
    overview.currencies[0]?.currency ??
    "";
  const stages = overview.currencies.find((one) => one.currency === currency);
  const { converted } = overview;
  return (
    <>
      <FlowSection overview={overview} />
      {stages === undefined ? null : (
        <Section title={t("funding.stages", { currency })}>
          <StagesEquation stages={stages} />
        </Section>
      )}
      {converted === null ? null : (
        <Section title={t("funding.converted")}>
          <Stats>
            <Stat
              label={t("funding.stage-received")}
              value={<Money minor={converted.received_minor} currency={converted.currency} whole />}
            />
            <Stat
              label={t("funding.stage-awarded")}
              value={<Money minor={converted.awarded_minor} currency={converted.currency} whole />}
            />
            <Stat
              label={t("funding.stage-disbursed")}
              value={<Money minor={converted.disbursed_minor} currency={converted.currency} whole />}
            />
          </Stats>
          <p class="quiet small">
            {t("funding.converted-note", { source: converted.source, date: formatDate(converted.rates_date) })}{" "}
            {converted.missing.length > 0
              ? t("overview.unconverted", { currencies: converted.missing.join(", ") })
              : ""}
          </p>
        </Section>
      )}
      <StageSeriesSection currency={currency} />
      <Loans currency={currency} />
      <Section title={t("funding.funds")} aside={<a href="/funds">{t("funding.all-funds")}</a>}>
        <FundTable />
        <p class="small">
          <a href="/allocations">{t("matching.title")}</a>
        </p>
      </Section>
      <Section title={t("funding.latest")} aside={<a href="/awards">{t("funding.all-awards")}</a>}>
        <AwardTable path="/api/awards?limit=10" />
      </Section>
      <OpenData />
    </>
  );
}

function Loans({ currency }: { currency: string }) {
  const book = useResource<LoanBook>(`/api/loans?currency=${currency}`).data;
  if (book === null || book.disbursed_minor === "0") return null;
  return (
    <Section title={t("funding.loans")}>
      <p class="quiet measure">{t("funding.loans-note")}</p>
      <Stats>
        <Stat label={t("funding.lent")} value={<Money minor={book.disbursed_minor} currency={currency} whole />} />
        <Stat label={t("funding.repaid")} value={<Money minor={book.repaid_minor} currency={currency} whole />} />
        <Stat
          label={t("funding.outstanding")}
          value={<Money minor={book.outstanding_minor} currency={currency} whole />}
        />
        <Stat label={t("funding.overdue")} value={<Money minor={book.overdue_minor} currency={currency} whole />} />
        <Stat label={t("funding.lost")} value={<Money minor={book.written_off_minor} currency={currency} whole />} />
        {book.recycling === null ? null : (
          <Stat label={t("funding.recycling")} value={book.recycling.decimal} note={t("funding.recycling-note")} />
        )}
      </Stats>
    </Section>
  );
}
