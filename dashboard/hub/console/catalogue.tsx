/** The product catalogue: import, search, and what is known of the packaging, where unknown is said rather than shown as zero. */
import { Upload } from "lucide";
import { useEffect, useState } from "preact/hooks";
import type { z } from "zod";

import type { ImportResult, Product, productPage } from "../../../shared/protocol/api/network.ts";
import { problemText } from "../../parts/api.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { FilePick } from "../../parts/file-pick.tsx";
import { hasMessage, t } from "../../parts/i18n.ts";
import { Icon } from "../../parts/icon.tsx";
import { More } from "../../parts/more.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Banner, Empty, Loaded, Progress } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { importProducts, type ImportProgress } from "./import-products.ts";

export function CataloguePage() {
  return (
    <Page title={t("console.catalogue")} lead={t("catalogue.lead")}>
      <Catalogue />
    </Page>
  );
}

function Catalogue() {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState("");
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query.trim()), 250);
    return () => clearTimeout(timer);
  }, [query]);
  const pages = usePages<z.infer<typeof productPage>, Product>(
    `/api/products?q=${encodeURIComponent(asked)}`,
    (page) => ({ items: page.products, next: page.next }),
  );
  useEffect(() => {
    if (version > 0) pages.first.reload();
  }, [version]);
  return (
    <>
      <Import onDone={() => setVersion((v) => v + 1)} />
      <Section
        title={t("catalogue.products")}
        aside={
          pages.first.data ? (
            <span class="quiet small">{t("catalogue.total", { n: pages.first.data.total })}</span>
          ) : null
        }
      >
        <input
          class="input"
          type="search"
          aria-label={t("catalogue.search")}
          placeholder={t("catalogue.search")}
          value={query}
          onInput={(e) => setQuery(e.currentTarget.value)}
        />
        <Loaded resource={pages.first}>
          {() => (
            <DataTable<Product>
              caption={t("catalogue.products")}
              rows={pages.items}
              rowKey={(row) => row.gtin}
              filter={false}
              csv="products"
              pageSize={50}
              more={<More pages={pages} />}
              empty={
                <Empty title={asked ? t("table.none-found") : t("catalogue.empty")}>
                  {asked ? null : t("catalogue.empty-note")}
                </Empty>
              }
              columns={[
                {
                  id: "name",
                  header: t("catalogue.name"),
                  text: (row) => row.name,
                  sort: (row) => row.name,
                  cell: (row) => (
                    <>
                      {row.name}
                      {row.brand ? <span class="quiet"> · {row.brand}</span> : null}
                    </>
                  ),
                },
                {
                  id: "gtin",
                  header: t("catalogue.gtin"),
                  text: (row) => row.gtin,
                  cell: (row) => <span class="mono nowrap">{row.gtin}</span>,
                },
                {
                  id: "quantity",
                  header: t("catalogue.quantity"),
                  text: (row) => row.quantity ?? "",
                  cell: (row) => row.quantity ?? t("catalogue.unknown"),
                },
                {
                  id: "packaging",
                  header: t("catalogue.packaging"),
                  text: packagingText,
                  cell: (row) => <Packaging product={row} />,
                },
              ]}
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}

function packagingText(product: Product): string {
  return product.packagings.map(partText).join("; ");
}

function partText(part: Product["packagings"][number]): string {
  const count = part.number_of_units === null ? "" : `${part.number_of_units} × `;
  const what =
    [part.shape, part.material]
      .filter((tag) => tag !== null)
      .map(tagWords)
      .join(", ") || t("catalogue.unknown");
  const weight =
    part.weight_milligrams === null
      ? t("catalogue.weight-unknown")
      : t("catalogue.grams", { g: part.weight_milligrams / 1000 });
  return `${count}${what}: ${weight}`;
}

/** Open Food Facts tags as words: "en:pet-1-polyethylene-terephthalate" names its language and joins with dashes. */
function tagWords(tag: string): string {
  return tag.replace(/^[a-z]{2}:/, "").replaceAll("-", " ");
}

function Packaging({ product }: { product: Product }) {
  if (product.packagings.length === 0) return <span class="quiet">{t("catalogue.unknown")}</span>;
  return (
    <span class="stack-s small">
      {product.packagings.map((part, i) => (
        <span key={i}>{partText(part)}</span>
      ))}
      {product.packagings_complete ? null : <span class="quiet">{t("catalogue.incomplete")}</span>}
    </span>
  );
}

function Import({ onDone }: { onDone: () => void }) {
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function run(file: File) {
    setBusy(true);
    setProblem(null);
    setProgress(null);
    try {
      const answer = await importProducts(file, setProgress);
      if (!answer.ok) setProblem(problemText(answer.error));
    } catch {
      setProblem(t("catalogue.unreadable"));
    }
    setBusy(false);
    onDone();
  }
  return (
    <Section title={t("catalogue.import")}>
      <FilePick
        accept=".jsonl,.ndjson,.json,.gz"
        label={t("catalogue.pick")}
        hint={t("catalogue.pick-note")}
        busy={busy}
        icon={<Icon node={Upload} />}
        onPick={(file) => void run(file)}
      />
      {problem ? (
        <Banner tone="danger" title={problem}>
          {t("catalogue.partly")}
        </Banner>
      ) : null}
      {progress ? (
        <>
          {busy ? (
            <Progress
              label={t("catalogue.importing")}
              value={progress.bytes}
              max={progress.total}
              detail={t("catalogue.read", { n: progress.result.read })}
            />
          ) : null}
          <ImportReport result={progress.result} finished={!busy && problem === null} />
        </>
      ) : null}
    </Section>
  );
}

function ImportReport({ result, finished }: { result: ImportResult; finished: boolean }) {
  return (
    <>
      {finished ? (
        <Banner
          tone="ok"
          title={t("catalogue.done", {
            added: result.added,
            updated: result.updated,
            unchanged: result.unchanged,
            skipped: result.skipped.length,
          })}
        />
      ) : null}
      {result.skipped.length > 0 ? (
        <DataTable<ImportResult["skipped"][number]>
          caption={t("catalogue.skipped")}
          rows={result.skipped}
          rowKey={(row) => String(row.line)}
          csv="skipped"
          pageSize={10}
          empty={null}
          columns={[
            {
              id: "line",
              header: t("catalogue.line"),
              sort: (row) => row.line,
              text: (row) => String(row.line),
              cell: (row) => row.line,
            },
            {
              id: "why",
              header: t("catalogue.why"),
              sort: (row) => row.code,
              text: (row) => row.code,
              cell: (row) => reasonText(row.code),
            },
            {
              id: "detail",
              header: t("catalogue.detail"),
              text: (row) => row.detail,
              cell: (row) => <span class="small">{row.detail}</span>,
            },
          ]}
        />
      ) : null}
    </>
  );
}

function reasonText(code: string): string {
  const key = `problem.${code}`;
  const own = `skipped.${code}`;
  return hasMessage(own) ? t(own) : hasMessage(key) ? t(key) : code;
}
