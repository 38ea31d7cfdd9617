/** Four ticks from my signature to the published number, each true or still to come. Words and order carry it, not colour. */
import { Check as CheckIcon, Clock3, Minus, X } from "lucide";
import type { ComponentChildren } from "preact";

import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

export interface Tick {
  id: "signed" | "booked" | "logged" | "counted";
  done: boolean;
  /** why it is not done; waiting where nothing is said */
  missing?: "waiting" | "failed" | "ended";
  /** where the usual words do not fit, such as for a withdrawal */
  title?: string;
  note?: ComponentChildren;
}

const icons = { waiting: Clock3, failed: X, ended: Minus };

export function TrustTicks({ ticks }: { ticks: Tick[] }) {
  return (
    <ol class="ticks">
      {ticks.map((tick) => (
        <li key={tick.id} class={`tick tick-${tick.done ? "done" : (tick.missing ?? "waiting")}`}>
          <span class="tick-dot">
            <Icon node={tick.done ? CheckIcon : icons[tick.missing ?? "waiting"]} />
          </span>
          <div>
            <p class="tick-title">
              {tick.title ?? t(`ticks.${tick.id}` as const)}
              {tick.done ? null : <span class="tick-missing"> · {t(`ticks.${tick.missing ?? "waiting"}`)}</span>}
            </p>
            <p class="tick-note">{tick.note ?? t(`ticks.${tick.id}-note` as const)}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The same in one line, for lists. */
export function TrustTicksInline({ ticks }: { ticks: Tick[] }) {
  const done = ticks.filter((tick) => tick.done).length;
  return (
    <span class="ticks-inline" role="img" aria-label={t("ticks.summary", { done, total: ticks.length })}>
      {ticks.map((tick) => (
        <span key={tick.id} class={tick.done ? "tick-dot done" : "tick-dot"}>
          <Icon node={tick.done ? CheckIcon : Clock3} />
        </span>
      ))}
    </span>
  );
}
