/** What waits for an operator, most urgent first, and whether the log keeps up. */
import { ArrowRight } from "lucide";

import type { ConsoleView } from "../../../shared/protocol/api/console.ts";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Quantity, When } from "../../parts/values.tsx";

type Todo = ConsoleView["todos"][number];

const places: Record<Todo["kind"], (subject: string) => string> = {
  "log-halted": () => "/console/witnesses",
  "witnesses-behind": () => "/console/witnesses",
  "keys-frozen": (subject) => `/communities/${encodeURIComponent(subject)}`,
  "join-waiting": () => "/console/joins",
  "report-failed": (subject) => `/communities/${encodeURIComponent(subject)}`,
  "report-unchecked": (subject) => `/communities/${encodeURIComponent(subject)}`,
  "community-silent": (subject) => `/communities/${encodeURIComponent(subject)}`,
  "campaign-past-closing": (subject) => `/console/campaigns/${subject}`,
  "rates-old": () => "/console/rates",
};

export function TodoPage() {
  const view = useResource<ConsoleView>("/api/console", { every: 20_000 });
  return (
    <Page title={t("console.todo")} lead={t("console.todo-lead")}>
      <Loaded resource={view}>
        {({ todos, log }) => (
          <>
            {todos.length === 0 ? (
              <Empty title={t("console.nothing")}>{t("console.nothing-note")}</Empty>
            ) : (
              <ul class="list">
                {todos.map((todo) => (
                  <li key={`${todo.kind} ${todo.subject}`}>
                    <div class="list-main">
                      <a href={places[todo.kind](todo.subject)}>
                        <strong>{t(`todo.${todo.kind}`, { label: todo.label })}</strong>
                      </a>
                      <p class="quiet small">
                        {t("todo.since")} <When at={todo.since} show="relative" />
                      </p>
                    </div>
                    <Icon node={ArrowRight} class="flip" />
                  </li>
                ))}
              </ul>
            )}
            <Section title={t("console.log")}>
              <Stats>
                <Stat label={t("console.log-size")} value={<Quantity value={log.size} />} href="/log" />
                <Stat
                  label={t("console.log-pending")}
                  value={<Quantity value={log.pending} />}
                  note={t("console.log-pending-note")}
                />
                <Stat
                  label={t("console.log-checkpoint")}
                  value={log.checkpoint_at ? <When at={log.checkpoint_at} show="relative" /> : "–"}
                />
              </Stats>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
