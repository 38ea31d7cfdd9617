/**
 * What the log holds by its hash only: texts of awards and inputs of matching runs. Taken from what the hub publishes, as
 * far as the hash of the log is theirs; what is not served any more stays away, and the number says so.
 */
import { fromUtf8, sha256url, utf8 } from "../../shared/bytes.ts";
import type { LogItem } from "../../shared/network/fold.ts";
import { fetchIfThere } from "../../shared/verify/fetch.ts";
import type { Source } from "../../shared/verify/source.ts";
import type { LocalDatabase } from "../network/migrations.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const ROWS = 100;
const AT_ONCE = 8;

export class Beside {
  /** award → hash of its text; id of an allocation → hash of its inputs */
  readonly #texts = new Map<string, string>();
  readonly #inputs = new Map<string, string>();

  add({ statement: { kind, claims } }: LogItem): void {
    if (kind !== "fund+jwt") return;
    for (const event of claims.events) {
      if (event.event === "award" && event.text_sha256 !== null) this.#texts.set(event.id, event.text_sha256);
      if (event.event === "allocation") this.#inputs.set(event.id, event.inputs_sha256);
    }
  }

  /** Answers how many are missing. */
  async write(db: LocalDatabase, source: Source): Promise<number> {
    const published = this.#texts.size === 0 ? new Map<string, string>() : await publishedTexts(source);
    const asked = [...this.#texts].filter(([, hash]) => !published.has(hash));
    for (let at = 0; at < asked.length; at += AT_ONCE)
      for (const text of await Promise.all(asked.slice(at, at + AT_ONCE).map(([award]) => awardText(source, award))))
        if (text !== null) published.set(sha256url(utf8(text)), text);
    const texts = [...this.#texts].flatMap(([award, hash]) => {
      const text = published.get(hash);
      return text === undefined ? [] : [[award, text]];
    });
    const inputs: [string, string][] = [];
    for (const [id, hash] of this.#inputs) {
      const bytes = await fetchIfThere(source, `/api/allocations/${encodeURIComponent(id)}/inputs`, MAX_BYTES);
      if (bytes !== null && sha256url(bytes) === hash) inputs.push([hash, fromUtf8(bytes)]);
    }
    await insert(db, "INSERT INTO award_text (award, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)", texts);
    const sql = `INSERT INTO matching_input (sha256, inputs) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
      ON CONFLICT (sha256) DO NOTHING`;
    await insert(db, sql, inputs);
    return this.#texts.size + this.#inputs.size - texts.length - inputs.length;
  }
}

async function insert(db: LocalDatabase, sql: string, rows: readonly string[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS)
    await db
      .prepare(sql)
      .bind(JSON.stringify(rows.slice(at, at + ROWS)))
      .run();
}

/** Grants that came from another publisher's file are not published again, but each has its page. */
async function awardText(source: Source, award: string): Promise<string | null> {
  const bytes = await fetchIfThere(source, `/api/awards/${encodeURIComponent(award)}`, MAX_BYTES);
  const { text } = bytes === null ? {} : (JSON.parse(fromUtf8(bytes)) as { text?: unknown });
  return typeof text === "string" ? text : null;
}

/** By hash: descriptions of the hub's published grants. */
async function publishedTexts(source: Source): Promise<Map<string, string>> {
  const bytes = await fetchIfThere(source, "/exports/360giving.json", MAX_BYTES);
  const found = bytes === null ? {} : (JSON.parse(fromUtf8(bytes)) as { grants?: unknown });
  const grants = Array.isArray(found.grants) ? (found.grants as { description?: unknown }[]) : [];
  return new Map(
    grants.flatMap(({ description }): [string, string][] =>
      typeof description === "string" ? [[sha256url(utf8(description)), description]] : [],
    ),
  );
}
