/** Compares what a hub publishes with what its log came to: proofs, the signed totals, /api/network, their age. */
import { type Bytes, equal } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { verifyProof } from "../log/proof.ts";
import type { Network } from "../protocol/api/network.ts";
import type { Claims } from "../protocol/statement.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { verifyJws } from "../signing/jws.ts";
import { isoTime } from "../time.ts";
import { fetchText } from "./fetch.ts";
import type { Reading, Recomputed, Sample } from "./reading.ts";
import { EXIT, Fault, counted } from "./report.ts";
import type { Published } from "./snapshot.ts";
import { wrongTotals } from "./statements.ts";
import { Heads, type Log } from "./tlog.ts";

/** The newest totals may be this old. */
export const FRESH_S = 7 * 3600;
const MAX_PROOF_BYTES = 131_072;

export async function checkProofs(log: Log, head: Checkpoint, samples: readonly Sample[]) {
  const heads = new Heads(log);
  for (const { index, leaf, hash } of samples) {
    const proofText = await fetchText(log.source, `/log/entries/${leaf}.tlog-proof`, MAX_PROOF_BYTES);
    let proof = await verifyProof({ proofText, leaf: hash, vkey: log.vkey, origin: log.origin });
    for (const vkey of log.others ?? []) {
      if (!proof.ok) proof = await verifyProof({ proofText, leaf: hash, vkey, origin: log.origin });
    }
    if (!proof.ok)
      throw new Fault(proof.error, `the proof of entry ${index} does not hold (${proof.error})`, { index });
    if (proof.value.index !== index) {
      throw new Fault("proof-invalid", `the proof of entry ${index} is about entry ${proof.value.index}`, { index });
    }
    await heads.prove(head, proof.value.checkpoint);
  }
  return {
    value: true,
    detail: `${counted(samples.length, "proof", "proofs")} of single entries checked`,
    facts: { proofs: samples.length },
  };
}

export interface CheckedTotals {
  claims: Claims<"totals+jwt">;
  recomputed: Recomputed;
}

export async function checkTotals(log: Log, head: Checkpoint, { totals }: Published, reading: Reading) {
  if (totals === null) throw new Fault("totals-malformed", "/log/totals is not a statement of totals");
  const { claims, statement } = totals;
  if (reading.state.policy === null) throw new Fault("totals-malformed", "an empty log has no totals");
  if (claims.size > head.size || reading.recomputed === null) {
    throw new Fault("totals-ahead", `the totals speak of ${claims.size} entries, the checkpoint of ${head.size}`);
  }
  if (!(await verifyJws(statement.parsed, reading.recomputed.statement_jwk)) || claims.iss !== log.origin) {
    throw new Fault("signature-invalid", "the totals are not signed by the hub's statement key");
  }
  const { recomputed } = reading;
  const wrong = wrongTotals(claims, { ...recomputed, hash: recomputed.state_sha256 });
  if (wrong !== null)
    throw new Fault(`totals-${wrong}`, `the signed totals are not those of ${claims.size} entries: ${wrong}`);
  const value: CheckedTotals = { claims, recomputed };
  return {
    value,
    detail: `refolding ${counted(claims.size, "entry", "entries")} gives the signed totals, to the last digit`,
    facts: { size: claims.size, at: isoTime(claims.iat) },
  };
}

export function compareNetwork(served: Bytes, recomputed: Network) {
  const expected = canonicalBytes(recomputed);
  if (!equal(served, expected)) {
    throw new Fault("network-mismatch", "/api/network does not say what the log comes to");
  }
  const { purchasing_power_minor, currency, pledges, communities } = recomputed;
  return {
    value: true,
    detail: "/api/network is byte for byte what the log comes to",
    facts: { purchasing_power_minor, currency, pledges, communities, bytes: served.length },
  };
}

export function checkFreshness(iat: number, now: number) {
  const age = now - iat;
  if (age > FRESH_S) {
    throw new Fault("totals-old", `the newest totals are of ${isoTime(iat)}, ${Math.floor(age / 3600)} hours old`, {
      exit: EXIT.stale,
    });
  }
  return { value: true, detail: `the totals are of ${isoTime(iat)}`, facts: { at: isoTime(iat), age_s: age } };
}
