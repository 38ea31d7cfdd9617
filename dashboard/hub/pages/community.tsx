/** One community: what it says of itself, what is proven, its reports with the hub's verdicts, its keys. */
import { useRoute } from "preact-iso";

import { EQUIVOCATION } from "../../../shared/network/state.ts";
import type { CommunityKeysView } from "../../../shared/protocol/api/keys.ts";
import type { CommunityDetail } from "../../../shared/protocol/api/network.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { BookResets } from "../book-resets.tsx";
import { AuditSection } from "../audit-section.tsx";
import { EvidenceAgainst } from "../../parts/evidence.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate, formatLanguage } from "../../parts/format.ts";
import { hasMessage, t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Badge, Banner, Empty, ErrorBanner, Loaded, Skeleton } from "../../parts/states.tsx";
import { KeyHistory } from "../../parts/key-history.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity, Region, When } from "../../parts/values.tsx";
import { standing } from "../community-table.tsx";
import { AwardTable } from "../funding/award-table.tsx";
import { CheckLine } from "../live.tsx";
import { witnessError } from "../witness/witness-table.tsx";

const back = () => ({ href: "/communities", label: t("nav.communities") });
const verdictTone = { pending: "info", ok: "ok", failed: "danger", reset: "warning", void: "warning" } as const;

export function verdictText(code: string | null): string {
  const key = `verdict.${code ?? ""}`;
  return hasMessage(key) ? t(key) : (code ?? "");
}

/** Reasons are people's own words, but for the one that a rule gives. */
function reasonWords(reason: string): string {
  return reason === EQUIVOCATION ? t("evidence.reason") : reason;
}

export function CommunityPage() {
  const { params } = useRoute();
  const resource = useResource<CommunityDetail>(`/api/communities/${encodeURIComponent(params["origin"] ?? "")}`, {
    every: 30_000,
  });
  const community = resource.data;
  if (community === null) {
    return (
      <Page title={t("nav.communities")} back={back()}>
        {resource.error ? <ErrorBanner error={resource.error} onRetry={resource.reload} /> : <Skeleton />}
      </Page>
    );
  }
  const { tone, key } = standing(community);
  return (
    <Page
      title={community.name}
      back={back()}
      lead={<Region code={community.region} />}
      under={<CheckLine size={community.log.size} />}
    >
      <div class="stack">
        <Banner tone={tone} title={t(`standing.${key}`)}>
          {t(`standing.${key}-note`)}
          {community.reason && community.status !== "admitted"
            ? ` ${t("community.reason", { reason: reasonWords(community.reason) })}`
            : ""}
        </Banner>
        {community.frozen === undefined ? null : (
          <Banner tone="warning" title={t("community.frozen")}>
            {t("community.frozen-note", { due: formatDate(community.frozen.due, "time") })}
            {community.frozen.objected ? ` ${t("community.frozen-objected")}` : ""}
          </Banner>
        )}
      </div>
      <Stats>
        <Stat
          label={t("communities.members")}
          value={<Quantity value={community.members_declared} />}
          note={t("community.declared")}
        />
        <Stat
          label={t("communities.pledges")}
          value={<Quantity value={community.pledges} />}
          note={t("community.proven")}
        />
        <Stat
          label={t("nav.campaigns")}
          value={<Quantity value={community.campaigns} />}
          note={t("community.taking-part")}
        />
      </Stats>
      <Section
        title={t("community.reports")}
        aside={<span class="quiet small">{t("as-of.entry", { size: community.log.size })}</span>}
      >
        <p class="quiet measure">{t("community.reports-note")}</p>
        <DataTable
          caption={t("community.reports")}
          rows={community.reports}
          rowKey={(row) => row.leaf}
          csv={`reports-${community.origin}`}
          pageSize={10}
          empty={<Empty title={t("community.no-reports")}>{t("community.no-reports-note")}</Empty>}
          columns={[
            {
              id: "seq",
              header: t("community.seq"),
              sort: (row) => row.seq,
              text: (row) => String(row.seq),
              cell: (row) => (
                <a href={`/log?entry=${row.index}`}>
                  {t(row.verdict === "reset" ? "community.reset-n" : "community.report-n", { seq: row.seq })}
                </a>
              ),
            },
            {
              id: "at",
              header: t("community.at"),
              sort: (row) => row.at,
              text: (row) => row.at,
              cell: (row) => <When at={row.at} show="time" />,
            },
            {
              id: "book",
              header: t("community.book-size"),
              end: true,
              sort: (row) => row.book_size,
              text: (row) => String(row.book_size),
              cell: (row) => <Quantity value={row.book_size} />,
            },
            {
              id: "verdict",
              header: t("community.verdict"),
              sort: (row) => row.verdict,
              text: (row) => `${row.verdict} ${row.code ?? ""}`.trim(),
              cell: (row) => (
                <>
                  <Badge tone={verdictTone[row.verdict]}>{t(`verdict.${row.verdict}`)}</Badge>
                  {row.code ? <span class="small"> {verdictText(row.code)}</span> : null}
                </>
              ),
            },
          ]}
        />
      </Section>
      <BookResets book={community.book} />
      <AuditSection audits={community.audits} />
      <EvidenceAgainst accused={community.origin} />
      <Section title={t("community.money")}>
        <p class="quiet measure">{t("community.money-note")}</p>
        <AwardTable path={`/api/awards?community=${encodeURIComponent(community.origin)}&limit=25`} />
      </Section>
      <Section title={t("community.about")}>
        <dl class="facts">
          <div>
            <dt>{t("community.address")}</dt>
            <dd>
              <a href={community.url}>{community.origin}</a>
            </dd>
          </div>
          <div>
            <dt>{t("community.languages")}</dt>
            <dd>{community.languages.map(formatLanguage).join(", ")}</dd>
          </div>
          {community.since ? (
            <div>
              <dt>{t("community.since")}</dt>
              <dd>
                <When at={community.since} />
              </dd>
            </div>
          ) : null}
          <div>
            <dt>{t("community.quota")}</dt>
            <dd>
              {t("community.quota-text", {
                seconds: community.quota.report_interval_s,
                entries: community.quota.entries,
              })}
            </dd>
          </div>
          <div>
            <dt>{t("community.witness")}</dt>
            <dd>
              <WitnessWords witness={community.witness} size={community.log.size} />
            </dd>
          </div>
        </dl>
        <Disclosure title={t("community.keys")}>
          <p class="measure">{t("community.keys-note")}</p>
          <Keys origin={community.origin} />
          <dl class="facts">
            <div>
              <dt>{t("community.join-entry")}</dt>
              <dd class="mono">{community.join_leaf ?? "–"}</dd>
            </div>
          </dl>
        </Disclosure>
      </Section>
    </Page>
  );
}

function Keys({ origin }: { origin: string }) {
  const resource = useResource<CommunityKeysView>(`/api/communities/${encodeURIComponent(origin)}/keys`);
  return <Loaded resource={resource}>{({ keys }) => <KeyHistory keys={keys} />}</Loaded>;
}

/** How its word about this hub's log stands: it vouches for the hub, not the hub for it. */
function WitnessWords({ witness, size }: { witness: CommunityDetail["witness"]; size: number }) {
  if (witness === null) return <>{t("community.witness-none")}</>;
  if (witness.size === null || witness.at === null) return <>{t("community.witness-silent")}</>;
  return (
    <>
      {t("community.witness-signed", { size: witness.size, of: size })} <When at={witness.at} />
      {witness.error === null ? null : <span class="quiet small"> ({witnessError(witness.error)})</span>}
    </>
  );
}
