/** Reference rates: what is in force, and uploading the European Central Bank's file. */
import { Upload } from "lucide";
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { ratesView } from "../../../shared/protocol/api/network.ts";
import { api, problemText } from "../../parts/api.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { FilePick } from "../../parts/file-pick.tsx";
import { t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Banner, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";

export function RatesPage() {
  const rates = useResource<z.infer<typeof ratesView>>("/api/rates");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function upload(file: File) {
    setBusy(true);
    setProblem(null);
    const answer = await api.upload("/api/rates/import", "text/csv", await file.text());
    setBusy(false);
    if (answer.ok) {
      toast(t("rates.done"));
      rates.reload();
    } else {
      setProblem(problemText(answer.error));
    }
  }
  return (
    <Page title={t("console.rates")} lead={t("rates.lead")}>
      {problem ? <Banner tone="danger">{problem}</Banner> : null}
      <FilePick
        accept=".csv,text/csv"
        label={t("rates.pick")}
        hint={t("rates.pick-note")}
        busy={busy}
        onPick={(file) => void upload(file)}
        icon={<Icon node={Upload} />}
      />
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
                aside={<AsOf size={view.index} href={`/log?entry=${view.index}`} />}
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
