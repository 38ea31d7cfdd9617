/** Importing published grants: a file in portions, with progress and a report of what was left out and why. */
import { z } from "zod";
import { orgId, ref } from "../fund.ts";
import { count, hash, line, typed } from "../primitives.ts";

export const MAX_IMPORT_GRANTS = 5000;
export const MAX_GRANTS_PER_REQUEST = 10;

/** Begins (or finds again, by the file's hash) an import into a historical fund of its own. */
export const beginImport = z.strictObject({
  file_sha256: hash,
  grants: count.min(1).max(MAX_IMPORT_GRANTS),
  title: typed(line(160)),
  publisher: typed(line(160)),
  url: z.url({ protocol: /^https?$/ }).max(300),
  licence: z.url({ protocol: /^https?$/ }).max(300),
  funder: z.strictObject({ name: typed(line(160)), org_id: orgId.nullable() }),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type BeginImport = z.infer<typeof beginImport>;

export const skipReason = z.enum([
  "schema",
  "duplicate-id",
  "already-imported",
  "other-currency",
  "other-funder",
  "currency-unknown",
  "amount-malformed",
  "amount-not-positive",
  "amount-too-precise",
  "date-in-future",
  "date-impossible",
  "id-line-break",
  "individual-named",
  "email-in-text",
  "formula-cell",
  "org-id-unknown",
]);
export const importNote = z.object({
  /** position in the file, from 0 */
  grant: count,
  id: z.string(),
  code: skipReason,
  detail: z.string(),
  /** false: imported all the same, with the note */
  skipped: z.boolean(),
});
export type ImportNote = z.infer<typeof importNote>;

/** Positions `from` … of the file, each grant as it stands there. */
export const importPortion = z.strictObject({
  from: count,
  grants: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_GRANTS_PER_REQUEST),
});

export const importView = z.object({
  id: ref,
  fund: ref,
  file_sha256: hash,
  title: z.string(),
  grants: count,
  /** positions handled so far: where to go on */
  done: count,
  imported: count,
  skipped: count,
  total_minor: z.string(),
  currency: z.string(),
  state: z.enum(["running", "done"]),
  notes: z.array(importNote),
  started_at: z.iso.datetime(),
});
export type ImportView = z.infer<typeof importView>;
export const importList = z.object({ imports: z.array(importView) });
