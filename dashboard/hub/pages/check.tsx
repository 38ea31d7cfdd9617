/** How we count: run the recount here, see each check in words; what is proven to whom and what is not; tools and downloads. */
import { ScanSearch } from "lucide";

import type { HubDescriptor } from "../../../shared/protocol/well-known.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Banner } from "../../parts/states.tsx";
import { RecountOutcome } from "../../parts/recount-outcome.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { forgetLog, remembered, runRecount, useRecount } from "../recount.ts";

export function CheckPage() {
  const recount = useRecount();
  const hub = useResource<HubDescriptor>("/.well-known/cocoon.json").data;
  const known = remembered()?.vkey;
  const running = recount.check.state === "running";
  return (
    <Page title={t("check-page.title")} lead={t("check-page.lead")}>
      <section class="card" aria-label={t("check-page.run")}>
        <div class="row row-apart">
          <h2>{t("check-page.run")}</h2>
          <Button busy={running} onClick={() => runRecount()}>
            <Icon node={ScanSearch} />
            {t(recount.report || recount.at ? "check-page.again" : "check-page.start")}
          </Button>
        </div>
        <p class="quiet measure">{t("check-page.run-note")}</p>
        <p class="quiet measure">{t("check-page.books-note")}</p>
        <p>
          <Button kind="secondary" busy={running} onClick={() => runRecount({ books: true })}>
            {t("check-page.with-books")}
          </Button>
        </p>
        <RecountOutcome recount={recount} />
      </section>
      <Section title={t("check-page.proven")}>
        <div class="proofs">
          {(["member", "community", "anyone"] as const).map((who) => (
            <article key={who} class="stack-s">
              <h3>{t(`proof.${who}`)}</h3>
              <p>{t(`proof.${who}-note`)}</p>
            </article>
          ))}
        </div>
        <ul class="list">
          {readings.map(({ href, text }) => (
            <li key={href}>
              <a href={href}>{t(text)}</a>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t("check-page.command")}>
        <p class="measure">{t("check-page.command-note")}</p>
        <Copy text={`npm run verify -- ${location.origin} --books`} label={t("check-page.command")} />
        {hub ? (
          <>
            <p class="measure">{t("check-page.key-note")}</p>
            <Copy text={hub.log.vkey} label={t("check-page.key")} />
          </>
        ) : null}
        {known !== undefined && hub && known !== hub.log.vkey ? (
          <Banner
            tone="danger"
            title={t("check-page.key-changed")}
            action={
              <Button
                kind="secondary"
                onClick={() => {
                  forgetLog();
                  runRecount();
                }}
              >
                {t("check-page.key-forget")}
              </Button>
            }
          >
            {t("check-page.key-changed-note")}
          </Banner>
        ) : null}
      </Section>
      <Section title={t("check-page.downloads")}>
        <ul class="list">
          {downloads.map(({ id, href }) => (
            <li key={id}>
              <div class="list-main">
                <a href={href}>{t(`download.${id}`)}</a>
                <p class="quiet small">{t(`download.${id}-note`)}</p>
              </div>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}

const readings = [
  { href: "/guarantees", text: "guarantees.link" },
  { href: "/witnesses", text: "guarantees.witnesses" },
  { href: "/evidence", text: "evidence.title" },
] as const;

const downloads = [
  { id: "log", href: "/log" },
  { id: "checkpoint", href: "/log/checkpoint" },
  { id: "totals", href: "/log/totals" },
  { id: "network", href: "/api/network" },
] as const;
