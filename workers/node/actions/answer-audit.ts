/**
 * Answers a hub's audit (docs/protocol.md §8). Nothing in the request says which pledges to open: the lot is drawn here, from
 * a report of this node and beacons of other communities' logged witness keys, and opened only if the logged audit names
 * the very same. What is opened is noted for its members before it leaves.
 */
import { areWellFormed, beaconNode, isBeaconOf, rhoOf } from "../../../shared/audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import type { AuditAnswer, AuditRequest } from "../../../shared/protocol/audit-request.ts";
import type { Beacon } from "../../../shared/protocol/audit.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import type { PinnedHub } from "../hub-client.ts";
import { auditQueries, bookAsOf, hubKeysOfRow, readOpenings } from "../queries/audit.ts";

export async function answerAudit(context: NodeContext, request: AuditRequest): Promise<AuditAnswer> {
  const { db, config, now } = context;
  const parsed = parseStatement(request.audit);
  if (!parsed.ok) throw new Refused(parsed.error);
  const { statement, leaf } = parsed.value;
  if (statement.kind !== "audit+jwt") throw new Refused("statement-invalid");
  const { claims } = statement;
  if (claims.node !== config.origin) throw new Refused("audience-wrong");
  const hub = await hubKeysOfRow(db, claims.iss);
  if (hub === null) throw new Refused("issuer-unknown");
  const index = await provenIndex(hub, leaf, request.proof);
  if (index === null || !(await verifyJws(parsed.value.parsed, hub.keyAt(index)))) throw new Refused("audit-unproven");
  if (!(await areOfTheLog(hub, claims, config.origin, request.keys))) throw new Refused("audit-unproven");

  const [reports, audits] = await db.batch(auditQueries(db, hub.origin, claims.report));
  const size = rowsOf<{ book_size: number }>(reports)[0]?.book_size;
  if (size === undefined) throw new Refused("entry-unknown");
  const last = rowsOf<{ leaf: string; asked: number }>(audits)[0];
  if (last !== undefined && last.leaf !== leaf && claims.iat < last.asked + config.auditIntervalS)
    throw new Refused("audit-early");

  const { state, termsOf } = await bookAsOf(db, hub.origin, size);
  const { report, beacons, samples } = claims;
  const drawn = drawLot({ report, rho: rhoOf(beacons), samples, ballots: ballotsOf(state), termsOf });
  if (drawn.length !== claims.drawn || lotHash(drawn) !== claims.lot) throw new Refused("audit-lot");

  const { openings, opened } = await readOpenings(context, drawn);
  await db.batch([
    db
      .prepare(
        "INSERT INTO audit (hub, leaf, asked, drawn, answered_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hub, asked) DO NOTHING",
      )
      .bind(hub.origin, leaf, claims.iat, drawn.length, now()),
    db
      .prepare(
        `UPDATE receipt SET audited_at = ?1 FROM json_each(?2) AS opened WHERE receipt.member = opened.value ->> 0
         AND receipt.idx = opened.value ->> 1 AND receipt.audited_at IS NULL`,
      )
      .bind(now(), jsonParameter(opened)),
  ]);
  return { audit: leaf, openings };
}

/** Each beacon is by another community, under a witness key that an entry of the hub's log names. */
async function areOfTheLog(
  hub: PinnedHub,
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
    return (await provenIndex(hub, parsed.value.leaf, key.proof)) !== null && (await isBeaconOf(report, beacon));
  });
  return (await Promise.all(checks)).every(Boolean);
}

async function provenIndex({ vkey, origin }: PinnedHub, leaf: string, proof: string): Promise<number | null> {
  const proven = await verifyProof({ proofText: proof, leaf: fromBase64url(leaf), vkey, origin });
  return proven.ok ? proven.value.index : null;
}
