/** One funder: what it gave and promised, its funds, and the awards made from them. */
import { useRoute } from "preact-iso";
import type { FunderView } from "../../../shared/protocol/api/capital.ts";
import { formatMoney } from "../../parts/format.ts";
import { t, type MessageKey } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { AwardTable } from "../funding/award-table.tsx";

export function FunderPage() {
  const { params } = useRoute();
  const id = encodeURIComponent(params["id"] ?? "");
  const funder = useResource<FunderView>(`/api/funders/${id}`);
  const view = funder.data;
  return (
    <Page
      title={view?.name ?? t("funding.funder")}
      back={{ href: "/funding", label: t("funding.title") }}
      lead={
        view === null || view.given.length === 0
          ? undefined
          : t("funding.funder-sentence", {
              given: view.given
                .map(({ received_minor, currency }) => formatMoney(received_minor, currency, { whole: true }))
                .join(" + "),
            })
      }
    >
      <Loaded resource={funder}>
        {(loaded) => (
          <>
            {loaded.given.map((line) => (
              <Stats key={line.currency}>
                <Stat
                  label={t("funding.stage-received")}
                  value={<Money minor={line.received_minor} currency={line.currency} />}
                  href={`/transfers?account=${encodeURIComponent(`ext:funder:${loaded.id}`)}`}
                />
                <Stat
                  label={t("funding.promised")}
                  value={<Money minor={line.committed_minor} currency={line.currency} />}
                />
                <Stat
                  label={t("funding.intended")}
                  value={<Money minor={line.intended_minor} currency={line.currency} />}
                />
              </Stats>
            ))}
            <dl class="facts">
              <div>
                <dt>{t("funding.kind")}</dt>
                <dd>{t(`desk.choice-${loaded.kind}` as MessageKey)}</dd>
              </div>
              {loaded.org_id === null ? null : (
                <div>
                  <dt>{t("desk.field-org_id")}</dt>
                  <dd class="mono">{loaded.org_id}</dd>
                </div>
              )}
              {loaded.url === null ? null : (
                <div>
                  <dt>{t("desk.field-url")}</dt>
                  <dd>
                    <a href={loaded.url}>{loaded.url}</a>
                  </dd>
                </div>
              )}
              {loaded.funds.length === 0 ? null : (
                <div>
                  <dt>{t("funding.funds")}</dt>
                  <dd>
                    {loaded.funds.map((fund) => (
                      <a key={fund.id} href={`/funds/${encodeURIComponent(fund.id)}`}>
                        {fund.name}{" "}
                      </a>
                    ))}
                  </dd>
                </div>
              )}
            </dl>
            <Section title={t("funding.awards")}>
              <AwardTable path={`/api/awards?funder=${id}&limit=50`} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
