/**
 * /check: this community's own place to check others. Recounts a hub whose operator is not this one's, follows any receipt
 * from any community, and finds an entry of this book by its short code. Everything but the code is computed here.
 */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import type { HubLink, TrackedEntry } from "../../shared/protocol/api/community.ts";
import { api, problemText } from "../parts/api.ts";
import { Button } from "../parts/button.tsx";
import { EvidencePanel } from "../parts/evidence.tsx";
import { TextField } from "../parts/field.tsx";
import { FilePick } from "../parts/file-pick.tsx";
import { formatDate } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Page, Section } from "../parts/page.tsx";
import { type Recount, RecountOutcome } from "../parts/recount-outcome.tsx";
import { Banner, Empty, Loaded } from "../parts/states.tsx";
import { verifyInWorker } from "../parts/verify.ts";
import { useCommunity } from "./data.ts";
import { ReceiptCheck } from "./receipt-check.tsx";

const MAX_RECEIPT_BYTES = 200_000;

export function CheckPage() {
  const community = useCommunity();
  return (
    <Page title={t("node-check.title")} lead={t("node-check.lead")}>
      <Section title={t("node-check.hub")}>
        <p class="quiet measure">{t("node-check.hub-note")}</p>
        <Loaded resource={community}>
          {({ hubs }) =>
            hubs.length === 0 ? (
              <Empty title={t("node-check.no-hub")}>{t("node-check.no-hub-note")}</Empty>
            ) : (
              hubs.map((hub) => <HubRecount key={hub.origin} hub={hub} />)
            )
          }
        </Loaded>
      </Section>
      <Section title={t("node-check.receipt")}>
        <AnyReceipt />
      </Section>
      <Section title={t("node-check.track")}>
        <Tracker />
      </Section>
      <Section title={t("evidence.title")}>
        <p class="quiet measure">{t("evidence.lead")}</p>
        <EvidencePanel />
      </Section>
      <p class="quiet small measure">{t("node-check.command")}</p>
    </Page>
  );
}

/** Under the key this community pinned when it asked to join, not under the one the hub names today. */
function HubRecount({ hub }: { hub: HubLink }) {
  const [recount, setRecount] = useState<Recount>({ check: { state: "idle" }, step: "", report: null, at: null });
  async function run() {
    const order = { task: "hub" as const, base: hub.url, pinned: hub.vkey, remembered: null, books: false };
    setRecount({ check: { state: "running", done: 0, total: 0 }, step: "", report: null, at: null });
    const outcome = await verifyInWorker(order, {
      onProgress: ({ done, total, step }) =>
        setRecount({ check: { state: "running", done, total }, step, report: null, at: null }),
    });
    const at = new Date().toISOString();
    if (outcome.kind !== "hub") return setRecount({ check: { state: "unreachable" }, step: "", report: null, at });
    const { report } = outcome;
    const reached = report.ok || report.exit !== 3;
    const state = reached ? { state: report.ok ? ("ok" as const) : ("failed" as const), size: report.size } : null;
    setRecount({ check: state ?? { state: "unreachable" }, step: "", report, at });
  }
  return (
    <article class="card stack">
      <div class="row row-apart">
        <h3>
          <a href={hub.url}>{hub.name}</a>
        </h3>
        <Button busy={recount.check.state === "running"} onClick={() => void run()}>
          {t("node-check.recount")}
        </Button>
      </div>
      <RecountOutcome recount={recount} />
    </article>
  );
}

function AnyReceipt() {
  const [receipt, setReceipt] = useState<unknown>(null);
  const [wrong, setWrong] = useState(false);
  async function pick(file: File) {
    setReceipt(null);
    try {
      const content: unknown = file.size > MAX_RECEIPT_BYTES ? null : JSON.parse(await file.text());
      setReceipt(content);
      setWrong(content === null);
    } catch {
      setWrong(true);
    }
  }
  return (
    <div class="stack">
      <FilePick
        accept="application/json,.json"
        label={t("node-check.pick")}
        hint={t("node-check.receipt-note")}
        onPick={(file) => void pick(file)}
      />
      {wrong ? <Banner tone="danger">{t("node-check.not-a-receipt")}</Banner> : null}
      {receipt === null ? null : <ReceiptCheck key={JSON.stringify(receipt).length} receipt={receipt} starts />}
    </div>
  );
}

function Tracker() {
  const { query, route } = useLocation();
  const [code, setCode] = useState(query["code"] ?? "");
  const [entry, setEntry] = useState<TrackedEntry | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function find(event: Event) {
    event.preventDefault();
    setBusy(true);
    const answer = await api.get<TrackedEntry>(`/api/track/${encodeURIComponent(code.trim())}`);
    setBusy(false);
    setEntry(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : problemText(answer.error));
    if (answer.ok) route(`/check?code=${encodeURIComponent(code.trim())}`, true);
  }
  return (
    <form class="form stack" onSubmit={(event) => void find(event)}>
      <TextField
        label={t("node-check.code")}
        hint={t("node-check.code-note")}
        value={code}
        onInput={setCode}
        maxLength={40}
        autocomplete="off"
      />
      <div class="row">
        <Button type="submit" kind="secondary" busy={busy} disabled={code.trim() === ""}>
          {t("node-check.find")}
        </Button>
      </div>
      {problem ? <Banner tone="warning">{problem}</Banner> : null}
      {entry ? <Tracked entry={entry} /> : null}
    </form>
  );
}

function Tracked({ entry }: { entry: TrackedEntry }) {
  return (
    <div role="status" class="stack-s">
      <p>
        {t("node-check.tracked", {
          index: entry.index,
          day: formatDate(entry.day),
          kind: t(`node-check.kind-${entry.kind}`),
        })}
      </p>
      {entry.reports.length === 0 ? <p>{t("node-check.not-reported")}</p> : null}
      {entry.reports.map((report) => (
        <p key={report.hub}>
          {t(report.counted ? "node-check.counted" : "node-check.reported", {
            hub: report.hub,
            seq: report.seq,
            date: formatDate(report.at, "time"),
          })}
        </p>
      ))}
      <p class="mono small">{entry.leaf}</p>
    </div>
  );
}
