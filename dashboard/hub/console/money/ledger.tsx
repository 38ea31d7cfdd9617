/** The books as an auditor reads them: every account of a currency, whose sum is zero, and everything as files. */
import { useLocation } from "preact-iso";
import type { z } from "zod";
import type { FundingOverview } from "../../../../shared/protocol/api/capital.ts";
import type { trialBalance } from "../../../../shared/protocol/api/proposal.ts";
import { DataTable } from "../../../parts/data-table.tsx";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Page, Section } from "../../../parts/page.tsx";
import { Banner, Empty, Loaded } from "../../../parts/states.tsx";
import { useResource } from "../../../parts/use-resource.ts";

type Balance = z.infer<typeof trialBalance>;

const files = [
  ["/exports/transfers.csv", "desk.file-transfers"],
  ["/exports/awards.csv", "desk.file-awards"],
  ["/exports/allocations.csv", "matching.file"],
  ["/exports/360giving.json", "desk.file-360-json"],
  ["/exports/360giving.csv", "desk.file-360-csv"],
  ["/exports/iati.xml", "desk.file-iati"],
  ["/api/audit?format=csv", "desk.file-audit"],
  ["/exports/data-dictionary.json", "desk.file-dictionary"],
] as const;

export function LedgerPage() {
  const { query } = useLocation();
  const funding = useResource<FundingOverview>("/api/funding");
  const currencies = funding.data?.currencies.map(({ currency }) => currency) ?? [];
  const currency = query["currency"] ?? currencies[0] ?? null;
  const balance = useResource<Balance>(currency === null ? null : `/api/trial-balance?currency=${currency}`);
  return (
    <Page title={t("desk.ledger")} lead={t("desk.ledger-lead")}>
      <nav class="tabs" aria-label={t("desk.ledger")}>
        {currencies.map((one) => (
          <a
            key={one}
            href={`/console/money/ledger?currency=${one}`}
            aria-current={one === currency ? "page" : undefined}
          >
            {one}
          </a>
        ))}
      </nav>
      {currency === null ? (
        <Empty title={t("desk.ledger-empty")}>{t("desk.ledger-empty-note")}</Empty>
      ) : (
        <Loaded resource={balance}>
          {(view) => (
            <>
              <Banner tone="ok" title={t("desk.balanced", { currency })}>
                {t("desk.chain", { n: view.transfers, chain: view.chain ?? "–" })}
              </Banner>
              <DataTable<Balance["accounts"][number]>
                caption={t("desk.accounts")}
                rows={view.accounts}
                rowKey={(row) => row.path}
                csv={`trial-balance-${currency}`}
                pageSize={50}
                empty={null}
                columns={[
                  {
                    id: "path",
                    header: t("desk.account"),
                    sort: (row) => row.path,
                    text: (row) => row.path,
                    cell: (row) => (
                      <a class="mono small" href={`/transfers?account=${encodeURIComponent(row.path)}`}>
                        {row.path}
                      </a>
                    ),
                  },
                  {
                    id: "balance",
                    header: t("desk.balance"),
                    end: true,
                    sort: (row) => BigInt(row.balance_minor),
                    text: (row) => row.balance_minor,
                    cell: (row) => formatMoney(row.balance_minor, currency),
                  },
                ]}
              />
            </>
          )}
        </Loaded>
      )}
      <Section title={t("desk.files")}>
        <ul class="stack-s">
          {files.map(([href, key]) => (
            <li key={href}>
              <a href={href} download>
                {t(key)}
              </a>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}
