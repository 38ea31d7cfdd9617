/**
 * Asking a hub for admission (docs/protocol.md §4): the steward has seen the hub's log key and confirms it; the
 * node pins it together with the statement key in entry 0, and proves its own keys: the report key signs the join, the
 * book key and the witness key the checkpoint in it.
 */
import { hubKeysOf } from "../../../shared/network/keys.ts";
import { communityStanding } from "../../../shared/protocol/api/network.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { signer } from "../../../shared/signing/ed25519.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { checkpointOf, signerOf, vkeysOf } from "../../lib/log-read.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import { type HubIntroduction, type Policy, introduce, readEntry, readPolicy } from "../hub-client.ts";
import { sendJoin } from "../jobs/poll-standing.ts";
import { cosignerOf } from "../../lib/witness/routes.ts";
import { communityQuery, memberCountQuery, profileOf } from "../queries/community.ts";
import { type HubRow, type HubStatus, readHub } from "../queries/hub.ts";
import { seconds } from "../time.ts";
import { markAllDirty } from "../queries/outbox.ts";
import { isBookBehind, rememberCosigner } from "../witnesses.ts";

export async function joinHub(context: NodeContext, asked: { url: string; vkey: string }): Promise<HubRow> {
  const { db, config, now, peer } = context;
  const hub = unwrap(await introduce(peer, asked.url));
  if (hub.vkey !== asked.vkey) throw new Refused("peer-invalid", { detail: "The hub's key is not the one confirmed" });
  const known = await readHub(db, hub.origin);
  if (known !== null && known.status !== "declined" && known.status !== "unreachable") throw new Refused("join-exists");
  const policy = unwrap(await readPolicy(peer, hub));
  const before = known === null ? await joinedBefore(context, hub) : null;
  if (before !== null) return await comeBack(context, hub, policy, before);

  const [head, profileRows, countRows] = await db.batch([headQuery(db), communityQuery(db), memberCountQuery(db)]);
  const profile = profileOf(profileRows?.results ?? [], countRows?.results ?? []);
  if (profile === null) throw new Refused("status-conflict", { detail: "Name the community first" });
  const reportSigner = await signer(config.reportJwk);
  const at = now();
  const cosigner = await cosignerOf(config);
  const checkpoint = await checkpointOf(headOf(head?.results ?? []), config.book);
  const jws = await signStatement(reportSigner, "node-join+jwt", {
    iss: config.origin,
    aud: hub.origin,
    iat: seconds(at),
    v: 1,
    url: config.publicUrl,
    report_jwk: reportSigner.publicJwk,
    book: {
      vkey: (await signerOf(config.book.skey)).vkey,
      checkpoint:
        cosigner === null ? checkpoint : checkpoint + (await cosigner.cosign(textOf(checkpoint), seconds(at))),
    },
    ...(cosigner && { witness: cosigner.vkey }),
    recovery_sha256: config.recoverySha256,
    profile,
  });
  const join = { jws, leaf: statementLeaf(jws), status: "unreachable" as const, reason: "" };
  await db.batch(hubWrites(context, hub, policy, join));
  await sendJoin(context, { origin: hub.origin, url: hub.url, join_jws: jws });
  return await written(db, hub.origin);
}

async function written(db: D1Database, origin: string): Promise<HubRow> {
  const row = await readHub(db, origin);
  if (row === null) throw new Error("the hub just written is gone");
  return row;
}

interface Join {
  jws: string;
  leaf: string;
  status: HubStatus;
  reason: string;
}

function hubWrites({ db, now }: NodeContext, hub: HubIntroduction, policy: Policy, join: Join): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO hub (origin, url, name, vkey, statement_jwk, status, reason, join_jws, join_leaf, requested_at,
           counted_seq, counted_book_size, key_state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?9, ?10, ?6, ?7, ?8, 0, 0, ?11)
         ON CONFLICT (origin) DO UPDATE SET url = excluded.url, name = excluded.name, vkey = excluded.vkey,
           statement_jwk = excluded.statement_jwk, key_state = excluded.key_state, status = excluded.status, reason = excluded.reason,
           join_jws = excluded.join_jws, join_leaf = excluded.join_leaf, requested_at = excluded.requested_at`,
      )
      .bind(
        hub.origin,
        hub.url,
        policy.claims.name,
        hub.vkey,
        JSON.stringify(policy.claims.statement_jwk),
        join.jws,
        join.leaf,
        now(),
        join.status,
        join.reason,
        JSON.stringify(hubKeysOf({ policy: { leaf: policy.leaf, claims: policy.claims }, hub_keys: null })),
      ),
    db
      .prepare(
        `INSERT INTO outbox (hub, rev, attempts, last_seq, last_leaf) VALUES (?1, 0, 0, 0, ?2)
         ON CONFLICT (hub) DO UPDATE SET last_leaf = excluded.last_leaf`,
      )
      .bind(hub.origin, join.leaf),
    ...(policy.witnessVkey === null ? [] : [rememberCosigner(db, policy.witnessVkey)]),
  ];
}

/**
 * The hub's log holds a join of this very community under a book key of this worker's: this database is a new one, and what the
 * hub knows of the book decides what may be written to it.
 */
async function joinedBefore({ peer, config }: NodeContext, hub: HubIntroduction): Promise<Join | null> {
  const address = `${hub.url}/api/communities/${encodeURIComponent(config.origin)}`;
  const found = await peer.getJson(address, communityStanding);
  if (!found.ok || found.value.join_leaf === null) return null;
  const { status, reason, join_leaf: leaf } = found.value;
  const entry = await readEntry(peer, hub, leaf);
  const parsed = entry.ok ? parseStatement(entry.value.data) : null;
  if (!entry.ok || parsed === null || !parsed.ok || parsed.value.statement.kind !== "node-join+jwt") return null;
  const { iss, aud, book } = parsed.value.statement.claims;
  const own = await vkeysOf(config.book);
  const isOwn = iss === config.origin && aud === hub.origin && own.includes(found.value.book_vkey ?? book.vkey);
  return isOwn ? { jws: entry.value.data, leaf, status, reason } : null;
}

async function comeBack(context: NodeContext, hub: HubIntroduction, policy: Policy, join: Join): Promise<HubRow> {
  const { db, now } = context;
  await db.batch([...hubWrites(context, hub, policy, join), markAllDirty(db, now())]);
  // From here on nothing enters the book that this hub has seen more of.
  await isBookBehind(context);
  return await written(db, hub.origin);
}

/** What a note's signatures are over. */
function textOf(note: string): string {
  return note.slice(0, note.lastIndexOf("\n\n") + 1);
}
