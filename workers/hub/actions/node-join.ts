/**
 * A node asks to join (docs/protocol.md §4): the request proves both keys, lives at the address it claims, and waits
 * for the operator. No key may appear in two joins. The same request again gets the same answer.
 */
import { acceptJoin } from "../../../shared/network/accept.ts";
import { newKeys } from "../../../shared/network/key-once.ts";
import type { joinStatus } from "../../../shared/protocol/api/console.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { nodeDescriptor } from "../../../shared/protocol/well-known.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import type { z } from "zod";
import { isConflict } from "../../lib/d1.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import type { Hub } from "../hub.ts";
import { type JoinStanding, readJoin } from "../queries/join.ts";

export type JoinStatus = z.infer<typeof joinStatus>;
type JoinClaims = Claims<"node-join+jwt">;
type Confirmed = "yes" | "unreachable";

export async function requestJoin(hub: Hub, jws: string): Promise<{ status: JoinStatus; isNew: boolean }> {
  const { claims, leaf } = await verifiedJoin(hub, jws);
  const before = await readJoin(hub.db, claims.iss, keysOf(claims));
  const answered = answerOf(claims, leaf, before);
  if (answered !== null) return { status: answered, isNew: false };
  const confirmed = await confirm(hub, claims);
  if (before.request !== null && !mayReplace(claims, before, confirmed)) throw new Refused("join-exists");
  try {
    await hub.db.batch(joinWrites(hub, claims, { jws, leaf, confirmed }));
  } catch (error) {
    // Two requests at once: whoever wrote first holds the keys and the place.
    if (isConflict(error)) throw new Refused("key-reused");
    throw error;
  }
  return { status: { origin: claims.iss, leaf, status: "requested", reason: "" }, isNew: true };
}

async function verifiedJoin(hub: Hub, jws: string): Promise<{ claims: JoinClaims; leaf: string }> {
  const { kid, parsed, leaf, statement } = unwrap(parseStatement(jws));
  if (statement.kind !== "node-join+jwt") throw new Refused("statement-not-accepted");
  const { claims } = statement;
  if (kid !== thumbprint(claims.report_jwk)) throw new Refused("kid-unknown");
  if (!(await verifyJws(parsed, claims.report_jwk))) throw new Refused("signature-invalid");
  const nowS = Math.floor(hub.now() / 1000);
  unwrap(await acceptJoin({ claims, kid, log: hub.config.logOrigin, time: { log_time: 0, now: nowS } }));
  if (new URL(claims.url).host !== claims.iss) throw new Refused("statement-invalid", { detail: "url is not at iss" });
  return { claims, leaf };
}

/** Public keys, whatever they are called: one of them may not come back under another name. */
function keysOf(claims: JoinClaims): string[] {
  return newKeys({ kind: "node-join+jwt", claims });
}

/** What is already decided about this node and these keys, or null when the request is new. */
function answerOf(claims: JoinClaims, leaf: string, { standing, request, keyOwners }: JoinStanding): JoinStatus | null {
  if (keyOwners.some((origin) => origin !== claims.iss)) throw new Refused("key-reused");
  if (standing !== null) {
    const isSame =
      standing.leaf === leaf || (standing.reportKey === claims.report_jwk.x && standing.bookVkey === claims.book.vkey);
    if (!isSame) throw new Refused("join-exists");
    return { origin: claims.iss, leaf: standing.leaf, status: standing.status, reason: standing.reason };
  }
  if (request?.leaf === leaf) return { origin: claims.iss, leaf, status: request.status, reason: request.reason };
  return null;
}

/** A waiting request gives way to one with its own keys, or to one that the node's address confirms and itself was not. */
function mayReplace(claims: JoinClaims, { request, keyOwners }: JoinStanding, confirmed: Confirmed): boolean {
  if (request === null || request.status === "declined") return true;
  return keyOwners.length === keysOf(claims).length || (confirmed === "yes" && request.confirmed === "unreachable");
}

/** The node's own descriptor must show the same keys; a node that does not answer is left to the operator. */
async function confirm(hub: Hub, claims: JoinClaims): Promise<Confirmed> {
  const described = await hub.peer.getJson(new URL("/.well-known/cocoon.json", claims.url).href, nodeDescriptor);
  if (!described.ok) {
    if (described.error === "peer-unreachable") return "unreachable";
    throw new Refused(described.error);
  }
  const { origin, book, report_jwks: jwks, witness } = described.value;
  const isSame =
    origin === claims.iss &&
    book.vkey === claims.book.vkey &&
    (claims.witness === undefined || witness?.vkey === claims.witness) &&
    jwks.keys.some((key) => key.x === claims.report_jwk.x);
  if (!isSame) throw new Refused("peer-invalid", { detail: "the node's descriptor shows other keys" });
  return "yes";
}

function joinWrites(
  { db, now }: Hub,
  claims: JoinClaims,
  request: { jws: string; leaf: string; confirmed: Confirmed },
): D1PreparedStatement[] {
  const { iss } = claims;
  return [
    db.prepare("DELETE FROM join_key WHERE origin = ?").bind(iss),
    ...keysOf(claims).map((key) => db.prepare("INSERT INTO join_key (key, origin) VALUES (?, ?)").bind(key, iss)),
    db
      .prepare(
        `INSERT INTO join_request (origin, leaf, jws, status, reason, received_at, confirmed)
         VALUES (?, ?, ?, 'requested', '', ?, ?)
         ON CONFLICT (origin) DO UPDATE SET leaf = excluded.leaf, jws = excluded.jws, status = 'requested', reason = '',
         received_at = excluded.received_at, confirmed = excluded.confirmed WHERE join_request.status <> 'admitted'`,
      )
      .bind(iss, request.leaf, request.jws, now(), request.confirmed),
  ];
}
