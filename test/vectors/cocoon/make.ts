/**
 * Makes the JSON files beside it, through the product's own code, from keys whose seeds are written down. Deterministic:
 * Ed25519 is, and nothing here is random. `node test/vectors/cocoon/make.ts` writes them. See README.md.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAudit } from "./make/audit.ts";
import { makeBookReset } from "./make/book-reset.ts";
import { makeEquivocation } from "./make/equivocation.ts";
import { makeEvidence } from "./make/evidence.ts";
import { makeJws } from "./make/jws.ts";
import { makeLog } from "./make/log.ts";
import { makePromises } from "./make/promises.ts";
import { makeProofs } from "./make/proofs.ts";
import { makeReceipt } from "./make/receipt.ts";
import { makeTotals } from "./make/totals.ts";
import { makeVerdicts } from "./make/verdicts.ts";
import { makeWitness } from "./make/witness.ts";
import { seeds } from "./make/world.ts";

export async function makeVectors() {
  const [receipt, evidence] = await Promise.all([makeReceipt(), makeEvidence()]);
  return {
    "audit.json": await makeAudit(),
    "book-reset.json": await makeBookReset(),
    "equivocation.json": await makeEquivocation(),
    "evidence-broken-promise.json": evidence["broken-promise"],
    "evidence-dropped-entry.json": evidence["dropped-entry"],
    "evidence-equivocation.json": evidence.equivocation,
    "evidence-failed-audit.json": evidence["failed-audit"],
    "evidence-fork.json": evidence.fork,
    "evidence-wrong-totals.json": evidence["wrong-totals"],
    "evidence-wrong-verdict.json": evidence["wrong-verdict"],
    "jws.json": await makeJws(),
    "log.json": await makeLog(),
    "promises.json": await makePromises(),
    "proofs.json": await makeProofs(),
    "receipt.json": receipt.receipt,
    "receipt-served.json": receipt.served,
    "receipt-steps.json": receipt.steps,
    "seeds.json": seeds,
    "totals.json": await makeTotals(),
    "verdicts.json": await makeVerdicts(),
    "witness.json": await makeWitness(),
  };
}
export type Vectors = Awaited<ReturnType<typeof makeVectors>>;

/** The text of a file. */
export function fileText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, value] of Object.entries(await makeVectors()))
    writeFileSync(join(import.meta.dirname, name), fileText(value));
}
