/** A fork's first own entry: the parent's rules under new keys and a new name, and the tree it stands on. */
import { type Bytes, toBase64, utf8 } from "../../shared/bytes.ts";
import { cosigner } from "../../shared/log/cosignature.ts";
import type { NetworkState } from "../../shared/network/state.ts";
import type { Claims } from "../../shared/protocol/statement.ts";
import { type PrivateJwk, signer } from "../../shared/signing/ed25519.ts";
import type { HubKeys } from "../../shared/signing/keys.ts";
import { signStatement } from "../../shared/signing/statement.ts";

export async function forkEntry(
  { policy, size, log_time }: NetworkState,
  { root, keys, origin, name, nowS }: { root: Bytes; keys: HubKeys; origin: string; name: string; nowS: number },
): Promise<Bytes> {
  if (policy === null) throw new Error("a log without a policy has no children");
  const { iss, currency, k, report_interval_s, recovery_delay_s } = policy.claims;
  const statements = await signer(JSON.parse(keys.secrets.STATEMENT_JWK) as PrivateJwk);
  const witness = await cosigner(keys.secrets.WITNESS_KEY);
  const claims: Claims<"hub-policy+jwt"> = {
    iss: `${origin}/log`,
    iat: Math.max(nowS, log_time),
    v: 1,
    parent: { origin: iss, size, root: toBase64(root) },
    name: name === "" ? policy.claims.name : name,
    statement_jwk: statements.publicJwk,
    recovery_sha256: keys.secrets.RECOVERY_SHA256,
    witness_vkey: witness.vkey,
    quorum: "none",
    formula: 1,
    currency,
    k,
    report_interval_s,
    ...(recovery_delay_s !== undefined && { recovery_delay_s }),
  };
  return utf8(await signStatement(statements, "hub-policy+jwt", claims));
}
