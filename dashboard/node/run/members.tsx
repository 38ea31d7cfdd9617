/** /run/members: who is here, and removing somebody with its consequence said first. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { z } from "zod";

import type { member, memberPage } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { More } from "../../parts/more.tsx";
import { useMe } from "../../parts/session.ts";
import { Badge, Banner, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { Quantity } from "../../parts/values.tsx";
import { StewardPage } from "./steward-page.tsx";

export type MemberPage = z.infer<typeof memberPage>;
type Member = z.infer<typeof member>;

export function MembersPage() {
  return (
    <StewardPage title={t("members.title")} lead={t("members.lead")}>
      <Members />
    </StewardPage>
  );
}

function Members() {
  const pages = usePages("/api/members", (page: MemberPage) => ({ items: page.members, next: page.next }));
  return (
    <Loaded resource={pages.first}>
      {(data) => (
        <MemberTable
          members={pages.items}
          total={data.total}
          onChanged={pages.first.reload}
          more={<More pages={pages} />}
        />
      )}
    </Loaded>
  );
}

function MemberTable({
  members,
  total,
  more,
  onChanged,
}: {
  members: Member[];
  total: number;
  more: ComponentChildren;
  onChanged: () => void;
}) {
  const me = useMe();
  const [removing, setRemoving] = useState<Member | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function remove() {
    if (!removing) return;
    const answer = await api.post(`/api/members/${encodeURIComponent(removing.id)}/remove`);
    if (!answer.ok) return setProblem(problemText(answer.error));
    toast(t("members.removed", { name: removing.name }));
    close();
    onChanged();
  }
  function close() {
    setRemoving(null);
    setProblem(null);
  }

  return (
    <>
      <DataTable<Member>
        caption={t("members.caption", { n: total })}
        rows={members}
        rowKey={(row) => row.id}
        more={more}
        empty={
          <Empty
            title={t("members.empty")}
            action={<LinkButton href="/run/invites">{t("run.step-invite-do")}</LinkButton>}
          >
            {t("members.empty-text")}
          </Empty>
        }
        columns={[
          {
            id: "name",
            header: t("members.name"),
            cell: (row) => (
              <>
                {row.name} {row.id === me?.id ? <span class="quiet">({t("members.you")})</span> : null}
              </>
            ),
            sort: (row) => row.name,
            text: (row) => row.name,
          },
          {
            id: "role",
            header: t("members.role"),
            cell: (row) => t(`me.role-${row.role}`),
            sort: (row) => row.role,
            text: (row) => t(`me.role-${row.role}`),
          },
          {
            id: "joined",
            header: t("members.joined"),
            cell: (row) => formatDate(row.joined_at),
            sort: (row) => row.joined_at,
            text: (row) => row.joined_at,
          },
          {
            id: "pledges",
            header: t("members.pledges"),
            end: true,
            cell: (row) => <Quantity value={row.pledges} />,
            sort: (row) => row.pledges,
            text: (row) => String(row.pledges),
          },
          {
            id: "state",
            header: t("members.state"),
            cell: (row) =>
              row.state === "active" ? t("members.state-active") : <Badge>{t(`members.state-${row.state}`)}</Badge>,
            sort: (row) => row.state,
            text: (row) => t(`members.state-${row.state}`),
          },
          {
            id: "act",
            header: "",
            cell: (row) =>
              row.state === "active" && row.id !== me?.id ? (
                <Button
                  kind="quiet"
                  label={t("members.remove-of", { name: row.name })}
                  onClick={() => setRemoving(row)}
                >
                  {t("members.remove")}
                </Button>
              ) : null,
          },
        ]}
      />
      <Confirm
        open={removing !== null}
        title={t("members.remove-title", { name: removing?.name ?? "" })}
        action={t("members.remove-do")}
        word={t("members.remove-word")}
        onConfirm={remove}
        onClose={close}
      >
        <p>{t("members.remove-text", { n: removing?.pledges ?? 0 })}</p>
        <p>{t("members.remove-text2")}</p>
        {problem ? <Banner tone="danger">{problem}</Banner> : null}
      </Confirm>
    </>
  );
}
