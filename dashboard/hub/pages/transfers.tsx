/** Every movement of money, filtered by the address: where a click on a number about money leads. */
import { useLocation } from "preact-iso";
import { transferCodes } from "../../../shared/protocol/fund.ts";
import { Select, TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Page } from "../../parts/page.tsx";
import { TransferTable } from "../funding/transfer-table.tsx";

const names = ["fund", "award", "account", "code", "currency", "from", "to"] as const;

export function TransfersPage() {
  const { path, query, route } = useLocation();
  const asked = new URLSearchParams();
  for (const name of names) {
    const value = query[name];
    if (value) asked.set(name, value);
  }
  function choose(name: (typeof names)[number], value: string) {
    const next = new URLSearchParams(asked);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`);
  }
  const search = asked.toString();
  return (
    <Page
      title={t("funding.transfers")}
      lead={t("funding.transfers-lead")}
      back={{ href: "/funding", label: t("funding.title") }}
    >
      <div class="form-row">
        <Select
          label={t("funding.what")}
          value={query["code"] ?? ""}
          onChange={(value) => choose("code", value)}
          choices={[
            { value: "", label: t("funding.all") },
            ...transferCodes.map((code) => ({ value: code, label: t(`funding.code-${code}`) })),
          ]}
        />
        <TextField
          label={t("funding.from-day")}
          type="date"
          value={query["from"] ?? ""}
          onInput={(value) => choose("from", value)}
          optional
        />
        <TextField
          label={t("funding.to-day")}
          type="date"
          value={query["to"] ?? ""}
          onInput={(value) => choose("to", value)}
          optional
        />
      </div>
      {query["account"] ? (
        <p class="small">
          <span class="mono">{query["account"]}</span> <a href="/transfers">{t("funding.show-all")}</a>
        </p>
      ) : null}
      <TransferTable key={search} path={search === "" ? "/api/transfers" : `/api/transfers?${search}`} />
    </Page>
  );
}
