/** Making invitations and seeing what became of them: steward at a node, operator at a hub. */
import { Plus } from "lucide";
import { useState } from "preact/hooks";

import type { createdInvite, invite, inviteList, Role } from "../../../shared/protocol/api/identity.ts";
import type { z } from "zod";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { Copy } from "../copy.tsx";
import { DataTable } from "../data-table.tsx";
import { Dialog } from "../dialog.tsx";
import { Select, TextField } from "../field.tsx";
import { formatDate } from "../format.ts";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { QR } from "../qr.tsx";
import { Badge, Empty, Loaded } from "../states.tsx";
import { toast } from "../toast.tsx";
import { useResource } from "../use-resource.ts";

type Invite = z.infer<typeof invite>;
type Created = z.infer<typeof createdInvite>;
const tones = { open: "info", used: "ok", expired: "warning", revoked: "warning" } as const;

export function Invites({ roles }: { roles: readonly Role[] }) {
  const list = useResource<z.infer<typeof inviteList>>("/api/invites");
  const [asking, setAsking] = useState(false);
  const [role, setRole] = useState<string>(roles[0] ?? "member");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Created | null>(null);

  async function make(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post<Created>("/api/invites", note.trim() ? { role, note: note.trim() } : { role });
    setBusy(false);
    if (!answer.ok) {
      toast(problemText(answer.error));
      return;
    }
    setAsking(false);
    setNote("");
    setMade(answer.value);
    list.reload();
  }
  async function revoke(id: string) {
    const answer = await api.delete(`/api/invites/${encodeURIComponent(id)}`);
    toast(answer.ok ? t("invite.revoked") : problemText(answer.error));
    list.reload();
  }

  const newButton = (
    <Button onClick={() => setAsking(true)}>
      <Icon node={Plus} />
      {t("invite.new")}
    </Button>
  );
  return (
    <div class="stack">
      <Loaded resource={list}>
        {({ invites }) => (
          <>
            {invites.length > 0 ? <div class="row">{newButton}</div> : null}
            <DataTable<Invite>
              caption={t("invite.table")}
              rows={invites}
              rowKey={(row) => row.id}
              empty={
                <Empty title={t("invite.empty")} action={newButton}>
                  {t("invite.empty-note")}
                </Empty>
              }
              columns={[
                {
                  id: "role",
                  header: t("invite.role"),
                  cell: (row) => t(`me.role-${row.role}`),
                  text: (row) => row.role,
                },
                { id: "note", header: t("invite.note"), cell: (row) => row.note || "–", text: (row) => row.note },
                { id: "by", header: t("invite.by"), cell: (row) => row.inviter, text: (row) => row.inviter },
                {
                  id: "state",
                  header: t("invite.state"),
                  cell: (row) => <Badge tone={tones[row.state]}>{t(`invite.state-${row.state}`)}</Badge>,
                  sort: (row) => row.state,
                  text: (row) => row.state,
                },
                {
                  id: "until",
                  header: t("invite.until"),
                  cell: (row) => formatDate(row.expires_at),
                  sort: (row) => row.expires_at,
                },
                {
                  id: "act",
                  header: "",
                  cell: (row) =>
                    row.state === "open" ? (
                      <Button kind="quiet" onClick={() => void revoke(row.id)}>
                        {t("invite.revoke")}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </>
        )}
      </Loaded>
      <Dialog open={asking} title={t("invite.new")} onClose={() => setAsking(false)}>
        <form class="stack" onSubmit={(event) => void make(event)}>
          {roles.length > 1 ? (
            <Select
              label={t("invite.role")}
              value={role}
              onChange={setRole}
              choices={roles.map((r) => ({ value: r, label: t(`me.role-${r}`) }))}
            />
          ) : null}
          <TextField
            label={t("invite.note")}
            optional
            hint={t("invite.note-hint")}
            sees={t("invite.note-sees")}
            value={note}
            onInput={setNote}
            maxLength={120}
            autocomplete="off"
          />
          <div class="row row-end">
            <Button kind="secondary" onClick={() => setAsking(false)}>
              {t("dialog.cancel")}
            </Button>
            <Button type="submit" busy={busy}>
              {t("invite.make")}
            </Button>
          </div>
        </form>
      </Dialog>
      <Dialog open={made !== null} title={t("invite.made")} onClose={() => setMade(null)}>
        {made ? (
          <>
            <p>{t("invite.made-note", { date: formatDate(made.expires_at, "time") })}</p>
            <QR text={made.url} label={t("invite.qr")} />
            <Copy text={made.url} label={t("invite.link")} />
          </>
        ) : null}
      </Dialog>
    </div>
  );
}
