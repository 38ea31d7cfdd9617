/** Entry 0: the rules this log is kept by, from the configuration of its first start. */
import type { Claims } from "../../shared/protocol/statement.ts";
import { AUDIT_INTERVAL_S } from "../../shared/protocol/audit.ts";
import { SMALLEST_K } from "../../shared/protocol/smallest-k.ts";
import type { Hub } from "./hub.ts";

export function policyClaims({ config, keys }: Hub): Omit<Claims<"hub-policy+jwt">, "iss" | "iat" | "v"> {
  const { witness } = keys;
  return {
    name: config.name,
    statement_jwk: keys.statement.publicJwk,
    recovery_sha256: config.recoverySha256,
    ...(witness && { witness_vkey: witness.vkey }),
    quorum: "none",
    formula: 1,
    currency: config.currency,
    k: SMALLEST_K,
    report_interval_s: config.reportIntervalS,
    recovery_delay_s: config.recoveryDelayS,
    ...(config.auditIntervalS !== AUDIT_INTERVAL_S && { audit_interval_s: config.auditIntervalS }),
  };
}
