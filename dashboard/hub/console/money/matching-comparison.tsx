/** What each method comes to for the same pool, a campaign a row and a method a column. */
import type { MatchingEstimate, MatchingParams } from "../../../../shared/protocol/api/matching.ts";
import { Button } from "../../../parts/button.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Section } from "../../../parts/page.tsx";
import { Banner } from "../../../parts/states.tsx";
import { ExcludedTable } from "../../funding/matching-result.tsx";

export interface Compared {
  method: MatchingParams["method"];
  estimate: MatchingEstimate | null;
  /** in words, when it was refused */
  refused: string | null;
}

interface Line {
  campaign: string;
  name: string;
}

export function MatchingComparison({
  compared,
  chosen,
  onChoose,
}: {
  compared: readonly Compared[];
  chosen: MatchingEstimate | null;
  onChoose: (estimate: MatchingEstimate) => void;
}) {
  const made = compared.flatMap(({ method, estimate }) => (estimate === null ? [] : [{ method, estimate }]));
  const inputs = made[0]?.estimate.inputs;
  if (inputs === undefined) return null;
  const { currency } = inputs;
  const rows: Line[] = inputs.campaigns.map(({ target }) => ({ campaign: target.id, name: target.name }));
  const amountOf = (estimate: MatchingEstimate, campaign: string): bigint | null => {
    const line = estimate.run.results.find((one) => one.campaign === campaign);
    return line === undefined ? null : BigInt(line.amount_minor);
  };
  const text = (estimate: MatchingEstimate, { campaign }: Line): string => {
    const amount = amountOf(estimate, campaign);
    return amount === null ? "–" : formatMoney(amount, currency);
  };
  return (
    <>
      <Section title={t("matching.who")}>
        <DataTable<Line>
          caption={t("matching.who")}
          rows={rows}
          rowKey={(row) => row.campaign}
          csv="matching"
          empty={<p class="quiet">{t("matching.nobody")}</p>}
          columns={[
            {
              id: "campaign",
              header: t("desk.field-campaign"),
              sort: (row) => row.name,
              text: (row) => row.name,
              cell: (row) => <a href={`/campaigns/${row.campaign}`}>{row.name}</a>,
            },
            ...made.map(({ method, estimate }) => ({
              id: method,
              header: t(`matching.method-${method}`),
              end: true,
              sort: (row: Line) => amountOf(estimate, row.campaign) ?? -1n,
              text: (row: Line) => text(estimate, row),
              cell: (row: Line) => text(estimate, row),
            })),
          ]}
        />
        <div class="stack">
          {compared.map(({ method, estimate, refused }) => (
            <article class="card stack-s" key={method}>
              <h3>{t(`matching.method-${method}`)}</h3>
              <p class="quiet">{t(`matching.method-${method}-note`)}</p>
              {estimate === null ? (
                <Banner tone="warning">{refused}</Banner>
              ) : (
                <div class="row row-apart">
                  <span>
                    {t("matching.left")}: <strong>{formatMoney(estimate.run.undistributed_minor, currency)}</strong>
                  </span>
                  <Button kind={chosen === estimate ? "primary" : "secondary"} onClick={() => onChoose(estimate)}>
                    {t("matching.choose")}
                  </Button>
                </div>
              )}
            </article>
          ))}
        </div>
      </Section>
      <Section title={t("matching.not-who")}>
        {made.map(({ method, estimate }) => (
          <div class="stack-s" key={method}>
            <h3>{t(`matching.method-${method}`)}</h3>
            <ExcludedTable run={estimate.run} inputs={estimate.inputs} csv={`matching-${method}-excluded`} />
          </div>
        ))}
      </Section>
    </>
  );
}
