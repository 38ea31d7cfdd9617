/**
 * Answers a hub's audit (docs/protocol.md §8), one step a request, so that a book of any size keeps within an invocation: the
 * first draws, each later one opens a few pledges, and once all are open they are the answer. Nothing in the request says
 * which: the lot is drawn here, from a report of this node and beacons of other communities' logged witness keys, and
 * opened only if the logged audit names the very same, and only to the hub.
 */
import { answerTo } from "../../../shared/audit/answer.ts";
import { areWellFormed, beaconNode, isBeaconOf, rhoOf } from "../../../shared/audit/beacon.ts";
import { lotHash } from "../../../shared/audit/lot.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import { type Checkpoint, openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { verifyInclusion } from "../../../shared/log/merkle.ts";
import { parseProof } from "../../../shared/log/proof.ts";
import {
  type AuditAnswer,
  type AuditRequest,
  OPENING_REQUEST,
  openingRequestClaims,
} from "../../../shared/protocol/audit-request.ts";
import type { Beacon, Opening } from "../../../shared/protocol/audit.ts";
import { MAX_SKEW_S, type Claims } from "../../../shared/protocol/statement.ts";
import { type ParsedJws, parseJws, verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement, signStatement } from "../../../shared/signing/statement.ts";
import { rowsOf } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import type { PinnedHub } from "../hub-client.ts";
import { reportSigner } from "../keys.ts";
import { prepareOpenings } from "../jobs/prepare-openings.ts";
import { auditQueries, drawAt, hubKeysOfRow, keepDrawn, openedOf } from "../queries/audit.ts";
import { seconds } from "../time.ts";

/** Null: there is more to open, and the hub asks again. */
export async function answerAudit(context: NodeContext, request: AuditRequest): Promise<AuditAnswer | null> {
  const { db, config, now } = context;
  const parsed = parseStatement(request.audit);
  if (!parsed.ok) throw new Refused(parsed.error);
  const { statement, leaf } = parsed.value;
  if (statement.kind !== "audit+jwt") throw new Refused("statement-invalid");
  const { claims } = statement;
  if (claims.node !== config.origin) throw new Refused("audience-wrong");
  const hub = await hubKeysOfRow(db, claims.iss);
  if (hub === null) throw new Refused("issuer-unknown");
  await requireHub(context, hub, request.request, leaf);
  if (seconds(now()) >= claims.deadline) throw new Refused("audit-over");

  const [reports, audits] = await db.batch(auditQueries(db, hub.origin, claims.report));
  const last = rowsOf<{ leaf: string; asked: number }>(audits)[0];
  if (last?.leaf !== leaf) {
    await requireLogged(hub, { leaf, jws: parsed.value.parsed, claims }, request, config.origin);
    const size = rowsOf<{ book_size: number }>(reports)[0]?.book_size;
    if (size === undefined) throw new Refused("entry-unknown");
    if (last !== undefined && claims.iat < last.asked + config.auditIntervalS) throw new Refused("audit-early");
    await take(context, hub.origin, { leaf, claims, size });
    return null;
  }
  const rows = await openedOf(db, leaf);
  if (rows.length === 0) throw new Refused("audit-lot");
  if (rows.some(({ opening }) => opening === null)) {
    await prepareOpenings(context, leaf);
    return null;
  }
  const openings = rows.flatMap(({ opening }) => (opening ? [JSON.parse(opening) as Opening] : []));
  const own = await signAnswer(context, hub.origin, leaf, openings);
  const [, answered] = await db.batch([
    db
      .prepare("UPDATE audit SET answered_at = ?, answer = ? WHERE hub = ? AND leaf = ? AND answered_at = 0")
      .bind(now(), own, hub.origin, leaf),
    db.prepare("SELECT answer FROM audit WHERE hub = ? AND leaf = ?").bind(hub.origin, leaf),
  ]);
  // What was said first stands, also when a member has left since.
  const answer = rowsOf<{ answer: string | null }>(answered)[0]?.answer ?? null;
  return { audit: leaf, openings, ...(answer !== null && { answer }) };
}

async function signAnswer(
  { config, now }: NodeContext,
  hub: string,
  audit: string,
  openings: readonly Opening[],
): Promise<string | null> {
  const key = await reportSigner(config, null);
  if (key === null) return null;
  const claims = { iss: config.origin, aud: hub, iat: seconds(now()), v: 1 as const, ...answerTo(audit, openings) };
  return await signStatement(key, "audit-answer+jwt", claims);
}

