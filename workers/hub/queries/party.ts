/** Accounts of funders and suppliers as the people of the hub see them: whether there is an address, never which. */
import type { PartyAccount } from "../../../shared/protocol/api/party.ts";
import { rowsOf } from "../../lib/d1.ts";

const LISTED = 500;
/** The organisation's name is that of the log, or of the supplier's own record. */
const NAMES_SQL = `coalesce((SELECT data ->> '$.event.name' FROM funder WHERE p.kind = 'funder' AND funder.id = p.party),
  (SELECT name FROM supplier WHERE p.kind = 'supplier' AND supplier.id = p.party), p.party) AS party_name`;

interface Row {
  id: string;
  kind: PartyAccount["role"];
  party: string;
  party_name: string;
  name: string;
  email: number;
  passkeys: number;
  at: number;
}

/** Scans the accounts, which only operators make. */
export async function partyAccounts(db: D1Database, now: number): Promise<PartyAccount[]> {
  const [members, invites] = await db.batch<Row>([
    db
      .prepare(
        `SELECT m.id, p.kind, p.party, ${NAMES_SQL}, m.name, m.joined_at AS at,
           EXISTS (SELECT 1 FROM member_email e WHERE e.member_id = m.id) AS email,
           (SELECT count(*) FROM credential k WHERE k.member_id = m.id AND k.ended_at IS NULL) AS passkeys
         FROM party p JOIN member m ON m.id = p.member_id WHERE m.state = 'active' ORDER BY m.joined_at DESC LIMIT ?`,
      )
      .bind(LISTED),
    db
      .prepare(
        `SELECT i.id, p.kind, p.party, ${NAMES_SQL}, i.note AS name, i.created_at AS at, 0 AS email, 0 AS passkeys
         FROM party_invite p JOIN invite i ON i.id = p.invite_id
         WHERE i.revoked_at IS NULL AND i.expires_at > ? ORDER BY i.created_at DESC LIMIT ?`,
      )
      .bind(now, LISTED),
  ]);
  return [
    ...rowsOf<Row>(invites).map((row) => accountOf(row, "invited")),
    ...rowsOf<Row>(members).map((row) => accountOf(row, "active")),
  ];
}

function accountOf(row: Row, state: PartyAccount["state"]): PartyAccount {
  return {
    id: row.id,
    role: row.kind,
    party: { id: row.party, name: row.party_name },
    name: row.name,
    email: row.email === 1,
    passkeys: row.passkeys,
    state,
    since: new Date(row.at).toISOString(),
  };
}
