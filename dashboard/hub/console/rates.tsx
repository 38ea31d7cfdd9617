/** Reference rates: what is in force, and uploading the European Central Bank's file. */
import { Upload } from "lucide";
import { useState } from "preact/hooks";

import { ratePortions } from "../../../shared/money/ecb-portions.ts";
import { MAX_RATE_DAYS, type RatesImported, type RatesView } from "../../../shared/protocol/api/network.ts";
import { type Answer, api, problemText } from "../../parts/api.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { FilePick } from "../../parts/file-pick.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Banner, Empty, Loaded, Progress } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";

export function RatesPage() {
  const rates = useResource<RatesView>("/api/rates");
  const [busy, setBusy] = useState(false);
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function upload(file: File) {
    setBusy(true);
    setProblem(null);
    const answer = await sendRates(await file.text(), (done, of) => setProgress({ done, of }));
    setBusy(false);
    setProgress(null);
    if (answer.ok) toast(t("rates.done", { days: answer.value }));
    else setProblem(problemText(answer.error));
    rates.reload();
  }
  return (
    <Page title={t("console.rates")} lead={t("rates.lead")}>
      {problem ? <Banner tone="danger">{problem}</Banner> : null}
      <FilePick
        accept=".csv,.xml,text/csv,application/xml"
        label={t("rates.pick")}
        hint={t("rates.pick-note")}
        busy={busy}
        onPick={(file) => void upload(file)}
        icon={<Icon node={Upload} />}
      />
      {progress === null || progress.of < 2 ? null : (
        <Progress label={t("rates.progress")} value={progress.done} max={progress.of} />
      )}
      {rates.data === null && !rates.loading && !rates.error ? (
        <Empty title={t("rates.empty")}>{t("rates.empty-note")}</Empty>
      ) : (
        <Loaded resource={rates}>
          {(view) =>
            view === null ? (
              <Empty title={t("rates.empty")}>{t("rates.empty-note")}</Empty>
            ) : (
              <Section
                title={t("rates.current", { base: view.base })}
                aside={view.index === null ? undefined : <AsOf size={view.index} href={`/log?entry=${view.index}`} />}
              >
                <p class="quiet">
                  {view.source} · <When at={view.date} />
                </p>
                <DataTable<[string, string]>
                  caption={t("rates.caption", { base: view.base })}
                  rows={Object.entries(view.rates)}
                  rowKey={([code]) => code}
                  csv={`rates-${view.date}`}
                  pageSize={50}
                  empty={null}
                  columns={[
                    {
                      id: "code",
                      header: t("rates.currency"),
                      sort: ([code]) => code,
                      text: ([code]) => code,
                      cell: ([code]) => code,
                    },
                    {
                      id: "rate",
                      header: t("rates.rate", { base: view.base }),
                      end: true,
                      text: ([, rate]) => rate,
                      cell: ([, rate]) => rate,
                    },
                  ]}
                />
              </Section>
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

/** Newest days first, so that the first portion is the one that is logged. How many days are new or changed. */
async function sendRates(text: string, onProgress: (done: number, of: number) => void): Promise<Answer<number>> {
  const isXml = text.trimStart().startsWith("<");
  const portions = isXml ? [text] : ratePortions(text, MAX_RATE_DAYS);
  let days = 0;
  for (const [at, portion] of portions.entries()) {
    onProgress(at, portions.length);
    const type = isXml ? "application/xml" : "text/csv";
    const answer = await api.upload<RatesImported>("/api/rates/import", type, portion);
    if (!answer.ok) return answer;
    days += answer.value.days;
  }
  return { ok: true, value: days };
}
