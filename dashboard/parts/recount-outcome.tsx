/** What a recount in this browser found: the progress, the verdict in a sentence, and each check with its reason. */
import type { VerifyReport } from "../../shared/verify/hub.ts";
import { CheckList } from "./check-list.tsx";
import type { CheckState } from "./check.tsx";
import { formatDate, formatMoney } from "./format.ts";
import { hasMessage, t } from "./i18n.ts";
import { Banner, Progress } from "./states.tsx";

export interface Recount {
  check: CheckState;
  /** what the verifier is busy with */
  step: string;
  report: VerifyReport | null;
  at: string | null;
}

export function RecountOutcome({ recount }: { recount: Recount }) {
  const { check, report, step, at } = recount;
  const network = report?.network ?? null;
  if (check.state === "idle") return null;
  if (check.state === "running") {
    const key = `recount.${step}`;
    return (
      <Progress
        label={hasMessage(key) ? t(key) : t("recount.working")}
        value={check.total > 0 ? check.done : null}
        max={check.total}
        detail={check.total > 0 ? t("recount.of", { done: check.done, total: check.total }) : ""}
      />
    );
  }
  if (check.state === "unreachable" || report === null)
    return (
      <Banner tone="warning" title={t("check.unreachable")}>
        {t("check-page.unreachable-note")}
      </Banner>
    );
  return (
    <div class="stack">
      {report.ok ? (
        <Banner tone="ok" title={t("check-page.right", { size: report.size })}>
          {network
            ? t("check-page.right-note", {
                amount: formatMoney(network.purchasing_power_minor, network.currency, { whole: true }),
                pledges: network.pledges,
              })
            : null}
        </Banner>
      ) : (
        <Banner tone="danger" title={t("check-page.wrong")}>
          {t("check-page.wrong-note")}
        </Banner>
      )}
      <CheckList checks={report.checks} />
      {at ? <p class="quiet small">{t("check-page.at", { date: formatDate(at, "time") })}</p> : null}
    </div>
  );
}
