/** /funder: a funder's own funds, promises and awards, what is due to come back, and saying what it might give. */
import { useState } from "preact/hooks";
import type { FunderDesk } from "../../../shared/protocol/api/party.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { IntentionForm } from "../funder/intention-form.tsx";
import { OwnAwards, OwnCommitments, OwnIntentions, OwnRepayments } from "../funder/own-tables.tsx";

export function FunderDeskPage() {
  return (
    <NeedsMe title={t("funder-desk.title")} roles={["funder"]}>
      {() => <Desk />}
    </NeedsMe>
  );
}

function Desk() {
  const desk = useResource<FunderDesk>("/api/funder");
  const [isSaying, setSaying] = useState(false);
  return (
    <Page
      title={t("funder-desk.title")}
      heading={desk.data?.funder.name}
      lead={t("funder-desk.lead")}
      actions={
        <>
          <Button onClick={() => setSaying(true)}>{t("funder-desk.say")}</Button>
          <LinkButton kind="secondary" href="/targeting">
            {t("funder-desk.where")}
          </LinkButton>
          <LinkButton kind="secondary" href="/alerts">
            {t("alerts.title")}
          </LinkButton>
        </>
      }
    >
      <Loaded resource={desk}>
        {(view) => (
          <>
            <Section title={t("funder-desk.funds")}>
              {view.funds.length === 0 ? (
                <Empty title={t("funder-desk.no-funds")}>{t("funder-desk.no-funds-note")}</Empty>
              ) : (
                view.funds.map((fund) => <Fund key={fund.id} fund={fund} />)
              )}
            </Section>
            <OwnCommitments rows={view.commitments} />
            <OwnAwards rows={view.awards} />
            <OwnRepayments rows={view.due} />
            <OwnIntentions rows={view.intentions} />
            <Section title={t("funder-desk.statements")}>
              {view.years.length === 0 ? (
                <p class="quiet">{t("funder-desk.no-statements")}</p>
              ) : (
                <>
                  <p class="quiet">{t("funder-desk.statements-note")}</p>
                  <div class="row">
                    {view.years.map((year) => (
                      <a key={year} href={`/api/funder/statement.csv?year=${String(year)}`} download>
                        {t("funder-desk.statement", { year: String(year) })}
                      </a>
                    ))}
                  </div>
                </>
              )}
            </Section>
          </>
        )}
      </Loaded>
      <Dialog open={isSaying} title={t("funder-desk.say")} onClose={() => setSaying(false)}>
        <IntentionForm
          onDone={() => {
            setSaying(false);
            desk.reload();
          }}
        />
      </Dialog>
    </Page>
  );
}

function Fund({ fund: { id, name, stages, currency } }: { fund: FunderDesk["funds"][number] }) {
  return (
    <article class="card">
      <h3>
        <a href={`/funds/${encodeURIComponent(id)}`}>{name}</a>
      </h3>
      <Stats>
        <Stat label={t("funder-desk.available")} value={<Money minor={stages.available_minor} currency={currency} />} />
        <Stat label={t("funder-desk.reserved")} value={<Money minor={stages.reserved_minor} currency={currency} />} />
        <Stat label={t("funder-desk.paid")} value={<Money minor={stages.disbursed_minor} currency={currency} />} />
        <Stat
          label={t("funder-desk.outstanding")}
          value={<Money minor={stages.outstanding_minor} currency={currency} />}
        />
      </Stats>
    </article>
  );
}
