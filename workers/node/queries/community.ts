/** The community's profile and the numbers that go with it. */
import { z } from "zod";
import type { Profile } from "../../../shared/protocol/statement.ts";

export interface CommunityRow {
  name: string;
  about: string;
  region: string;
  languages: string;
}

const languages = z.array(z.string());

export function communityQuery(db: D1Database): D1PreparedStatement {
  return db.prepare("SELECT name, about, region, languages FROM community WHERE id = 1");
}

/** Scans the members of one community: as large as a community is. */
export function memberCountQuery(db: D1Database): D1PreparedStatement {
  return db.prepare("SELECT count(*) AS members FROM member WHERE state = 'active'");
}

export function languagesOf(row: CommunityRow): string[] {
  return languages.parse(JSON.parse(row.languages));
}

/** What travels in joins and reports; null until the steward has named the community. */
export function profileOf(rows: readonly unknown[], countRows: readonly unknown[]): Profile | null {
  const row = rows[0] as CommunityRow | undefined;
  if (row === undefined) return null;
  const { members } = (countRows[0] ?? { members: 0 }) as { members: number };
  return { name: row.name, region: row.region, languages: languagesOf(row), members };
}
