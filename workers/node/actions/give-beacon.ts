/**
 * This node's part in the lot of another community's audit (docs/protocol.md §8): a signature over a report that is in the
 * log of a hub it knows. Only that hub can ask, so the audited community cannot draw lots until one suits it.
 */
import { signBeacon } from "../../../shared/audit/beacon.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { BEACON_REQUEST, beaconRequestClaims, type BeaconRequest } from "../../../shared/protocol/audit-request.ts";
import { MAX_SKEW_S } from "../../../shared/protocol/statement.ts";
import { parseJws, verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { Refused } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import { witnessSecret } from "../keys.ts";
import { hubKeysOfRow } from "../queries/audit.ts";
import { seconds } from "../time.ts";

export async function giveBeacon({ db, config, now }: NodeContext, body: BeaconRequest): Promise<string> {
  const key = await witnessSecret(config, body.witness ?? null);
  if (key === null) throw new Refused("not-found");
  const request = parseJws(body.request);
  if (!request.ok) throw new Refused(request.error);
  const claims = beaconRequestClaims.safeParse(request.value.claims);
  if (request.value.typ !== BEACON_REQUEST || !claims.success) throw new Refused("statement-invalid");
  const { iss, iat, report: leaf } = claims.data;
  const hub = await hubKeysOfRow(db, iss);
  if (hub === null) throw new Refused("issuer-unknown");
  if (!(await verifyJws(request.value, hub.statementJwk))) throw new Refused("signature-invalid");
  if (Math.abs(iat - seconds(now())) > MAX_SKEW_S) throw new Refused("issued-in-future");
  const report = parseStatement(body.report);
  if (!report.ok || report.value.statement.kind !== "demand-report+jwt" || report.value.leaf !== leaf)
    throw new Refused("statement-invalid");
  // Nobody has a say in the lot of its own audit.
  if (report.value.statement.claims.iss === config.origin) throw new Refused("not-allowed");
  const { vkey, origin } = hub;
  const proven = await verifyProof({ proofText: body.proof, leaf: fromBase64url(leaf), vkey, origin });
  if (!proven.ok) throw new Refused("audit-unproven");
  return await signBeacon(key, leaf);
}
