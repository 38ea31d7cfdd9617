/** What was proposed and recorded: waiting first, then by state, with who may decide. */
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { proposalPage, ProposalView } from "../../../../shared/protocol/api/proposal.ts";
import { api, problemText } from "../../../parts/api.ts";
import { Button, LinkButton } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/dialog.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { More } from "../../../parts/more.tsx";
import { Page, Section } from "../../../parts/page.tsx";
import { useMe } from "../../../parts/session.ts";
import { Badge, Banner, Empty, Loaded, type Tone } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { usePages } from "../../../parts/use-pages.ts";
import { useResource } from "../../../parts/use-resource.ts";
import { When } from "../../../parts/values.tsx";
import { type Decision, ReasonDialog } from "../reason-dialog.tsx";
import { EventList, eventLine } from "./event-words.tsx";

const tones: Record<ProposalView["state"], Tone> = {
  waiting: "warning",
  logged: "ok",
  refused: "danger",
  withdrawn: "info",
};
const states = ["waiting", "logged", "refused", "withdrawn"] as const;

export function ProposalsPage() {
  const { path, query } = useLocation();
  const state = states.find((one) => one === query["state"]) ?? "waiting";
  const pages = usePages<z.infer<typeof proposalPage>, ProposalView>(`/api/proposals?state=${state}`, (page) => ({
    items: page.proposals,
    next: page.next,
  }));
  return (
    <Page
      title={t("desk.proposals")}
      lead={t("desk.proposals-lead")}
      actions={<LinkButton href="/console/money/new">{t("desk.record")}</LinkButton>}
    >
      <nav class="tabs" aria-label={t("desk.proposals")}>
        {states.map((one) => (
          <a key={one} href={`${path}?state=${one}`} aria-current={one === state ? "page" : undefined}>
            {t(`desk.state-${one}`)}
          </a>
        ))}
      </nav>
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<ProposalView>
            caption={t(`desk.state-${state}`)}
            rows={pages.items}
            rowKey={(row) => row.id}
            csv={`proposals-${state}`}
            more={<More pages={pages} />}
            empty={<Empty title={t("desk.none-waiting")}>{t("desk.none-waiting-note")}</Empty>}
            columns={[
              {
                id: "what",
                header: t("desk.what"),
                text: (row) => row.events.map(eventLine).join("; "),
                cell: (row) => (
                  <a href={`/console/money/proposals/${row.id}`}>
                    {row.events[0] === undefined ? row.id : eventLine(row.events[0])}
                    {row.events.length > 1 ? ` + ${row.events.length - 1}` : ""}
                  </a>
                ),
              },
              { id: "amount", header: t("desk.field-amount_minor"), end: true, text: amountsText, cell: amountsText },
              {
                id: "by",
                header: t("desk.proposed-by"),
                text: (row) => row.proposed_by,
                cell: (row) => row.proposed_by,
              },
              {
                id: "at",
                header: t("desk.when"),
                sort: (row) => row.proposed_at,
                text: (row) => row.proposed_at,
                cell: (row) => <When at={row.proposed_at} show="relative" />,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}

function amountsText(row: ProposalView): string {
  return row.amounts.map(({ amount_minor, currency }) => formatMoney(amount_minor, currency)).join(" + ") || "–";
}

export function ProposalPage() {
  const { params } = useRoute();
  const base = `/api/proposals/${params["id"] ?? ""}`;
  const proposal = useResource<ProposalView>(base);
  return (
    <Page title={t("desk.proposal")} back={{ href: "/console/money/proposals", label: t("desk.proposals") }}>
      <Loaded resource={proposal}>{(view) => <Detail view={view} base={base} onDone={proposal.reload} />}</Loaded>
    </Page>
  );
}

function Detail({ view, base, onDone }: { view: ProposalView; base: string; onDone: () => void }) {
  const me = useMe();
  const [approving, setApproving] = useState(false);
  const [decision, setDecision] = useState<Decision | null>(null);
  async function approve() {
    const answer = await api.post(`${base}/approve`, { reason: "" });
    setApproving(false);
    toast(answer.ok ? t("desk.approved") : problemText(answer.error));
    onDone();
  }
  const isWaiting = view.state === "waiting";
  return (
    <>
      <p class="row">
        <Badge tone={tones[view.state]}>{t(`desk.state-${view.state}`)}</Badge>
        <strong class="num">{amountsText(view)}</strong>
      </p>
      <dl class="facts">
        <div>
          <dt>{t("desk.proposed-by")}</dt>
          <dd>
            {view.proposed_by} · <When at={view.proposed_at} show="time" />
          </dd>
        </div>
        {view.decided_by === null || view.decided_at === null ? null : (
          <div>
            <dt>{t("desk.decided-by")}</dt>
            <dd>
              {view.decided_by} · <When at={view.decided_at} show="time" />
            </dd>
          </div>
        )}
        {view.note ? (
          <div>
            <dt>{t("desk.note")}</dt>
            <dd>{view.note}</dd>
          </div>
        ) : null}
        {view.reason ? (
          <div>
            <dt>{t("console.reason")}</dt>
            <dd>{view.reason}</dd>
          </div>
        ) : null}
        {view.entry === null ? null : (
          <div>
            <dt>{t("desk.entry")}</dt>
            <dd>
              <a href={`/log?entry=${view.entry.index}`}>{view.entry.index}</a>
            </dd>
          </div>
        )}
      </dl>
      <Section title={t("desk.what")}>
        <EventList events={view.events} />
        {view.texts.map(({ award, text }) => (
          <p key={award} class="prose">
            {text}
          </p>
        ))}
      </Section>
      {isWaiting && view.needs_approval && !view.may_approve ? <Banner>{t("desk.somebody-else")}</Banner> : null}
      {isWaiting ? (
        <div class="row">
          {view.may_approve ? (
            <>
              <Button onClick={() => setApproving(true)}>{t("desk.approve")}</Button>
              <Button
                kind="secondary"
                onClick={() =>
                  setDecision({
                    title: t("desk.refuse"),
                    body: t("desk.refuse-body"),
                    action: t("desk.refuse"),
                    done: t("desk.refused"),
                    path: `${base}/refuse`,
                    danger: true,
                    reasonNeeded: true,
                  })
                }
              >
                {t("desk.refuse")}
              </Button>
            </>
          ) : null}
          {me !== null && me !== undefined && me.name === view.proposed_by && !view.may_approve ? (
            <Button
              kind="secondary"
              onClick={() =>
                setDecision({
                  title: t("desk.withdraw"),
                  body: t("desk.withdraw-body"),
                  action: t("desk.withdraw"),
                  done: t("desk.withdrawn"),
                  path: `${base}/withdraw`,
                  danger: false,
                  reasonNeeded: false,
                })
              }
            >
              {t("desk.withdraw")}
            </Button>
          ) : null}
        </div>
      ) : null}
      <Confirm
        open={approving}
        title={t("desk.approve")}
        action={t("desk.approve")}
        danger={false}
        onConfirm={approve}
        onClose={() => setApproving(false)}
      >
        <p>{t("desk.approve-body", { amount: amountsText(view) })}</p>
      </Confirm>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={onDone} />
    </>
  );
}
