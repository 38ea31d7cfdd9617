/** One recipient: what it was given in each currency, and the awards behind the sums. People are never named. */
import { useRoute } from "preact-iso";
import type { RecipientDetail } from "../../../shared/protocol/api/capital.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { formatMoney, formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money, Quantity } from "../../parts/values.tsx";
import { AwardTable } from "../funding/award-table.tsx";

export function RecipientPage() {
  const { params } = useRoute();
  const id = encodeURIComponent(params["id"] ?? "");
  const recipient = useResource<RecipientDetail>(`/api/recipients/${id}`);
  const view = recipient.data;
  return (
    <Page
      title={view?.name ?? t("funding.recipient")}
      back={{ href: "/awards", label: t("funding.awards") }}
      lead={view === null ? undefined : sentence(view)}
      under={view === null ? undefined : <AsOf size={view.log.size} href={`/log?entry=${view.entry.index}`} />}
    >
      <Loaded resource={recipient}>
        {(loaded) => (
          <>
            {loaded.kind === "individual" ? <Banner tone="info">{t("recipient.unnamed")}</Banner> : null}
            {loaded.given.map((line) => (
              <Stats key={line.currency}>
                <Stat
                  label={t("funding.stage-awarded")}
                  value={<Money minor={line.awarded_minor} currency={line.currency} />}
                />
                <Stat
                  label={t("funding.stage-disbursed")}
                  value={<Money minor={line.disbursed_minor} currency={line.currency} />}
                />
                <Stat label={t("funding.awards")} value={<Quantity value={line.awards} />} />
              </Stats>
            ))}
            <Facts recipient={loaded} />
            <Section title={t("funding.awards")}>
              <AwardTable path={`/api/awards?recipient=${id}&limit=50`} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function sentence({ given }: RecipientDetail): string {
  if (given.length === 0) return t("recipient.nothing-yet");
  const list = new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" });
  const sums = (field: "awarded_minor" | "disbursed_minor") =>
    list.format(given.map((line) => formatMoney(line[field], line.currency, { whole: true })));
  return t("recipient.sentence", {
    awarded: sums("awarded_minor"),
    paid: sums("disbursed_minor"),
    awards: given.reduce((sum, { awards }) => sum + awards, 0),
  });
}

function Facts({ recipient }: { recipient: RecipientDetail }) {
  return (
    <dl class="facts">
      <div>
        <dt>{t("funding.kind")}</dt>
        <dd>{t(`desk.choice-${recipient.kind}`)}</dd>
      </div>
      {recipient.org_id === null ? null : (
        <div>
          <dt>{t("desk.field-org_id")}</dt>
          <dd class="mono">{recipient.org_id}</dd>
        </div>
      )}
      {recipient.country === null ? null : (
        <div>
          <dt>{t("desk.field-country")}</dt>
          <dd>{formatRegion(recipient.country)}</dd>
        </div>
      )}
      {recipient.origin === null ? null : (
        <div>
          <dt>{t("nav.communities")}</dt>
          <dd>
            <a href={`/communities/${encodeURIComponent(recipient.origin)}`}>{recipient.origin}</a>
          </dd>
        </div>
      )}
    </dl>
  );
}
