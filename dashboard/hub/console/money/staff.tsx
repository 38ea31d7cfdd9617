/** The people who work at this hub: what each may do, and up to which amount. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { changeStaff, staffList, staffView } from "../../../../shared/protocol/api/proposal.ts";
import { api, problemText } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Select, TextField } from "../../../parts/field.tsx";
import { currencyScale, formatMoney, minorToDecimal } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Invites } from "../../../parts/identity/invites.tsx";
import { Page, Section } from "../../../parts/page.tsx";
import { useMe } from "../../../parts/session.ts";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { useResource } from "../../../parts/use-resource.ts";
import { When } from "../../../parts/values.tsx";
import { moneyOf } from "./event-build.ts";

type Staff = z.infer<typeof staffView>;
type Change = z.infer<typeof changeStaff>;
const desks = ["operator", "finance", "approver", "auditor"] as const;

export function StaffPage() {
  const list = useResource<z.infer<typeof staffList>>("/api/staff");
  const me = useMe();
  const isOperator = me?.role === "operator";
  const [editing, setEditing] = useState<Staff | null>(null);
  return (
    <Page title={t("desk.staff")} lead={t("desk.staff-lead")}>
      <dl class="facts">
        {desks.map((role) => (
          <div key={role}>
            <dt>{t(`me.role-${role}`)}</dt>
            <dd>{t(`desk.role-${role}-note`)}</dd>
          </div>
        ))}
      </dl>
      <Loaded resource={list}>
        {({ staff }) => (
          <DataTable<Staff>
            caption={t("desk.staff")}
            rows={staff}
            rowKey={(row) => row.id}
            empty={<Empty title={t("desk.staff")} />}
            columns={[
              {
                id: "name",
                header: t("desk.field-name"),
                sort: (row) => row.name,
                text: (row) => row.name,
                cell: (row) => row.name,
              },
              {
                id: "role",
                header: t("invite.role"),
                sort: (row) => row.role,
                text: (row) => row.role,
                cell: (row) => t(`me.role-${row.role}`),
              },
              { id: "limits", header: t("desk.limits"), text: limitsText, cell: limitsText },
              {
                id: "since",
                header: t("desk.since"),
                sort: (row) => row.joined_at,
                text: (row) => row.joined_at,
                cell: (row) => <When at={row.joined_at} />,
              },
              {
                id: "act",
                header: "",
                cell: (row) =>
                  isOperator ? (
                    <Button kind="quiet" onClick={() => setEditing(row)}>
                      {t("desk.change")}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {isOperator ? (
        <Section title={t("desk.invite")}>
          <Invites roles={desks} />
        </Section>
      ) : null}
      <Dialog open={editing !== null} title={editing?.name ?? ""} onClose={() => setEditing(null)}>
        {editing === null ? null : (
          <EditStaff
            staff={editing}
            onDone={() => {
              setEditing(null);
              list.reload();
            }}
          />
        )}
      </Dialog>
    </Page>
  );
}

function limitsText(row: Staff): string {
  if (row.limits.length === 0) return t("desk.no-limit");
  return row.limits.map(({ currency, limit_minor }) => formatMoney(limit_minor, currency)).join(" · ");
}

function EditStaff({ staff, onDone }: { staff: Staff; onDone: () => void }) {
  const first = staff.limits[0];
  const [role, setRole] = useState<string>(staff.role);
  const [currency, setCurrency] = useState(first?.currency ?? "EUR");
  const [limit, setLimit] = useState(
    first === undefined ? "" : minorToDecimal(first.limit_minor, currencyScale(first.currency)),
  );
  const [busy, setBusy] = useState(false);
  const limitMinor = limit.trim() === "" ? null : moneyOf(limit, currency, true);
  async function save(submit: Event) {
    submit.preventDefault();
    if (limitMinor === undefined || busy) return;
    setBusy(true);
    const others = staff.limits.filter((one) => one.currency !== currency);
    const change: Change = {
      ...(role !== staff.role && { role: role as NonNullable<Change["role"]> }),
      limits: limitMinor === null ? others : [...others, { currency, limit_minor: limitMinor }],
    };
    const answer = await api.patch(`/api/staff/${encodeURIComponent(staff.id)}`, change);
    setBusy(false);
    toast(answer.ok ? t("desk.saved") : problemText(answer.error));
    if (answer.ok) onDone();
  }
  return (
    <form class="stack" onSubmit={(submit) => void save(submit)}>
      <Select
        label={t("invite.role")}
        value={role}
        onChange={setRole}
        choices={desks.map((one) => ({ value: one, label: t(`me.role-${one}`) }))}
      />
      <div class="form-row">
        <TextField
          label={t("desk.limit")}
          hint={t("desk.limit-hint")}
          value={limit}
          onInput={setLimit}
          inputMode="decimal"
          autocomplete="off"
          optional
          error={limitMinor === undefined ? t("desk.field-wrong") : null}
        />
        <TextField
          label={t("campaign-form.currency")}
          value={currency}
          onInput={(value) => setCurrency(value.toUpperCase())}
          maxLength={3}
        />
      </div>
      <div class="row row-end">
        <Button type="submit" busy={busy}>
          {t("desk.save")}
        </Button>
      </div>
    </form>
  );
}
