/** Communities that ask to join: what they say, and the keys to compare with the steward over another channel. */
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { joinList, JoinRequest } from "../../../shared/protocol/api/console.ts";
import { Button } from "../../parts/button.tsx";
import { formatLanguage } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity, Region, When } from "../../parts/values.tsx";
import { type Decision, ReasonDialog } from "./reason-dialog.tsx";

export function JoinsPage() {
  const joins = useResource<z.infer<typeof joinList>>("/api/joins", { every: 20_000 });
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Page title={t("console.joins")} lead={t("joins.lead")}>
      <Loaded resource={joins}>
        {({ joins: list }) =>
          list.length === 0 ? (
            <Empty title={t("joins.empty")}>{t("joins.empty-note", { url: location.origin })}</Empty>
          ) : (
            <div class="stack">
              {list.map((join) => (
                <JoinCard key={join.origin} join={join} onDecide={setDecision} />
              ))}
            </div>
          )
        }
      </Loaded>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={joins.reload} />
    </Page>
  );
}

function JoinCard({ join, onDecide }: { join: JoinRequest; onDecide: (decision: Decision) => void }) {
  const base = `/api/joins/${encodeURIComponent(join.origin)}`;
  return (
    <article class="card">
      <div class="row row-apart">
        <h2>{join.name}</h2>
        <span class="quiet small">
          <When at={join.received_at} show="relative" />
        </span>
      </div>
      <dl class="facts">
        <div>
          <dt>{t("community.address")}</dt>
          <dd>
            <a href={join.url}>{join.origin}</a>
          </dd>
        </div>
        <div>
          <dt>{t("communities.region")}</dt>
          <dd>
            <Region code={join.region} />
          </dd>
        </div>
        <div>
          <dt>{t("communities.members")}</dt>
          <dd>
            <Quantity value={join.members_declared} /> <span class="quiet">{t("community.declared")}</span>
          </dd>
        </div>
        <div>
          <dt>{t("community.languages")}</dt>
          <dd>{join.languages.map(formatLanguage).join(", ")}</dd>
        </div>
        <div>
          <dt>{t("community.report-key")}</dt>
          <dd class="mono">{join.report_kid}</dd>
        </div>
        <div>
          <dt>{t("community.book-key")}</dt>
          <dd class="mono">{join.book_vkey}</dd>
        </div>
      </dl>
      <p class="quiet small measure">{t("joins.compare")}</p>
      <div class="row">
        <Button
          onClick={() =>
            onDecide({
              title: t("joins.admit-title", { name: join.name }),
              body: t("joins.admit-body"),
              action: t("joins.admit"),
              done: t("joins.admitted", { name: join.name }),
              path: `${base}/admit`,
              danger: false,
              reasonNeeded: false,
            })
          }
        >
          {t("joins.admit")}
        </Button>
        <Button
          kind="secondary"
          onClick={() =>
            onDecide({
              title: t("joins.decline-title", { name: join.name }),
              body: t("joins.decline-body"),
              action: t("joins.decline"),
              done: t("joins.declined", { name: join.name }),
              path: `${base}/decline`,
              danger: true,
              reasonNeeded: true,
            })
          }
        >
          {t("joins.decline")}
        </Button>
      </div>
    </article>
  );
}
