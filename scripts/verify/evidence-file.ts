/** Proofs found on the way, each in a file of its own under its hash, and how they reach others: the same proof is the same file. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evidenceHash } from "../../shared/evidence/verify.ts";
import { problem } from "../../shared/protocol/problem.ts";
import { evidenceView } from "../../shared/protocol/api/evidence.ts";
import type { Evidence } from "../../shared/protocol/evidence.ts";
import { canonicalJson } from "../../shared/signing/canonical.ts";

const TIMEOUT_MS = 30_000;

export async function writeEvidence(folder: string, documents: readonly Evidence[]): Promise<string[]> {
  return await Promise.all(
    documents.map(async (document) => {
      const file = join(folder, `evidence-${evidenceHash(document)}.json`);
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
      return file;
    }),
  );
}

/** What somebody who finds one does with it. */
export function nextSteps(file: string, { hub }: Pick<Evidence, "hub">): string {
  return [
    `The proof is in ${file}`,
    `  check it: npm run verify -- evidence ${file} --vkey ${hub.vkey}`,
    `  send it:  npm run verify -- evidence ${file} --vkey ${hub.vkey} --send https://<a community of the network>`,
    "",
  ].join("\n");
}

function said(status: number): string {
  if (status === 201) return "kept";
  return status === 202 ? "kept there as a claim: too long to be checked there" : "known there";
}

/** Hands it in as anybody can: one line for each place, saying what was answered. */
export async function sendEvidence(document: Evidence, to: string): Promise<{ to: string; ok: boolean; said: string }> {
  try {
    const response = await fetch(`${to.replace(/\/+$/, "")}/evidence`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: canonicalJson(document),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    const kept = evidenceView.safeParse(body);
    if (response.ok && kept.success) return { to, ok: true, said: said(response.status) };
    const refused = problem.safeParse(body);
    return { to, ok: false, said: refused.success ? refused.data.code : `answered ${String(response.status)}` };
  } catch (error) {
    return { to, ok: false, said: error instanceof Error ? error.message : String(error) };
  }
}
