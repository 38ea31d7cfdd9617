/**
 * Accounts of funders and suppliers: an operator invites, by address or by link, and withdraws. What the audit log keeps
 * of it names the organisation, never an address.
 */
import type { InviteParty, PartyRole } from "../../../shared/protocol/api/party.ts";
import type { AppContext } from "../../lib/app.ts";
import { isConflict } from "../../lib/d1.ts";
import { newInvite } from "../../lib/identity/invite.ts";
import { endMember } from "../../lib/identity/member.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { HubConfig } from "../env.ts";
import type { Hub } from "../hub.ts";
import { invitationLetter } from "../mail-words.ts";
import { deliveryInsert } from "./delivery.ts";

const NAME_SQL = {
  funder: "SELECT data ->> '$.event.name' AS name FROM funder WHERE id = ?",
  supplier: "SELECT name FROM supplier WHERE id = ?",
};

/** The funder that a signed-in person stands for. By primary key. */
export async function requireFunder(c: AppContext<HubConfig>): Promise<{ memberId: string; funder: string }> {
  const { member } = await requireRole(c, "funder");
  const row = await c
    .get("db")
    .prepare("SELECT party FROM party WHERE member_id = ? AND kind = 'funder'")
    .bind(member.id)
    .first<{ party: string }>();
  if (row === null) throw new Refused("not-allowed");
  return { memberId: member.id, funder: row.party };
}

export async function inviteParty(
  hub: Hub,
  actor: Actor,
  asked: InviteParty,
): Promise<{ id: string; url: string | null }> {
  const { role, party } = asked;
  const found = await hub.db.prepare(NAME_SQL[role]).bind(party).first<{ name: string }>();
  if (found === null) throw new Refused(role === "funder" ? "funder-unknown" : "supplier-unknown");
  return asked.email === null
    ? await inviteByLink(hub, actor, asked)
    : await inviteByMail(hub, actor, { ...asked, email: asked.email }, found.name);
}

async function inviteByLink(hub: Hub, actor: Actor, { role, party, name }: InviteParty) {
  const now = hub.now();
  const invite = newInvite(hub.db, hub.config, { role, note: name, inviterId: actor.id }, now);
  await hub.db.batch([
    invite.statement,
    hub.db.prepare("INSERT INTO party_invite (invite_id, kind, party) VALUES (?, ?, ?)").bind(invite.id, role, party),
    auditRow(hub.db, actor, { action: "party.invite", subject: party, detail: `${role}, by link` }, now),
  ]);
  return { id: invite.id, url: invite.url };
}

/** The account is there at once: the code that will be mailed shows whose address it is. */
async function inviteByMail(
  hub: Hub,
  actor: Actor,
  { role, party, name, email, language }: InviteParty & { email: string },
  organisation: string,
) {
  if (hub.mail === null) throw new Refused("mail-off");
  const now = hub.now();
  const id = randomToken();
  const url = `${hub.config.publicUrl}/sign-in`;
  const letter = invitationLetter(language, hub.config.name, { name, party: organisation, url });
  try {
    await hub.db.batch([
      hub.db
        .prepare(
          `INSERT INTO member (id, name, role, state, user_handle, invite_id, inviter_id, joined_at)
           VALUES (?, ?, ?, 'active', ?, ?, ?, ?)`,
        )
        .bind(id, name, role, randomToken(32), `mail:${randomToken()}`, actor.id, now),
      ...partyRows(hub.db, id, { kind: role, party, email }),
      deliveryInsert(hub.db, { kind: "email", memberId: id, alertId: null, body: JSON.stringify(letter) }, now),
      auditRow(hub.db, actor, { action: "party.invite", subject: party, detail: `${role}, by mail` }, now),
    ]);
  } catch (error) {
    if (isConflict(error, "member_email.email")) throw new Refused("email-taken");
    throw error;
  }
  return { id, url: null };
}

export function partyRows(
  db: D1Database,
  memberId: string,
  { kind, party, email }: { kind: PartyRole; party: string; email: string | null },
): D1PreparedStatement[] {
  return [
    db.prepare("INSERT INTO party (member_id, kind, party) VALUES (?, ?, ?)").bind(memberId, kind, party),
    ...(email === null
      ? []
      : [db.prepare("INSERT INTO member_email (member_id, email) VALUES (?, ?)").bind(memberId, email)]),
  ];
}

/** In the batch in which somebody joins: what the invitation was for becomes theirs. Nothing for any other key. */
export function joinedParty(db: D1Database, memberId: string): D1PreparedStatement[] {
  const mine = "SELECT invite_id FROM member WHERE id = ?1";
  return [
    db
      .prepare(
        `INSERT INTO party (member_id, kind, party)
         SELECT ?1, kind, party FROM party_invite WHERE invite_id = (${mine})`,
      )
      .bind(memberId),
    db.prepare(`DELETE FROM party_invite WHERE invite_id = (${mine})`).bind(memberId),
  ];
}

/** An account, or an invitation that nobody has used: sessions, address, alerts and what waits to be sent go with it. */
export async function withdrawParty(hub: Hub, actor: Actor, id: string): Promise<void> {
  const { db } = hub;
  const now = hub.now();
  const [accounts, invites] = await db.batch<{ kind: PartyRole; party: string }>([
    db
      .prepare(
        "SELECT kind, party FROM party WHERE member_id = ? AND EXISTS (SELECT 1 FROM member WHERE id = member_id AND state = 'active')",
      )
      .bind(id),
    db.prepare("SELECT kind, party FROM party_invite WHERE invite_id = ?").bind(id),
  ]);
  const account = accounts?.results[0];
  const found = account ?? invites?.results[0];
  if (found === undefined) throw new Refused("not-found");
  const { kind, party } = found;
  await db.batch([
    ...(account === undefined
      ? [
          db.prepare("UPDATE invite SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?").bind(now, id),
          db.prepare("DELETE FROM party_invite WHERE invite_id = ?").bind(id),
        ]
      : [
          ...endMember(db, id, "removed", now),
          db.prepare("UPDATE invite SET note = '' WHERE id = (SELECT invite_id FROM member WHERE id = ?)").bind(id),
          ...["party", "member_email", "alert", "delivery"].map((table) =>
            db.prepare(`DELETE FROM ${table} WHERE member_id = ?`).bind(id),
          ),
        ]),
    auditRow(db, actor, { action: "party.withdraw", subject: party, detail: kind }, now),
  ]);
}
