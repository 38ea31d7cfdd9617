/** The log, newest first, in words; one entry in full. */
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";

import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate } from "../../parts/format.ts";
import { hasMessage, t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Badge, Banner, Empty, Skeleton } from "../../parts/states.tsx";
import { type LogEntry, readBundle, readLogSize } from "../log-entries.ts";
import { describeEntry, entryLabel } from "../log-words.ts";
import { ParentLine } from "../parent-line.tsx";

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
    <Page
      title={t("log.title")}
      lead={t("log.lead")}
      back={{ href: "/check", label: t("nav.check") }}
      under={<ParentLine />}
    >
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

type Found = { entry: LogEntry; size: number } | "loading" | "none" | "unreachable";

function OneEntry({ index }: { index: number }) {
  const [found, setFound] = useState<Found>("loading");
  useEffect(() => {
    const abort = new AbortController();
    async function load() {
      try {
        const size = await readLogSize(abort.signal);
        const entries = size !== null && index < size ? await readBundle(index, size, abort.signal) : [];
        const entry = entries.find((one) => one.index === index);
        if (!abort.signal.aborted) setFound(size === null || entry === undefined ? "none" : { entry, size });
      } catch {
        if (!abort.signal.aborted) setFound("unreachable");
      }
    }
    void load();
    return () => abort.abort();
  }, [index]);
  const title = t("log.entry-n", { index });
  const back = { href: "/log", label: t("log.title") };
  if (typeof found === "string")
    return (
      <Page title={title} back={back}>
        {found === "loading" ? <Skeleton /> : null}
        {found === "none" ? <Empty title={t("problem.tile-unknown")} /> : null}
        {found === "unreachable" ? <Banner tone="danger">{t("problem.offline")}</Banner> : null}
      </Page>
    );
  const { entry, size } = found;
  return (
    <Page title={title} back={back} lead={describeEntry(entry)}>
      <div class="row">
        <Badge>{entryLabel(entry.kind)}</Badge>
        <span class="quiet">{issued(entry)}</span>
      </div>
      <Section title={t("log.claims")}>
        <dl class="facts">
          {Object.entries(entry.claims).map(([name, value]) => (
            <div key={name}>
              <dt>{claimName(name)}</dt>
              <dd>
                <Claim name={name} value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Disclosure title={t("log.signed-form")}>
        <p class="measure">{t("log.signed-form-note")}</p>
        <Copy text={entry.raw} label={t("log.signed-form")} />
        <p class="measure">{t("log.leaf")}</p>
        <Copy text={entry.leaf} label={t("log.leaf")} />
        <p>
          <a href={`/log/entries/${entry.leaf}.tlog-proof`} download>
            {t("log.proof")}
          </a>
        </p>
      </Disclosure>
      <div class="row row-apart">
        {index > 0 ? <a href={`/log?entry=${index - 1}`}>{t("log.before")}</a> : <span />}
        {index + 1 < size ? <a href={`/log?entry=${index + 1}`}>{t("log.after")}</a> : null}
      </div>
    </Page>
  );
}

/** Claims without words of their own keep the name they were signed under. */
function claimName(name: string) {
  const key = `claim.${name}`;
  return hasMessage(key) ? t(key) : <span class="mono">{name}</span>;
}

/** Longer than that and it hides what stands below. */
const SHOWN_LINES = 8;

function Claim({ name, value }: { name: string; value: unknown }) {
  if (name === "iat" && typeof value === "number") return <>{formatDate(isoOf(value), "time")}</>;
  if (typeof value === "string") return <span class={IS_CODE.test(value) ? "mono" : "prose"}>{value}</span>;
  if (typeof value !== "object" || value === null) return <>{String(value)}</>;
  const text = JSON.stringify(value, null, 2);
  const lines = text.split("\n").length;
  if (lines <= SHOWN_LINES) return <pre class="code small">{text}</pre>;
  return (
    <Disclosure title={t("log.long", { n: lines })}>
      <pre class="code small">{text}</pre>
    </Disclosure>
  );
}

/** A hash, a key or a signature: nothing that people read. */
const IS_CODE = /^[\w+/=.-]{40,}$/;

function issued(entry: LogEntry): string {
  const { iat } = entry.claims;
  return typeof iat === "number" ? formatDate(isoOf(iat), "time") : "";
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
