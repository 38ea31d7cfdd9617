/** Proofs found on the way, each in a file of its own under its hash: the same proof is the same file. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evidenceHash } from "../../shared/evidence/verify.ts";
import type { Evidence } from "../../shared/protocol/evidence.ts";

export async function writeEvidence(folder: string, documents: readonly Evidence[]): Promise<string[]> {
  return await Promise.all(
    documents.map(async (document) => {
      const file = join(folder, `evidence-${evidenceHash(document)}.json`);
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
      return file;
    }),
  );
}
