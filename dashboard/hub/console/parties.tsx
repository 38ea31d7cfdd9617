/** People and partners: accounts of funders and suppliers, and what funders say they might give. */
import { useState } from "preact/hooks";
import type { PartyAccount, partyList } from "../../../shared/protocol/api/party.ts";
import type { z } from "zod";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Badge, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";
import { Intentions } from "./intentions.tsx";
import { InviteParty } from "./invite-party.tsx";

export function PartiesPage() {
  const me = useMe();
  const maySee = me?.role === "operator" || me?.role === "auditor";
  return (
    <Page title={t("parties.title")} lead={t("parties.lead")}>
      {maySee ? <Accounts mayChange={me.role === "operator"} /> : null}
      <Intentions mayDecide={me?.role === "operator" || me?.role === "finance"} />
    </Page>
  );
}

function Accounts({ mayChange }: { mayChange: boolean }) {
  const list = useResource<z.infer<typeof partyList>>("/api/parties");
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<PartyAccount | null>(null);
  const [busy, setBusy] = useState(false);
  async function withdraw(account: PartyAccount) {
    setBusy(true);
    const answer = await api.delete(`/api/parties/${encodeURIComponent(account.id)}`);
    setBusy(false);
    toast(answer.ok ? t("parties.withdrawn") : problemText(answer.error));
    setLeaving(null);
    list.reload();
  }
  const invite = mayChange ? <Button onClick={() => setInviting(true)}>{t("parties.invite")}</Button> : null;
  return (
    <Section title={t("parties.accounts")}>
      <Loaded resource={list}>
        {({ accounts }) => (
          <>
            {accounts.length > 0 ? <div class="row">{invite}</div> : null}
            <DataTable<PartyAccount>
              caption={t("parties.accounts")}
              rows={accounts}
              rowKey={(row) => row.id}
              empty={
                <Empty title={t("parties.none")} action={invite}>
                  {t("parties.none-note")}
                </Empty>
              }
              columns={[
                {
                  id: "party",
                  header: t("parties.organisation"),
                  sort: (row) => row.party.name,
                  text: (row) => row.party.name,
                  cell: (row) => (
                    <a href={`/${row.role === "funder" ? "funders" : "suppliers"}/${encodeURIComponent(row.party.id)}`}>
                      {row.party.name}
                    </a>
                  ),
                },
                {
                  id: "role",
                  header: t("invite.role"),
                  sort: (row) => row.role,
                  text: (row) => row.role,
                  cell: (row) => t(`me.role-${row.role}`),
                },
                {
                  id: "name",
                  header: t("parties.person"),
                  sort: (row) => row.name,
                  text: (row) => row.name,
                  cell: (row) => row.name,
                },
                {
                  id: "ways",
                  header: t("parties.ways"),
                  text: (row) => `${row.email ? "e-mail " : ""}${row.passkeys > 0 ? "passkey" : ""}`,
                  cell: (row) => ways(row),
                },
                {
                  id: "since",
                  header: t("parties.since"),
                  sort: (row) => row.since,
                  text: (row) => row.since,
                  cell: (row) => <When at={row.since} />,
                },
                {
                  id: "act",
                  header: t("parties.do"),
                  cell: (row) =>
                    mayChange ? (
                      <Button kind="quiet" onClick={() => setLeaving(row)}>
                        {t("parties.withdraw")}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </>
        )}
      </Loaded>
      <Dialog open={isInviting} title={t("parties.invite")} onClose={() => setInviting(false)}>
        <InviteParty onDone={() => list.reload()} onClose={() => setInviting(false)} />
      </Dialog>
      <Dialog open={leaving !== null} title={t("parties.withdraw")} onClose={() => setLeaving(null)}>
        {leaving === null ? null : (
          <div class="stack">
            <p>{t("parties.withdraw-note", { name: leaving.name, party: leaving.party.name })}</p>
            <div class="row row-end">
              <Button kind="danger" busy={busy} onClick={() => void withdraw(leaving)}>
                {t("parties.withdraw")}
              </Button>
            </div>
          </div>
        )}
      </Dialog>
    </Section>
  );
}

function ways(row: PartyAccount) {
  if (row.state === "invited") return <Badge tone="info">{t("parties.invited")}</Badge>;
  const all = [row.email ? t("parties.by-email") : null, row.passkeys > 0 ? t("parties.by-passkey") : null];
  return all.filter((way) => way !== null).join(", ");
}
