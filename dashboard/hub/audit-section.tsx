/** What an audit of this community has shown, in words that claim no more than that; failed and unanswered ones alike. */
import type { AuditSummary } from "../../shared/protocol/api/network.ts";
import { t } from "../parts/i18n.ts";
import { Section } from "../parts/page.tsx";
import { Badge, Banner } from "../parts/states.tsx";
import { When } from "../parts/values.tsx";

export function AuditSection({ audits }: { audits: AuditSummary | null }) {
  return (
    <Section title={t("audit.title")}>
      {audits?.last ? <Last last={audits.last} /> : null}
      {audits?.last || audits?.open ? null : <p class="quiet">{t("audit.none")}</p>}
      {audits?.open ? (
        <p>
          {t("audit.open", { n: audits.open.drawn })} <When at={audits.open.due} show="time" />
          {audits.open.answered ? ` · ${t("audit.open-answered")}` : null}
        </p>
      ) : null}
      {audits?.last ? (
        <p class="small">
          {t("audit.counts", { ok: audits.ok, failed: audits.failed, unanswered: audits.unanswered })}
          {audits.unjudged > 0 ? ` ${t("audit.unjudged-count", { n: audits.unjudged })}` : null}
        </p>
      ) : null}
      <p class="small quiet measure">{t("audit.not-shown")}</p>
    </Section>
  );
}

function Last({ last }: { last: NonNullable<AuditSummary["last"]> }) {
  const { outcome, drawn, opened, gone, codes, at, index } = last;
  const numbers = { drawn, opened, gone };
  return (
    <>
      {outcome === "ok" ? (
        <p class="measure">
          <Badge tone="ok">{t("audit.badge-ok")}</Badge> {t("audit.ok", numbers)}
        </p>
      ) : (
        <Banner tone="danger" title={t(`audit.badge-${outcome}`)}>
          {t(`audit.${outcome}`, numbers)}
          {codes.length === 0 ? null : (
            <ul>
              {codes.map((code) => (
                <li key={code}>{t(`audit.code-${code}`)}</li>
              ))}
            </ul>
          )}
        </Banner>
      )}
      {gone > 0 ? <p class="measure">{t("audit.gone", { n: gone })}</p> : null}
      <p class="small">
        <a href={`/log?entry=${index}`}>{t("audit.entry")}</a> <When at={at} show="time" />
      </p>
    </>
  );
}
