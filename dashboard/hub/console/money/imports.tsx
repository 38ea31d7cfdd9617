/** Published grants of others, brought in with their source: a 360Giving file, its progress, and what was left out and why. */
import { Upload } from "lucide";
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { ImportNote, importList } from "../../../../shared/protocol/api/import.ts";
import { api, problemText } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { Copy } from "../../../parts/copy.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { TextField } from "../../../parts/field.tsx";
import { FilePick } from "../../../parts/file-pick.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Icon } from "../../../parts/icon.tsx";
import { Page, Section } from "../../../parts/page.tsx";
import { Badge, Banner, Empty, Loaded, Progress } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { useResource } from "../../../parts/use-resource.ts";
import { Quantity, When } from "../../../parts/values.tsx";
import { type ImportView, type PickedFile, readGrants, sendGrants } from "./import-grants.ts";

const CC_BY = "https://creativecommons.org/licenses/by/4.0/";

export function ImportsPage() {
  const list = useResource<z.infer<typeof importList>>("/api/imports");
  const [file, setFile] = useState<PickedFile | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function take(picked: File) {
    const grants = await readGrants(picked);
    setFile(grants);
    setProblem(grants === null ? t("problem.import-malformed") : null);
  }
  return (
    <Page title={t("desk.imports")} lead={t("desk.imports-lead")}>
      {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
      <FilePick
        accept=".json,.csv,application/json,text/csv"
        label={t("desk.import-pick")}
        hint={t("desk.import-hint")}
        icon={<Icon node={Upload} />}
        onPick={(picked) => void take(picked)}
      />
      {file === null ? null : (
        <ImportForm
          key={file.sha256}
          file={file}
          onDone={() => {
            setFile(null);
            list.reload();
          }}
        />
      )}
      <CommandLine />
      <Section title={t("desk.imports-past")}>
        <Loaded resource={list}>
          {({ imports }) =>
            imports.length === 0 ? (
              <Empty title={t("desk.imports-none")}>{t("desk.imports-none-note")}</Empty>
            ) : (
              <div class="stack">
                {imports.map((one) => (
                  <PastImport key={one.id} view={one} />
                ))}
              </div>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function ImportForm({ file, onDone }: { file: PickedFile; onDone: () => void }) {
  const [title, setTitle] = useState(file.title ?? file.name.replace(/\.(json|csv)$/, ""));
  const [publisher, setPublisher] = useState(file.publisher ?? file.funder.name);
  const [url, setUrl] = useState(file.website ?? "");
  const [licence, setLicence] = useState(file.licence ?? CC_BY);
  const [view, setView] = useState<ImportView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(submit: Event) {
    submit.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const { funder, currency, grants, sha256 } = file;
    const begin = { file_sha256: sha256, grants: grants.length, title, publisher, url, licence, funder, currency };
    const answer = await sendGrants(file, begin, setView);
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    toast(t("desk.import-done", { n: answer.value.imported }));
    onDone();
  }
  return (
    <form class="form card" onSubmit={(submit) => void run(submit)}>
      <p>
        {t("desk.import-found", { n: file.grants.length, currency: file.currency, funder: file.funder.name || "–" })}
      </p>
      <TextField label={t("desk.import-title")} value={title} onInput={setTitle} maxLength={160} />
      <TextField label={t("desk.import-publisher")} value={publisher} onInput={setPublisher} maxLength={160} />
      <TextField
        label={t("desk.import-url")}
        hint={t("desk.import-url-hint")}
        type="url"
        value={url}
        onInput={setUrl}
        maxLength={300}
      />
      <TextField label={t("desk.import-licence")} type="url" value={licence} onInput={setLicence} maxLength={300} />
      {view === null ? null : (
        <Progress
          label={t("desk.import-progress")}
          value={view.done}
          max={view.grants}
          detail={t("desk.import-counts", { done: view.done, all: view.grants, skipped: view.skipped })}
        />
      )}
      {problem === null ? null : (
        <Banner tone="danger" title={problem}>
          {t("desk.import-again")}
        </Banner>
      )}
      <div class="row">
        <Button type="submit" busy={busy} disabled={!title.trim() || !publisher.trim() || !url.trim()}>
          {t("desk.import-start")}
        </Button>
      </div>
    </form>
  );
}

/** The command line needs a token of its own: made here, shown once. */
function CommandLine() {
  const [token, setToken] = useState<string | null>(null);
  async function make() {
    const answer = await api.post<{ token: string }>("/api/imports/token");
    if (answer.ok) setToken(answer.value.token);
    else toast(problemText(answer.error));
  }
  return (
    <Section title={t("desk.import-command")}>
      <p class="quiet measure">{t("desk.import-command-note")}</p>
      <pre class="code small">npm run import:360giving -- grants.json --hub {location.origin}</pre>
      {token === null ? (
        <div class="row">
          <Button kind="secondary" onClick={() => void make()}>
            {t("desk.import-token")}
          </Button>
        </div>
      ) : (
        <Copy text={token} label={t("desk.import-token")} />
      )}
    </Section>
  );
}

function PastImport({ view }: { view: ImportView }) {
  const detail = useResource<ImportView>(`/api/imports/${encodeURIComponent(view.id)}`);
  return (
    <article class="card stack">
      <div class="row row-apart">
        <h3>
          <a href={`/funds/${encodeURIComponent(view.fund)}`}>{view.title}</a>
        </h3>
        <Badge tone={view.state === "done" ? "ok" : "warning"}>{t(`desk.import-state-${view.state}`)}</Badge>
      </div>
      <p>
        {t("desk.import-summary", {
          imported: view.imported,
          skipped: view.skipped,
          amount: formatMoney(view.total_minor, view.currency),
        })}{" "}
        <span class="quiet">
          <When at={view.started_at} show="time" />
        </span>
      </p>
      {view.state === "running" ? <p class="quiet">{t("desk.import-resume")}</p> : null}
      {detail.data === null || detail.data.notes.length === 0 ? null : (
        <DataTable<ImportNote>
          caption={t("desk.import-notes")}
          showCaption
          rows={detail.data.notes}
          rowKey={(row) => `${row.grant} ${row.code}`}
          csv={`import-${view.id}`}
          pageSize={10}
          empty={null}
          columns={[
            {
              id: "grant",
              header: "#",
              sort: (row) => row.grant,
              text: (row) => String(row.grant + 1),
              cell: (row) => <Quantity value={row.grant + 1} />,
            },
            {
              id: "id",
              header: t("desk.import-id"),
              text: (row) => row.id,
              cell: (row) => <span class="mono small">{row.id}</span>,
            },
            {
              id: "code",
              header: t("console.reason"),
              sort: (row) => row.code,
              text: (row) => row.code,
              cell: (row) => t(`desk.skip-${row.code}`),
            },
            {
              id: "skipped",
              header: t("desk.import-left-out"),
              text: (row) => String(row.skipped),
              cell: (row) => (row.skipped ? t("desk.yes") : t("desk.no")),
            },
            { id: "detail", header: t("desk.detail"), text: (row) => row.detail, cell: (row) => row.detail },
          ]}
        />
      )}
    </article>
  );
}
