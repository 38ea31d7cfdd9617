/** /run: the first steps of a new community, then a to-do list, then how things stand. */
import { ChevronRight, TriangleAlert } from "lucide";

import type { Community } from "../../../shared/protocol/api/community.ts";
import type { Witnessing } from "../../../shared/protocol/api/witness.ts";
import { LinkButton } from "../../parts/button.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Badge, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity } from "../../parts/values.tsx";
import { useCommunity, useOffered } from "../data.ts";
import { HubStatus } from "../hub-status.tsx";
import { countedLine } from "../trust.tsx";
import { dutiesOf, setupOf, type SetupStep } from "./duties.ts";
import type { MemberPage } from "./members.tsx";
import { StewardPage } from "./steward-page.tsx";

export function RunPage() {
  return (
    <StewardPage title={t("run.title")} lead={t("run.lead")}>
      <Overview />
    </StewardPage>
  );
}

function Overview() {
  const community = useCommunity();
  const invites = useResource<{ invites: unknown[] }>("/api/invites");
  return (
    <Loaded resource={community}>
      {(data) => {
        const steps = setupOf(data, invites.data?.invites.length ?? 0);
        const settingUp = steps.some((step) => !step.done);
        return (
          <>
            {settingUp ? <Setup steps={steps} /> : <Duties community={data} />}
            {data.named ? <Glance community={data} /> : null}
          </>
        );
      }}
    </Loaded>
  );
}

function Setup({ steps }: { steps: SetupStep[] }) {
  const next = steps.find((step) => !step.done);
  const done = steps.filter((step) => step.done).length;
  return (
    <Section
      title={t("run.setup-title")}
      aside={<span class="quiet">{t("run.setup-progress", { done, total: steps.length })}</span>}
    >
      <p class="quiet">{t("run.setup-lead")}</p>
      <ol class="setup">
        {steps.map((step, index) => (
          <li
            key={step.id}
            class={`card setup-step${step.done ? " setup-done" : ""}`}
            aria-current={step === next ? "step" : undefined}
          >
            <span class="setup-number" aria-hidden="true">
              {index + 1}
            </span>
            <div>
              <h3>{t(`run.step-${step.id}`)}</h3>
              <p class="quiet">{t(step.asked ? "run.step-hub-asked" : `run.step-${step.id}-text`)}</p>
            </div>
            {step.done ? (
              <Badge tone="ok">{t("run.step-done")}</Badge>
            ) : (
              <LinkButton kind={step === next ? "primary" : "secondary"} href={step.href}>
                {t(`run.step-${step.id}-do`)}
              </LinkButton>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Duties({ community }: { community: Community }) {
  const offered = useOffered();
  const members = useResource<MemberPage>("/api/members");
  const witnessing = useResource<Witnessing>("/api/witnessing");
  const waiting =
    offered.data?.campaigns.filter((campaign) => !campaign.adopted && campaign.state === "open").length ?? 0;
  const whole = members.data !== null && members.data.next === null;
  const stewards = whole
    ? (members.data?.members.filter((m) => m.role === "steward" && m.state === "active").length ?? null)
    : null;
  const duties = dutiesOf(community, waiting, stewards, Boolean(witnessing.data?.own?.halted));
  return (
    <Section title={t("run.todo")}>
      {duties.length === 0 ? (
        <p class="quiet">{t("run.todo-none")}</p>
      ) : (
        <ul class="list">
          {duties.map((duty) => (
            <li key={duty.kind}>
              <a class="duty" href={duty.href}>
                <Icon node={TriangleAlert} />
                <span>{t(`run.todo-${duty.kind}`, { n: duty.n })}</span>
                <Icon node={ChevronRight} class="flip" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Glance({ community }: { community: Community }) {
  return (
    <Section title={t("run.glance")}>
      <Stats>
        <Stat label={t("community.members")} value={<Quantity value={community.members} />} href="/run/members" />
        <Stat label={t("community.pledges")} value={<Quantity value={community.pledges} />} href="/campaigns" />
        <Stat label={t("run.book-entries")} value={<Quantity value={community.book.size} />} />
      </Stats>
      <ul class="list">
        {community.hubs.map((hub) => (
          <li key={hub.origin}>
            <div class="list-main stack-s">
              <a class="list-title" href="/run/hub">
                {hub.name}
              </a>
              <span class="quiet small">{countedLine(hub, community.book.size)}</span>
            </div>
            <HubStatus status={hub.status} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