/** The audit, its proofs and its beacons are public: without this anybody could have the pledges opened. */
async function requireHub({ now }: NodeContext, hub: PinnedHub, jws: string, audit: string): Promise<void> {
  const request = parseJws(jws);
  if (!request.ok) throw new Refused(request.error);
  const claims = openingRequestClaims.safeParse(request.value.claims);
  if (request.value.typ !== OPENING_REQUEST || !claims.success) throw new Refused("statement-invalid");
  const { iss, iat, audit: asked } = claims.data;
  if (iss !== hub.origin || asked !== audit || !(await verifyJws(request.value, hub.statementJwk)))
    throw new Refused("signature-invalid");
  if (Math.abs(iat - seconds(now())) > MAX_SKEW_S) throw new Refused("issued-in-future");
}

async function requireLogged(
  hub: PinnedHub,
  { leaf, jws, claims }: { leaf: string; jws: ParsedJws; claims: Claims<"audit+jwt"> },
  { proof, keys }: AuditRequest,
  own: string,
): Promise<void> {
  const indexOf = prover(hub);
  const index = await indexOf(leaf, proof);
  if (index === null || !(await verifyJws(jws, hub.keyAt(index)))) throw new Refused("audit-unproven");
  if (!(await areOfTheLog(indexOf, claims, own, keys))) throw new Refused("audit-unproven");
}

/** The lot, drawn by the database from the book as it was, and kept with whose receipts open it. */
async function take(
  { db }: NodeContext,
  hub: string,
  { leaf, claims, size }: { leaf: string; claims: Claims<"audit+jwt">; size: number },
): Promise<void> {
  const { report, beacons, samples } = claims;
  const drawn = await drawAt(db, { hub, size, report, rho: rhoOf(beacons), samples });
  const isSame = drawn.length === claims.drawn && lotHash(drawn) === claims.lot;
  // A false lot is noted too, with nothing drawn: it is not worth a second pass over the book.
  await db.batch([
    db
      .prepare(
        "INSERT INTO audit (hub, leaf, asked, drawn, answered_at) VALUES (?, ?, ?, ?, 0) ON CONFLICT (hub, asked) DO NOTHING",
      )
      .bind(hub, leaf, claims.iat, drawn.length),
    ...(isSame ? [keepDrawn(db, leaf, drawn)] : []),
  ]);
  if (!isSame) throw new Refused("audit-lot");
}

/** Each beacon is by another community, under a witness key that an entry of the hub's log names. */
async function areOfTheLog(
  indexOf: IndexOf,
  { report, beacons }: { report: string; beacons: readonly Beacon[] },
  own: string,
  keys: AuditRequest["keys"],
): Promise<boolean> {
  if (!areWellFormed(beacons, own) || keys.length !== beacons.length) return false;
  const checks = beacons.map(async (beacon, at) => {
    const key = keys[at];
    const parsed = key === undefined ? null : parseStatement(key.entry);
    if (key === undefined || parsed?.ok !== true) return false;
    const { kind, claims } = parsed.value.statement;
    const isNamed =
      (kind === "node-join+jwt" && claims.witness === beacon.vkey) ||
      (kind === "node-key+jwt" && claims.keys.some((one) => one.role === "witness" && one.key === beacon.vkey));
    if (!isNamed || claims.iss !== beaconNode(beacon.vkey)) return false;
    return (await indexOf(parsed.value.leaf, key.proof)) !== null && (await isBeaconOf(report, beacon));
  });
  return (await Promise.all(checks)).every(Boolean);
}

type IndexOf = (leaf: string, proof: string) => Promise<number | null>;

/** Proofs that the hub made together lead to one checkpoint, whose signature is checked once. */
function prover({ vkey, origin }: PinnedHub): IndexOf {
  const heads = new Map<string, Promise<Checkpoint | null>>();
  return async (leaf, text) => {
    const proof = parseProof(text);
    if (!proof.ok) return null;
    const { index, hashes, checkpoint } = proof.value;
    const opening =
      heads.get(checkpoint) ??
      openCheckpoint(checkpoint, vkey, origin).then((found) => (found.ok ? found.value : null));
    heads.set(checkpoint, opening);
    const head = await opening;
    if (head === null) return null;
    const claim = { leaf: fromBase64url(leaf), index, size: head.size, proof: hashes, root: head.root };
    return verifyInclusion(claim) ? index : null;
  };
}
