/** Everything this node stores about one member, and nothing about anyone else. As large as their own history. */
import type { MemberData } from "../../../shared/protocol/api/community.ts";
import type { Authenticated } from "../../lib/identity/session.ts";
import type { NodeContext } from "../context.ts";
import { isoOrNull, isoTime } from "../time.ts";
import { myPledgesOf, myPledgesQuery } from "./my-pledges.ts";
import { myWaitingQuery, promised, type ShownWaiting } from "./waiting.ts";

type Row = Record<string, string | number | null>;

export async function readMyData({ db, config, now }: NodeContext, who: Authenticated): Promise<MemberData> {
  const { id } = who.member;
  const [member, codes, passkeys, sessions, invites, pledges, waiting, receipts] = await db.batch<Row>([
    db.prepare("SELECT name, role, joined_at FROM member WHERE id = ?").bind(id),
    db.prepare("SELECT count(*) AS n FROM recovery_code WHERE member_id = ? AND used_at IS NULL").bind(id),
    db
      .prepare(
        `SELECT id, label, rp_id, created_at, last_used_at, ended_at, backed_up, transports, key_leaf, key_salt,
           hex(public_key) AS cose_key_hex FROM credential WHERE member_id = ? ORDER BY created_at`,
      )
      .bind(id),
    db.prepare("SELECT created_at, seen_at, expires_at, credential_id FROM session WHERE member_id = ?").bind(id),
    // scans the invitations, which only stewards make
    db.prepare("SELECT role, note, created_at, expires_at, revoked_at FROM invite WHERE inviter_id = ?").bind(id),
    myPledgesQuery(db, id),
    myWaitingQuery(db, id),
    db
      .prepare(
        `SELECT r.leaf, r.idx AS book_index, e.data AS entry, r.document, r.signature, r.salt, r.key_leaf, r.signed_at
         FROM receipt r JOIN log_entry e ON e.idx = r.idx WHERE r.member = ? ORDER BY r.idx`,
      )
      .bind(id),
  ]);
  return {
    kind: "cocoon-member-data",
    v: 1,
    community: config.origin,
    exported_at: isoTime(now()),
    member: {
      id,
      account: id,
      name: who.member.name,
      role: who.member.role,
      joined_at: isoTime(Number(member?.results[0]?.["joined_at"])),
      recovery_codes_left: Number(codes?.results[0]?.["n"]),
    },
    passkeys: (passkeys?.results ?? []).map((row) => ({
      ...row,
      id: String(row["id"]),
      label: String(row["label"]),
      created_at: isoTime(Number(row["created_at"])),
      last_used_at: isoOrNull(row["last_used_at"] as number | null),
    })),
    sessions: (sessions?.results ?? []).map((row) => ({
      created_at: isoTime(Number(row["created_at"])),
      last_seen_at: isoTime(Number(row["seen_at"])),
      expires_at: isoTime(Number(row["expires_at"])),
      passkey: row["credential_id"] as string | null,
    })),
    invites: (invites?.results ?? []).map((row) => ({
      role: row["role"] as MemberData["member"]["role"],
      note: String(row["note"]),
      created_at: isoTime(Number(row["created_at"])),
      state: row["revoked_at"] !== null ? "revoked" : Number(row["expires_at"]) <= now() ? "ended" : "made",
    })),
    pledges: myPledgesOf(pledges?.results ?? []),
    waiting: await Promise.all(
      ((waiting?.results ?? []) as unknown as ShownWaiting[]).map((row) => promised(config, row)),
    ),
    receipts: (receipts?.results ?? []).map((row) => ({
      ...row,
      leaf: String(row["leaf"]),
      document: JSON.parse(String(row["document"])) as unknown,
      signature: JSON.parse(String(row["signature"])) as unknown,
      signed_at: isoTime(Number(row["signed_at"])),
    })),
  };
}
