/** The members of a community as its stewards see them: oldest first, by cursor. */
import type { z } from "zod";
import type { memberPage } from "../../../shared/protocol/api/community.ts";
import type { Role } from "../../../shared/protocol/api/identity.ts";
import { isoTime } from "../time.ts";
import { numberOf } from "./rows.ts";

interface Row {
  id: string;
  name: string;
  role: Role;
  state: "active" | "left" | "removed";
  joined_at: number;
  pledges: number;
}

const PAGE = 50;
const CURSOR = /^([0-9]{1,16})\.([A-Za-z0-9_-]{1,64})$/;

/** Scans and sorts the members of one community; the live pledges of a page by primary key. */
export async function readMembers(db: D1Database, after: string | null): Promise<z.infer<typeof memberPage>> {
  const [, joinedAt = "0", id = ""] = CURSOR.exec(after ?? "") ?? [];
  const [rows, total] = await db.batch([
    db
      .prepare(
        `SELECT m.id, m.name, m.role, m.state, m.joined_at,
           (SELECT count(*) FROM pledge p LEFT JOIN tally t ON t.campaign = p.campaign
            WHERE p.member = m.id AND p.head IS NOT NULL AND p.band IS NOT NULL
              AND (t.ended IS NULL OR p.band >= t.ended ->> 'band')) AS pledges
         FROM member m WHERE m.joined_at > ?1 OR (m.joined_at = ?1 AND m.id > ?2)
         ORDER BY m.joined_at, m.id LIMIT ?3`,
      )
      .bind(Number(joinedAt), id, PAGE),
    db.prepare("SELECT count(*) AS total FROM member"),
  ]);
  const members = (rows?.results ?? []) as Row[];
  const last = members.length === PAGE ? members.at(-1) : undefined;
  return {
    members: members.map((row) => ({
      id: row.id,
      name: row.name,
      role: row.role,
      state: row.state,
      joined_at: isoTime(row.joined_at),
      pledges: row.pledges,
    })),
    next: last === undefined ? null : `${String(last.joined_at)}.${last.id}`,
    total: numberOf(total?.results, "total"),
  };
}
