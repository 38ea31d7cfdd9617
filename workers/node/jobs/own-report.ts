/**
 * Whether the report that a hub calls this community's newest is its own. A number follows only one that this database
 * holds, or that the hub's log holds under a key of this community: else a hub could lead it to numbers that it must not
 * take back, and nothing would ever follow in the log as it really is.
 */
import type { Ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { type ParsedStatement, parseStatement } from "../../../shared/signing/statement.ts";
import type { NodeContext } from "../context.ts";
import { readEntry } from "../hub-client.ts";
import { type HubRow, pinned } from "../queries/hub.ts";
import { keysAtHub } from "./change-keys.ts";

/** For a report that is not in the database: it was restored, or another holder of the key has spoken. */
export async function isOwnReport(
  context: NodeContext,
  hub: HubRow,
  { seq, leaf }: { seq: number; leaf: string },
): Promise<boolean> {
  const found = await readParsed(context, hub, leaf);
  const kind = found?.statement.kind;
  // a book that was begun anew has a number like a report
  if (found === null || (kind !== "demand-report+jwt" && kind !== "book-reset+jwt")) return false;
  const { claims } = found.statement;
  if (!("seq" in claims) || claims.seq !== seq) return false;
  const join = parseStatement(hub.join_jws);
  if (!join.ok || join.value.statement.kind !== "node-join+jwt") return false;
  const { report_jwk: first, recovery_sha256: recovery } = join.value.statement.claims;
  const { reportJwk, reportJwkNext } = context.config;
  const held = [first, reportJwk, ...(reportJwkNext === null ? [] : [reportJwkNext])].map(({ kty, crv, x }) => ({
    kty,
    crv,
    x,
  }));
  for (const key of held) if (await verifyJws(found.parsed, key)) return true;
  return await isByKeyOfHistory(context, hub, found, { key: first, recovery });
}

/** Follows this community's report key through its entries in the log, from the one its join names. */
async function isByKeyOfHistory(
  context: NodeContext,
  hub: HubRow,
  report: ParsedStatement,
  { key, recovery }: { key: Ed25519Jwk; recovery: string },
): Promise<boolean> {
  const known = await keysAtHub(context, hub);
  for (const { role, ended_by: leaf } of known?.keys ?? []) {
    if (role !== "report" || leaf === null) continue;
    const change = await readParsed(context, hub, leaf);
    if (change?.statement.kind !== "node-key+jwt") return false;
    const { claims } = change.statement;
    const { recovery_jwk: shown } = claims;
    const isRecovery = claims.act === "recover" && shown !== undefined && thumbprint(shown) === recovery;
    const next = claims.keys.find((one) => one.role === "report");
    if (next === undefined || !(await verifyJws(change.parsed, isRecovery ? shown : key))) return false;
    key = { ...key, x: next.key };
    recovery = claims.recovery_sha256 ?? recovery;
    if (await verifyJws(report.parsed, key)) return true;
  }
  return false;
}

/** A statement of this community for this hub, proven to be in its log. */
async function readParsed({ peer, config }: NodeContext, hub: HubRow, leaf: string): Promise<ParsedStatement | null> {
  const entry = await readEntry(peer, pinned(hub), leaf);
  const parsed = entry.ok ? parseStatement(entry.value.data) : null;
  if (parsed === null || !parsed.ok) return null;
  const { claims } = parsed.value.statement;
  return claims.iss === config.origin && "aud" in claims && claims.aud === hub.origin ? parsed.value : null;
}
