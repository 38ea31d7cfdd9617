/** How an open data file is answered: its type, a name to save it under, and the licence that goes with it. */
import { stringify } from "csv-stringify/browser/esm/sync";
import { z } from "zod";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import type { AppContext } from "../../lib/app.ts";
import { refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";

export const LICENCE = dataDictionary.licence;

export function file(c: AppContext<HubConfig>, body: string, type: string, name: string): Response {
  return c.body(body, 200, {
    "content-type": `${type}; charset=utf-8`,
    "content-disposition": `inline; filename="${name}"`,
    link: `<${LICENCE}>; rel="license"`,
  });
}

/** Names come from strangers: a cell that a spreadsheet would run is disarmed. */
export function csv(
  c: AppContext<HubConfig>,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  name: string,
): Response {
  const table = [[...columns], ...rows.map((row) => [...row])];
  return file(c, stringify(table, { escape_formulas: true }), "text/csv", name);
}

export const text = (description: string, type: string) => ({
  200: { description, content: { [type]: { schema: type.endsWith("json") ? z.looseObject({}) : z.string() } } },
  ...refusals,
});
