/** Sending a file of published grants in portions, from where the import stands: a second try with the same file goes on. */
import type { z } from "zod";
import { sha256url } from "../../../../shared/bytes.ts";
import { type BeginImport, type importView, MAX_GRANTS_PER_REQUEST } from "../../../../shared/protocol/api/import.ts";
import { type GrantFile, readGrantFile } from "../../../../shared/standards/grant-file.ts";
import { type Answer, api } from "../../../parts/api.ts";

export type ImportView = z.infer<typeof importView>;

export interface PickedFile extends GrantFile {
  sha256: string;
  name: string;
}

/** null: not a file of grants. A spreadsheet saved as CSV may be in the older Windows encoding. */
export async function readGrants(file: File): Promise<PickedFile | null> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const read = readGrantFile(textOf(bytes));
  if (!read.ok) return null;
  return { ...read.value, sha256: sha256url(bytes), name: file.name };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

export async function sendGrants(
  file: PickedFile,
  begin: BeginImport,
  onProgress: (view: ImportView) => void,
): Promise<Answer<ImportView>> {
  let answer = await api.post<ImportView>("/api/imports", begin);
  while (answer.ok && answer.value.state === "running") {
    onProgress(answer.value);
    const from = answer.value.done;
    answer = await api.post<ImportView>(`/api/imports/${encodeURIComponent(answer.value.id)}/portion`, {
      from,
      grants: file.grants.slice(from, from + MAX_GRANTS_PER_REQUEST),
    });
    if (answer.ok && answer.value.done <= from) break;
  }
  return answer;
}
