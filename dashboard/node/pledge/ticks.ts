/** The four ticks of one signed document, and watching them become true: gently, only while visible, until counted. */
import { useEffect, useState } from "preact/hooks";

import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import type { Tick } from "../../parts/trust-ticks.tsx";
import { findReceipt } from "../data.ts";

type Ticks = ReceiptSummary["ticks"];

export function ticksOf({ ticks, kind }: { ticks: Ticks; kind: ReceiptSummary["kind"] }): Tick[] {
  const counted = tick("counted", ticks.counted?.at ?? null);
  return [
    tick("signed", ticks.signed_at),
    tick("booked", ticks.signed_at),
    tick("logged", ticks.logged?.at ?? null),
    kind === "withdraw" ? { ...counted, title: t("receipt.uncounted") } : counted,
  ];
}

function tick(id: Tick["id"], at: string | null): Tick {
  return at === null ? { id, done: false } : { id, done: true, note: formatDate(at, "time") };
}

const FIRST_LOOK_MS = 1500;
const SLOWEST_MS = 15_000;
const GIVE_UP_AFTER = 60;

/** The newest state of one receipt; asks again at growing intervals and stops when it is counted. */
export function useReceiptTicks(receipt: ReceiptSummary): ReceiptSummary {
  const [latest, setLatest] = useState(receipt);
  useEffect(() => {
    if (receipt.ticks.counted) return undefined;
    let looks = 0;
    let wait = FIRST_LOOK_MS;
    let timer = setTimeout(next, wait);
    async function look(): Promise<void> {
      const found = document.visibilityState === "visible" ? await findReceipt(receipt.leaf) : null;
      if (found) setLatest(found);
      looks += 1;
      if (found?.ticks.counted || looks >= GIVE_UP_AFTER) return;
      wait = Math.min(wait * 1.3, SLOWEST_MS);
      timer = setTimeout(next, wait);
    }
    function next() {
      void look();
    }
    return () => {
      looks = GIVE_UP_AFTER;
      clearTimeout(timer);
    };
  }, [receipt.leaf]);
  return latest;
}
