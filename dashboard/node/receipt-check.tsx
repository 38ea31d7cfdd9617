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
import { CheckList, faultWords } from "../parts/check-list.tsx";
import { Disclosure } from "../parts/disclosure.tsx";
import { formatDate } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { Section } from "../parts/page.tsx";
import { Banner, Progress } from "../parts/states.tsx";
import { type Tick, TrustTicks } from "../parts/trust-ticks.tsx";
import { verifyInWorker } from "../parts/verify.ts";
import { outcomeOf, ticksSeen } from "./receipt-outcome.ts";
import { SomethingWrong } from "./something-wrong.tsx";

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
      <div class="row">
        <Button kind="secondary" busy={state === "running"} onClick={() => setRound(round + 1)}>
          <Icon node={ScanSearch} />
          {t(round === 0 ? "receipt-check.start" : "receipt-check.again")}
        </Button>
      </div>
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
  const outcome = outcomeOf(report);
  return (
    <>
      <div role="status">
        <Verdict report={report} />
      </div>
      {outcome === "wrong" && (evidence !== null || report.receipt !== null) ? (
        <Section title={t("wrong.title")}>
          <SomethingWrong receipt={receipt} evidence={evidence} />
        </Section>
      ) : null}
      <TrustTicks ticks={ticksOf(report)} />
      <Disclosure title={t("receipt-check.steps")}>
        <CheckList checks={report.checks} of="pledge-check" />
        {hub.length === 0 ? null : <CheckList checks={hub} />}
      </Disclosure>
    </>
  );
}

function Verdict({ report }: { report: PledgeReport }) {
  const failed = report.checks.find(({ ok }) => !ok);
  switch (outcomeOf(report)) {
    case "ok":
      return <Banner tone="ok" title={t("receipt-check.ok")} />;
    case "over":
      return <Banner title={t("receipt-check.over")}>{failed ? faultWords(failed) : null}</Banner>;
    case "later":
      return (
        <Banner tone="warning" title={t("receipt-check.soon")}>
          {t("receipt-check.later")}
        </Banner>
      );
    case "away":
      return <Banner tone="warning" title={t("check.unreachable")} />;
    case "wrong":
      return (
        <Banner tone="danger" title={t("receipt-check.not")}>
          {t("receipt-check.wrong")}
        </Banner>
      );
  }
}

/** Who has signed a head of the log that contains the report, in words; null while none has. */
function witnessesOf({ checks, hub }: PledgeReport): string | null {
  const index = checks.find(({ id }) => id === "report")?.facts["index"];
  const { cosigned, n, size, at } = hub?.checks.find(({ id, ok }) => id === "witnesses" && ok)?.facts ?? {};
  if (typeof at !== "string" || n === undefined || cosigned === undefined) return null;
  if (Number(index) >= Number(size)) return null;
  return t("receipt-check.witnessed", { cosigned, n, when: formatDate(at, "time") });
}

function ticksOf(report: PledgeReport): Tick[] {
  const seen = report.ticks.logged ? witnessesOf(report) : null;
  return ticksSeen(report).map(({ fault, ...tick }) => {
    if (fault !== null) return { ...tick, note: faultWords(fault) };
    return tick.id === "logged" && seen !== null ? { ...tick, note: seen } : tick;
  });
}
