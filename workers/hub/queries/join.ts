/** Requests to join and what became of them. Everything by primary key; lists by the operator only. */
import type { JoinRequest } from "../../../shared/protocol/api/console.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import type { Ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { jsonParameter } from "../../lib/d1.ts";

export type PublicStatus = "requested" | "admitted" | "suspended" | "left";

export interface JoinRow {
  origin: string;
  leaf: string;
  jws: string;
  status: "requested" | "declined" | "admitted";
  reason: string;
  received_at: number;
  confirmed: "yes" | "unreachable";
}

export interface JoinStanding {
  /** as logged, once admitted */
  standing: { leaf: string; reportKey: string; bookVkey: string; status: PublicStatus; reason: string } | null;
  request: JoinRow | null;
  /** who has used these keys, one per key found */
  keyOwners: string[];
}

interface CommunityRow {
  join_leaf: string;
  report_jwk: string;
  book_vkey: string;
  status: "joined" | "admitted" | "suspended" | "left";
  reason: string;
}

export async function readJoin(db: D1Database, origin: string, keys: string[] = []): Promise<JoinStanding> {
  const [communities, requests, owners] = await db.batch([
    db.prepare("SELECT join_leaf, report_jwk, book_vkey, status, reason FROM community WHERE origin = ?").bind(origin),
    joinQuery(db, origin),
    db.prepare("SELECT origin FROM join_key WHERE key IN (SELECT value FROM json_each(?))").bind(jsonParameter(keys)),
  ]);
  const row = communities?.results[0] as CommunityRow | undefined;
  return {
    standing:
      row === undefined
        ? null
        : {
            leaf: row.join_leaf,
            reportKey: (JSON.parse(row.report_jwk) as Ed25519Jwk).x,
            bookVkey: row.book_vkey,
            status: publicStatus(row.status),
            reason: row.reason,
          },
    request: (requests?.results[0] as JoinRow | undefined) ?? null,
    keyOwners: ((owners?.results ?? []) as { origin: string }[]).map((owner) => owner.origin),
  };
}

/** A join that is logged without its admission is still a request. */
export function publicStatus(status: CommunityRow["status"]): PublicStatus {
  return status === "joined" ? "requested" : status;
}

export function joinQuery(db: D1Database, origin: string): D1PreparedStatement {
  return db.prepare("SELECT * FROM join_request WHERE origin = ?").bind(origin);
}

export function joinClaims(jws: string): Claims<"node-join+jwt"> {
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error("a stored join is not a JWS");
  return parsed.value.claims as Claims<"node-join+jwt">;
}

const MAX_WAITING = 200;

/** Scans the requests, which are few: one per node that ever asked. */
export async function waitingJoins(db: D1Database): Promise<JoinRequest[]> {
  const { results } = await db
    .prepare("SELECT * FROM join_request WHERE status = 'requested' ORDER BY received_at LIMIT ?")
    .bind(MAX_WAITING)
    .all<JoinRow>();
  return results.map((row) => {
    const { url, profile, report_jwk, book } = joinClaims(row.jws);
    return {
      origin: row.origin,
      url,
      name: profile.name,
      region: profile.region,
      languages: profile.languages,
      members_declared: profile.members,
      report_kid: thumbprint(report_jwk),
      book_vkey: book.vkey,
      leaf: row.leaf,
      received_at: new Date(row.received_at).toISOString(),
      confirmed: row.confirmed === "yes",
    };
  });
}
