/** The log, newest first, in words; one entry in full. */
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";

import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { Badge, Banner, Empty, Skeleton } from "../../parts/states.tsx";
import { type LogEntry, readBundle, readLogSize } from "../log-entries.ts";
import { describeEntry, entryLabel } from "../log-words.ts";

const STEP = 50;

export function LogPage() {
  const { query } = useLocation();
  const asked = query["entry"];
  const wanted = asked !== undefined && /^\d{1,12}$/.test(asked) ? Number(asked) : null;
  return wanted === null ? <LogList key="list" /> : <OneEntry key={wanted} index={wanted} />;
}

type LogState = { size: number | null; entries: LogEntry[] } | "loading" | "unreachable";

function LogList() {
  const [state, setState] = useState<LogState>("loading");
  const [shown, setShown] = useState(STEP);
  useEffect(() => {
    const abort = new AbortController();
    async function load() {
      try {
        const size = await readLogSize(abort.signal);
        if (size === null) {
          setState({ size, entries: [] });
          return;
        }
        const from = Math.max(0, size - shown);
        const bundles: LogEntry[][] = [];
        for (let at = Math.floor(from / 256) * 256; at < size; at += 256)
          bundles.push(await readBundle(at, size, abort.signal));
        const entries = bundles
          .flat()
          .filter((entry) => entry.index >= from)
          .toReversed();
        if (!abort.signal.aborted) setState({ size, entries });
      } catch {
        if (!abort.signal.aborted) setState("unreachable");
      }
    }
    void load();
    return () => abort.abort();
  }, [shown]);
  return (
    <Page title={t("log.title")} lead={t("log.lead")} back={{ href: "/check", label: t("nav.check") }}>
      {state === "loading" ? (
        <Skeleton />
      ) : state === "unreachable" ? (
        <Banner tone="danger">{t("problem.offline")}</Banner>
      ) : state.entries.length === 0 ? (
        <Empty title={t("log.empty")}>{t("log.empty-note")}</Empty>
      ) : (
        <div class="stack">
          <p class="quiet">{t("log.size", { size: state.size ?? 0 })}</p>
          <ol class="list" reversed>
            {state.entries.map((entry) => (
              <li key={entry.index}>
                <div class="list-main">
                  <a href={`/log?entry=${entry.index}`}>{describeEntry(entry)}</a>
                  <p class="quiet small num">
                    {t("log.entry-n", { index: entry.index })} · {issued(entry)}
                  </p>
                </div>
                <Badge>{entryLabel(entry.kind)}</Badge>
              </li>
            ))}
          </ol>
          {state.size !== null && shown < state.size ? (
            <div class="row">
              <Button kind="secondary" onClick={() => setShown(shown + STEP * 2)}>
                {t("table.more")}
              </Button>
            </div>
          ) : null}
        </div>
      )}
    </Page>
  );
}

function OneEntry({ index }: { index: number }) {
  const [entry, setEntry] = useState<LogEntry | "loading" | "none">("loading");
  useEffect(() => {
    const abort = new AbortController();
    async function load() {
      try {
        const size = await readLogSize(abort.signal);
        const found =
          size !== null && index < size
            ? (await readBundle(index, size, abort.signal)).find((e) => e.index === index)
            : undefined;
        if (!abort.signal.aborted) setEntry(found ?? "none");
      } catch {
        if (!abort.signal.aborted) setEntry("none");
      }
    }
    void load();
    return () => abort.abort();
  }, [index]);
  const title = t("log.entry-n", { index });
  const back = { href: "/log", label: t("log.title") };
  if (entry === "loading")
    return (
      <Page title={title} back={back}>
        <Skeleton />
      </Page>
    );
  if (entry === "none")
    return (
      <Page title={title} back={back}>
        <Empty title={t("problem.tile-unknown")} />
      </Page>
    );
  return (
    <Page title={title} back={back} lead={describeEntry(entry)}>
      <div class="row">
        <Badge>{entryLabel(entry.kind)}</Badge>
        <span class="quiet">{issued(entry)}</span>
      </div>
      <dl class="facts">
        {Object.entries(entry.claims).map(([name, value]) => (
          <div key={name}>
            <dt class="mono">{name}</dt>
            <dd class={typeof value === "object" ? "mono json" : "prose"}>
              {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
            </dd>
          </div>
        ))}
      </dl>
      <Disclosure title={t("log.signed-form")}>
        <p class="measure">{t("log.signed-form-note")}</p>
        <Copy text={entry.raw} label={t("log.signed-form")} />
        <dl class="facts">
          <div>
            <dt>{t("log.leaf")}</dt>
            <dd class="mono">{entry.leaf}</dd>
          </div>
        </dl>
        <p>
          <a href={`/log/entries/${entry.leaf}.tlog-proof`} download>
            {t("log.proof")}
          </a>
        </p>
      </Disclosure>
      <div class="row row-apart">
        {index > 0 ? <a href={`/log?entry=${index - 1}`}>{t("log.before")}</a> : <span />}
        <a href={`/log?entry=${index + 1}`}>{t("log.after")}</a>
      </div>
    </Page>
  );
}

function issued(entry: LogEntry): string {
  const { iat } = entry.claims;
  return typeof iat === "number" ? formatDate(new Date(iat * 1000).toISOString(), "time") : "";
}
