/** Suppliers as the hub's staff see them: register one, and open its desk. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { SupplierDesk, SupplierPage, SupplierView } from "../../../shared/protocol/api/supplier.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Banner, Empty, Loaded } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity } from "../../parts/values.tsx";
import { VerifiedBadge } from "../suppliers/verified.tsx";

export function SuppliersAdminPage() {
  const me = useMe();
  const pages = usePages<SupplierPage, SupplierView>("/api/suppliers?limit=100", (page) => ({
    items: page.suppliers,
    next: page.next,
  }));
  const at = (id: string) =>
    me?.role === "operator" ? `/console/suppliers/${encodeURIComponent(id)}` : `/suppliers/${encodeURIComponent(id)}`;
  return (
    <Page title={t("supplier.all")} lead={t("supplier.admin-lead")}>
      <Loaded resource={pages.first}>
        {() => (
          <DataTable<SupplierView>
            caption={t("supplier.all")}
            rows={pages.items}
            rowKey={(row) => row.id}
            more={<More pages={pages} />}
            empty={<Empty title={t("supplier.none")}>{t("supplier.none-note")}</Empty>}
            columns={[
              {
                id: "name",
                header: t("supplier.name"),
                sort: (row) => row.name,
                text: (row) => `${row.name} ${row.domain}`,
                cell: (row) => (
                  <>
                    <a href={at(row.id)}>{row.name}</a> <span class="quiet small">{row.domain}</span>
                  </>
                ),
              },
              {
                id: "verified",
                header: t("supplier.verified"),
                sort: (row) => row.verified?.kind ?? "",
                cell: (row) => <VerifiedBadge supplier={row} />,
              },
              {
                id: "offers",
                header: t("supplier.valid-offers"),
                end: true,
                sort: (row) => row.offers,
                cell: (row) => <Quantity value={row.offers} />,
              },
            ]}
          />
        )}
      </Loaded>
      {me?.role === "operator" ? <Register /> : null}
    </Page>
  );
}

function Register() {
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [domain, setDomain] = useState("");
  const [country, setCountry] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function send(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const code = country.trim().toUpperCase();
    const supplier = { name, domain: domain.trim().toLowerCase(), country: code === "" ? null : code };
    const answer = await api.post<SupplierDesk>("/api/suppliers", supplier);
    setBusy(false);
    if (answer.ok) route(`/console/suppliers/${encodeURIComponent(answer.value.id)}`);
    else setProblem(problemText(answer.error));
  }
  return (
    <Section title={t("supplier.register")}>
      <form class="form" onSubmit={(event) => void send(event)}>
        <TextField
          label={t("supplier.name")}
          sees={t("supplier.sees-all")}
          value={name}
          onInput={setName}
          maxLength={120}
          autocomplete="off"
        />
        <TextField
          label={t("supplier.domain")}
          hint={t("supplier.domain-hint")}
          sees={t("supplier.sees-all")}
          value={domain}
          onInput={setDomain}
          maxLength={100}
          autocomplete="off"
          spellcheck={false}
          inputMode="url"
        />
        <TextField
          label={t("desk.field-country")}
          hint={t("supplier.country-hint")}
          value={country}
          onInput={setCountry}
          maxLength={2}
          autocomplete="off"
          spellcheck={false}
          optional
        />
        {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
        <div class="row">
          <Button type="submit" busy={busy}>
            {t("supplier.register")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
