/** Sending a file of published grants in portions, from where the import stands: a second try with the same file goes on. */
import type { z } from "zod";
import { sha256url } from "../../../../shared/bytes.ts";
import { type BeginImport, type importView, MAX_GRANTS_PER_REQUEST } from "../../../../shared/protocol/api/import.ts";
import { type Answer, api } from "../../../parts/api.ts";

export type ImportView = z.infer<typeof importView>;
type Grant = Record<string, unknown>;

export interface GrantFile {
  sha256: string;
  name: string;
  grants: Grant[];
  /** what the first grant says: a proposal for the form */
  funder: { name: string; org_id: string | null };
  currency: string;
}

/** null: not a file of grants in JSON. */
export async function readGrants(file: File): Promise<GrantFile | null> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  const grants = isObject(value) ? value["grants"] : null;
  if (!Array.isArray(grants) || grants.length === 0 || !grants.every(isObject)) return null;
  const first = grants[0] as Grant;
  const funders = first["fundingOrganization"];
  const funder: unknown = Array.isArray(funders) ? funders[0] : null;
  return {
    sha256: sha256url(bytes),
    name: file.name,
    grants,
    funder: {
      name: isObject(funder) && typeof funder["name"] === "string" ? funder["name"] : "",
      org_id: isObject(funder) && typeof funder["id"] === "string" ? funder["id"] : null,
    },
    currency: typeof first["currency"] === "string" ? first["currency"] : "",
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export async function sendGrants(
  file: GrantFile,
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
