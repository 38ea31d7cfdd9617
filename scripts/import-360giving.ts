/**
 * `npm run import:360giving -- <file> --hub <url> [--title T] [--publisher P] [--url U] [--licence L]`: sends a file of
 * published grants, JSON or CSV, to a hub in portions and says what was left out and why. The token comes from the console (Imports)
 * through COCOON_IMPORT_TOKEN or is asked for. Run again after an interruption, it goes on. Exit: 0 all in, 2 some left
 * out, 1 refused.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { sha256url } from "../shared/bytes.ts";
import { type BeginImport, importView, MAX_GRANTS_PER_REQUEST } from "../shared/protocol/api/import.ts";
import { problem } from "../shared/protocol/problem.ts";
import { readGrantFile } from "../shared/standards/grant-file.ts";

const CC_BY = "https://creativecommons.org/licenses/by/4.0/";
class Wrong extends Error {}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hub: { type: "string" },
      title: { type: "string" },
      publisher: { type: "string" },
      url: { type: "string" },
      licence: { type: "string" },
    },
  });
  const [path] = positionals;
  if (path === undefined || values.hub === undefined) {
    throw new Wrong("usage: npm run import:360giving -- <file.json or file.csv> --hub <url>");
  }
  const bytes = new Uint8Array(await readFile(path));
  const read = readGrantFile(textOf(bytes));
  if (!read.ok) throw new Wrong(`${path} is not a file of grants in the 360Giving form, neither JSON nor CSV`);
  const { grants, publisher, website, licence, title, funder, currency } = read.value;
  if (funder.name === "") throw new Wrong("the first grant names no funder");
  const begin: BeginImport = {
    file_sha256: sha256url(bytes),
    grants: grants.length,
    title: values.title ?? title ?? basename(path).replace(/\.(json|csv)$/, ""),
    publisher: values.publisher ?? publisher ?? funder.name,
    url: values.url ?? website ?? values.hub,
    licence: values.licence ?? licence ?? CC_BY,
    funder,
    currency,
  };
  const token = process.env["COCOON_IMPORT_TOKEN"] ?? (await askToken());
  const send = sender(values.hub, token);
  let view = await send("/api/imports", begin);
  while (view.state === "running") {
    const from = view.done;
    process.stdout.write(`\r${from} of ${view.grants} …`);
    view = await send(`/api/imports/${encodeURIComponent(view.id)}/portion`, {
      from,
      grants: grants.slice(from, from + MAX_GRANTS_PER_REQUEST),
    });
    if (view.done <= from) throw new Wrong("the hub did not take the next portion; run this again");
  }
  console.log(
    `\r${view.imported} of ${view.grants} grants imported into the fund ${view.fund}, ${view.skipped} left out`,
  );
  for (const note of view.notes) {
    console.log(
      `  ${note.skipped ? "left out" : "changed "} #${note.grant + 1} ${note.id}: ${note.code} ${note.detail}`,
    );
  }
  return view.skipped === 0 ? 0 : 2;
}

/** A spreadsheet saved as CSV may be in the older Windows encoding. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function askToken(): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const token = await lines.question("Token from the hub's console, Imports: ");
  lines.close();
  return token.trim();
}

function sender(hub: string, token: string) {
  return async (path: string, body: unknown) => {
    const response = await fetch(new URL(path, hub), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const json: unknown = await response.json();
    if (response.ok) return importView.parse(json);
    const refused = problem.safeParse(json);
    throw new Wrong(refused.success ? `${refused.data.title} (${refused.data.code})` : `HTTP ${response.status}`);
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Wrong)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
