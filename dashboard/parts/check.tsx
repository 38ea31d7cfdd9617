/** "Check this" beside a number: asks for a recount in this browser, then says what was recomputed or where it differs. */
import { CircleAlert, CircleCheck, ScanSearch, TriangleAlert } from "lucide";

import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

export type CheckState =
  | { state: "idle" }
  | { state: "running"; done: number; total: number }
  | { state: "ok"; size: number }
  | { state: "failed"; size: number }
  | { state: "unreachable" };

export function Check({ check, onRun, href }: { check: CheckState; onRun: () => void; href: string }) {
  if (check.state === "idle") {
    return (
      <button type="button" class="check-button" onClick={onRun}>
        <Icon node={ScanSearch} />
        {t("check.this")}
      </button>
    );
  }
  if (check.state === "running") {
    const percent = check.total > 0 ? Math.floor((100 * check.done) / check.total) : 0;
    return (
      <span class="check-button" role="status">
        <span class="spinner" aria-hidden="true" />
        {t("check.running", { percent })}
      </span>
    );
  }
  const good = check.state === "ok";
  const icon = { ok: CircleCheck, failed: CircleAlert, unreachable: TriangleAlert }[check.state];
  return (
    <a class={`check-button check-${check.state}`} href={href}>
      <Icon node={icon} />
      <span role="status">
        {check.state === "unreachable"
          ? t("check.unreachable")
          : t(good ? "check.ok" : "check.failed", { size: check.size })}
      </span>
    </a>
  );
}
