/** Accounts for people of funders and suppliers, and what funders say they might give. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { createdInvite } from "../../../../shared/protocol/api/identity.ts";
import type { intentionList } from "../../../../shared/protocol/api/party.ts";
import type { supplierPage } from "../../../../shared/protocol/api/signals.ts";
import { api, problemText } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { Copy } from "../../../parts/copy.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Select, TextField } from "../../../parts/field.tsx";
import { formatDate, formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Page, Section } from "../../../parts/page.tsx";
import { QR } from "../../../parts/qr.tsx";
import { useMe } from "../../../parts/session.ts";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { useResource } from "../../../parts/use-resource.ts";
import { When } from "../../../parts/values.tsx";
import { usePicks } from "./picks.ts";

type Created = z.infer<typeof createdInvite>;
type Intention = z.infer<typeof intentionList>["intentions"][number];

export function PartiesPage() {
  const me = useMe();
  return (
    <Page title={t("desk.parties")} lead={t("desk.parties-lead")}>
      {me?.role === "operator" ? <InviteParty /> : null}
      <Intentions mayDecide={me?.role === "operator" || me?.role === "finance"} />
    </Page>
  );
}

function InviteParty() {
  const [role, setRole] = useState<"funder" | "supplier">("funder");
  const [party, setParty] = useState("");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [made, setMade] = useState<Created | null>(null);
  const [busy, setBusy] = useState(false);
  const funders = usePicks("funder");
  const suppliers = useResource<z.infer<typeof supplierPage>>("/api/suppliers?limit=100").data?.suppliers ?? [];
  const choices = role === "funder" ? (funders ?? []) : suppliers.map((one) => ({ value: one.id, label: one.name }));
  async function invite(submit: Event) {
    submit.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post<Created>("/api/parties", {
      role,
      party,
      name: name.trim(),
      email: email.trim() || null,
    });
    setBusy(false);
    if (answer.ok) setMade(answer.value);
    else toast(problemText(answer.error));
  }
  return (
    <Section title={t("desk.party-invite")}>
      <form class="form" onSubmit={(submit) => void invite(submit)}>
        <Select
          label={t("invite.role")}
          value={role}
          onChange={(value) => {
            setRole(value === "supplier" ? "supplier" : "funder");
            setParty("");
          }}
          choices={(["funder", "supplier"] as const).map((one) => ({ value: one, label: t(`me.role-${one}`) }))}
        />
        <Select
          label={t("desk.party")}
          value={party}
          onChange={setParty}
          choices={[{ value: "", label: t("desk.choose") }, ...choices]}
        />
        <TextField
          label={t("desk.party-name")}
          sees={t("desk.sees-staff")}
          value={name}
          onInput={setName}
          maxLength={60}
        />
        <TextField
          label={t("desk.party-email")}
          hint={t("desk.party-email-hint")}
          sees={t("desk.sees-staff")}
          type="email"
          value={email}
          onInput={setEmail}
          maxLength={254}
          optional
        />
        <div class="row">
          <Button type="submit" busy={busy} disabled={party === "" || name.trim() === ""}>
            {t("invite.make")}
          </Button>
        </div>
      </form>
      <Dialog open={made !== null} title={t("invite.made")} onClose={() => setMade(null)}>
        {made === null ? null : (
          <>
            <p>{t("invite.made-note", { date: formatDate(made.expires_at, "time") })}</p>
            <QR text={made.url} label={t("invite.qr")} />
            <Copy text={made.url} label={t("invite.link")} />
          </>
        )}
      </Dialog>
    </Section>
  );
}

function Intentions({ mayDecide }: { mayDecide: boolean }) {
  const list = useResource<z.infer<typeof intentionList>>("/api/intentions");
  async function decide(id: string, act: "record" | "decline") {
    const answer = await api.post(`/api/intentions/${encodeURIComponent(id)}/${act}`, {});
    toast(
      answer.ok
        ? t(act === "record" ? "desk.intention-recorded" : "desk.intention-declined")
        : problemText(answer.error),
    );
    list.reload();
  }
  return (
    <Section title={t("desk.intentions")} id="intentions">
      <Loaded resource={list}>
        {({ intentions }) => (
          <DataTable<Intention>
            caption={t("desk.intentions")}
            rows={intentions}
            rowKey={(row) => row.id}
            csv="intentions"
            empty={<Empty title={t("desk.intentions-none")}>{t("desk.intentions-none-note")}</Empty>}
            columns={[
              {
                id: "funder",
                header: t("desk.field-funder"),
                sort: (row) => row.funder.name,
                text: (row) => row.funder.name,
                cell: (row) => row.funder.name,
              },
              { id: "fund", header: t("desk.field-fund"), text: (row) => row.fund.name, cell: (row) => row.fund.name },
              {
                id: "amount",
                header: t("desk.field-amount_minor"),
                end: true,
                text: (row) => row.amount_minor,
                cell: (row) => formatMoney(row.amount_minor, row.currency),
              },
              { id: "note", header: t("desk.note"), text: (row) => row.note, cell: (row) => row.note },
              { id: "at", header: t("desk.when"), text: (row) => row.at, cell: (row) => <When at={row.at} /> },
              {
                id: "state",
                header: t("invite.state"),
                text: (row) => row.state,
                cell: (row) => t(`desk.intention-${row.state}`),
              },
              {
                id: "act",
                header: "",
                cell: (row) =>
                  mayDecide && row.state === "new" ? (
                    <span class="row">
                      <Button kind="quiet" onClick={() => void decide(row.id, "record")}>
                        {t("desk.intention-record")}
                      </Button>
                      <Button kind="quiet" onClick={() => void decide(row.id, "decline")}>
                        {t("desk.intention-decline")}
                      </Button>
                    </span>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
