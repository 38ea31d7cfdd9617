/**
 * The four ticks of a receipt, computed in this browser from files: the receipt, the community's book and the hub's log. Nobody
 * is asked whether they are true, and the receipt does not leave the browser.
 */
import { ScanSearch } from "lucide";
import { useEffect, useState } from "preact/hooks";

import type { Receipt } from "../../shared/protocol/document.ts";
import type { Evidence } from "../../shared/protocol/evidence.ts";
import type { PledgeReport } from "../../shared/verify/pledge.ts";
import { Button } from "../parts/button.tsx";
import { CheckList } from "../parts/check-list.tsx";
import { Disclosure } from "../parts/disclosure.tsx";
import { formatDate } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { Section } from "../parts/page.tsx";
import { Banner, Progress } from "../parts/states.tsx";
import { type Tick, TrustTicks } from "../parts/trust-ticks.tsx";
import { verifyInWorker } from "../parts/verify.ts";
import { SomethingWrong } from "./something-wrong.tsx";
import { EXIT } from "../../shared/verify/report.ts";

interface Outcome {
  report: PledgeReport;
  evidence: Evidence | null;
}
type State = "idle" | "running" | "unreachable" | Outcome;

/** `receipt`: a parsed file; whatever it is, the verifier says what is wrong with it. `starts`: without being asked. */
export function ReceiptCheck({ receipt, starts = false }: { receipt: unknown; starts?: boolean }) {
  const [state, setState] = useState<State>(starts ? "running" : "idle");
  const [round, setRound] = useState(starts ? 1 : 0);
  useEffect(() => {
    if (round === 0) return undefined;
    const stop = new AbortController();
    setState("running");
    const { hub, node } = addressesOf(receipt);
    async function follow() {
      const outcome = await verifyInWorker({ task: "pledge", receipt, hub, node }, { signal: stop.signal });
      if (!stop.signal.aborted) setState(outcome.kind === "pledge" ? outcome : "unreachable");
    }
    void follow();
    return () => stop.abort();
  }, [receipt, round]);
  return (
    <div class="stack">
      <Found state={state} receipt={receipt} />
      <Button kind="secondary" busy={state === "running"} onClick={() => setRound(round + 1)}>
        <Icon node={ScanSearch} />
        {t(round === 0 ? "receipt-check.start" : "receipt-check.again")}
      </Button>
      <p class="small quiet">{t("receipt-check.private")}</p>
    </div>
  );
}

/** An address only says where to read; what is read there is held against the keys that the receipt and the log name. */
function addressesOf(receipt: unknown): { hub: string; node: string } {
  const { hub, node } = (receipt ?? {}) as Partial<Receipt>;
  return { hub: hub?.url ?? "", node: node?.url ?? "" };
}

function Found({ state, receipt }: { state: State; receipt: unknown }) {
  if (state === "idle") return null;
  if (state === "running") return <Progress label={t("receipt-check.running")} value={null} max={1} detail="" />;
  if (state === "unreachable") return <Banner tone="warning" title={t("check.unreachable")} />;
  const { report, evidence } = state;
  const hub = report.hub?.checks ?? [];
  const isWrong = report.exit === EXIT.invalid || report.exit === EXIT.splitView;
  return (
    <>
      <div role="status">
        {report.ok ? (
          <Banner tone="ok" title={t("receipt-check.ok")} />
        ) : (
          <Banner tone={isWrong ? "danger" : "warning"} title={t("receipt-check.not")}>
            {t(isWrong ? "receipt-check.wrong" : "receipt-check.later")}
          </Banner>
        )}
      </div>
      {isWrong && (evidence !== null || isUnexplained(report)) ? (
        <Section title={t("wrong.title")}>
          <SomethingWrong receipt={receipt} evidence={evidence} />
        </Section>
      ) : null}
      <TrustTicks ticks={ticksOf(report)} />
      <Disclosure title={t("receipt-check.steps")}>
        <CheckList checks={report.checks} />
        {hub.length === 0 ? null : <CheckList checks={hub} />}
      </Disclosure>
    </>
  );
}

/** Who has signed a head of the log that contains the report, in words; null while none has. */
function witnessesOf({ checks, hub }: PledgeReport): string | null {
  const index = checks.find(({ id }) => id === "report")?.facts["index"];
  const { cosigned, n, size, at } = hub?.checks.find(({ id, ok }) => id === "witnesses" && ok)?.facts ?? {};
  if (typeof at !== "string" || n === undefined || cosigned === undefined) return null;
  if (Number(index) >= Number(size)) return null;
  return t("receipt-check.witnessed", { cosigned, n, when: formatDate(at, "time") });
}

/** A pledge that was revised or withdrawn is not counted, and nothing is wrong with that. */
function isUnexplained({ receipt, checks }: PledgeReport): boolean {
  return receipt !== null && checks.some(({ id, ok }) => !ok && id !== "live");
}

function ticksOf(report: PledgeReport): Tick[] {
  const { ticks } = report;
  const seen = ticks.logged ? witnessesOf(report) : null;
  return [
    { id: "signed", done: ticks.signed },
    { id: "booked", done: ticks.in_book },
    { id: "logged", done: ticks.logged, ...(seen !== null && { note: seen }) },
    { id: "counted", done: ticks.counted },
  ];
}
