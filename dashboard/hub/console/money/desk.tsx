/** What wants doing about money, most urgent first, and where everything about it is. */
import { ArrowRight } from "lucide";
import type { CapitalDesk } from "../../../../shared/protocol/api/proposal.ts";
import type { FundingOverview } from "../../../../shared/protocol/api/capital.ts";
import { LinkButton } from "../../../parts/button.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Icon } from "../../../parts/icon.tsx";
import { Page, Section } from "../../../parts/page.tsx";
import { Stat, Stats } from "../../../parts/stat.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useResource } from "../../../parts/use-resource.ts";
import { Money, When } from "../../../parts/values.tsx";

type Todo = CapitalDesk["todos"][number];

function award(subject: string): string {
  return `/awards/${encodeURIComponent(subject)}`;
}

const places: Record<Todo["kind"], (subject: string) => string> = {
  "proposal-waiting": (subject) => `/console/money/proposals/${encodeURIComponent(subject)}`,
  "condition-due": award,
  "condition-missed": award,
  "repayment-due": award,
  "repayment-overdue": award,
  "commitment-overdue": (subject) => `/console/money/new?event=receipt&commitment=${encodeURIComponent(subject)}`,
  "award-payable": (subject) => `/console/money/new?event=disbursement&award=${encodeURIComponent(subject)}`,
  "offer-expiring": (subject) => `/suppliers/${encodeURIComponent(subject)}`,
  "intention-new": () => "/console/parties#intentions",
};

export function MoneyPage() {
  const desk = useResource<CapitalDesk>("/api/desk", { every: 30_000 });
  const funding = useResource<FundingOverview>("/api/funding");
  return (
    <Page
      title={t("desk.money")}
      lead={t("desk.money-lead")}
      actions={<LinkButton href="/console/money/new">{t("desk.record")}</LinkButton>}
    >
      <Loaded resource={desk}>
        {({ todos }) =>
          todos.length === 0 ? (
            <Empty title={t("console.nothing")}>{t("desk.nothing-note")}</Empty>
          ) : (
            <ul class="list">
              {todos.map((todo) => (
                <li key={`${todo.kind} ${todo.subject} ${todo.due ?? ""}`}>
                  <div class="list-main">
                    <a href={places[todo.kind](todo.subject)}>
                      <strong>{t(`desk.todo-${todo.kind}`, { label: todo.label })}</strong>
                    </a>
                    <p class="quiet small">
                      {todo.amount_minor !== null && todo.currency !== null
                        ? formatMoney(todo.amount_minor, todo.currency)
                        : null}{" "}
                      {todo.due === null ? null : <When at={todo.due} />}
                    </p>
                  </div>
                  <Icon node={ArrowRight} class="flip" />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Loaded resource={funding}>
        {({ currencies }) =>
          currencies.length === 0 ? null : (
            <Section title={t("desk.balances")}>
              {currencies.map((stages) => (
                <Stats key={stages.currency}>
                  <Stat
                    label={t("desk.available", { currency: stages.currency })}
                    value={<Money minor={stages.available_minor} currency={stages.currency} whole />}
                    href={`/console/money/ledger?currency=${stages.currency}`}
                  />
                  <Stat
                    label={t("desk.reserved")}
                    value={<Money minor={stages.reserved_minor} currency={stages.currency} whole />}
                    href="/awards?state=reserved"
                  />
                  <Stat
                    label={t("desk.payable")}
                    value={<Money minor={stages.payable_minor} currency={stages.currency} whole />}
                    href="/awards?state=payable"
                  />
                  <Stat
                    label={t("desk.outstanding")}
                    value={<Money minor={stages.outstanding_minor} currency={stages.currency} whole />}
                    href={`/funding?currency=${stages.currency}`}
                  />
                </Stats>
              ))}
            </Section>
          )
        }
      </Loaded>
    </Page>
  );
}
