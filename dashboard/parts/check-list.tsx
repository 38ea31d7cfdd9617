/** Each check of the verifier in words, from its id, code and facts. What has no words yet keeps the verifier's own. */
import { CircleAlert, CircleCheck } from "lucide";

import type { Check } from "../../shared/verify/report.ts";
import { formatDate } from "./format.ts";
import { hasMessage, type Params, t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

type Item = Check<string>;

/** `of`: whose words for the checks, where there are some; else the hub's. */
export function CheckList({ checks, of = "verify" }: { checks: Item[]; of?: string }) {
  return (
    <ul class="checks">
      {checks.map((item) => (
        <li key={`${item.id} ${item.subject ?? ""}`}>
          <span class={item.ok ? "ok" : "bad"}>
            <Icon node={item.ok ? CircleCheck : CircleAlert} />
          </span>
          <div>
            <strong>{title(item, of)}</strong>
            <span class="visually-hidden">: {t(item.ok ? "check-page.item-ok" : "check-page.item-bad")}</span>
            <p class="quiet small">{item.ok ? found(item, of) : faultWords(item)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function title(item: Item, of: string): string {
  const key = `${of}.${item.id}`;
  return hasMessage(key) ? t(key) : item.id;
}

function found(item: Item, of: string): string {
  const key = `${of}.${item.id}-ok`;
  if (!hasMessage(key)) return item.detail;
  return t(key, factsOf(item));
}

function factsOf(item: Item): Params {
  const { at } = item.facts;
  return typeof at === "string" ? { ...item.facts, at: formatDate(at, "time") } : { ...item.facts };
}

/** Why a check failed, in words. */
export function faultWords(item: Item): string {
  // what of an assertion does not hold is for the terminal
  const key = `fault.${(item.code ?? "").replace(/^assertion-.*/, "assertion")}`;
  const own = hasMessage(key) ? t(key, factsOf(item)) : `${t("fault.other")} ${item.detail}`;
  return item.index === undefined ? own : `${own} ${t("fault.at", { index: item.index })}`;
}
