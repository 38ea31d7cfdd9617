/**
 * What goes over from a book that was given up (docs/protocol.md §2): first the part of it that this database lost is read
 * from a hub's copy, and no chain or key that ended there is taken over; then keys are entered again, and then, in random
 * order, the live pledges, with new salts. A step at a time, each one batch: a crash repeats nothing.
 */
import { fromBase64url, fromUtf8 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { TILE_WIDTH } from "../../../shared/log/tiles.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { memberDocument, webauthnSignature } from "../../../shared/protocol/document.ts";
import { parseBookEntry } from "../../../shared/signing/book-entry.ts";
import { commitDocument, commitKey } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { coseToJwk } from "../../../shared/signing/webauthn.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { vkeysOf } from "../../lib/log-read.ts";
import { fetchBundle } from "../../lib/peer-bundle.ts";
import { type Bookable, bookDocuments } from "../actions/book-documents.ts";
import { appendToBook, randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import {
  type BegunBook,
  type OverRow,
  endOver,
  keysToEnd,
  keysToEnter,
  letGoEnded,
  openBook,
  someToEnter,
} from "../queries/carry-over.ts";
import { termsOf } from "../queries/pledge.ts";

/** Bundles read, and entries made, in one step. */
const BUNDLES = 8;
const PORTION = 50;
/** A hub's copy that cannot be read for so long is not waited for: then nothing goes over, and members pledge again. */
const PATIENCE_MS = 3_600_000;

/** Steps in one run: a step is at most nine queries. */
const STEPS = 4;

/** How many steps were taken. */
export async function carryOverSome(context: NodeContext): Promise<number> {
  for (let step = 0; step < STEPS; step += 1) {
    const done = await carryOver(context);
    if (done === "done") return step;
    if (done === "waits") return step + 1;
  }
  return STEPS;
}

/** One step. `done`: nothing is left, or nothing was to do. */
async function carryOver(context: NodeContext): Promise<"done" | "more" | "waits"> {
  const begun = await openBook(context.db);
  if (begun === null) return "done";
  if (begun.mirror !== null) return await readLost(context, begun, begun.mirror);
  if (await enterKeys(context)) return "more";
  if (await enterPledges(context, begun)) return "more";
  if (await endKeys(context)) return "more";
  await context.db
    .prepare("UPDATE book_reset SET done_at = ? WHERE generation = ?")
    .bind(context.now(), begun.generation)
    .run();
  return "done";
}

/** The next bundles of the hub's copy, under this community's own signature. */
async function readLost(context: NodeContext, begun: BegunBook, mirror: string): Promise<"more" | "waits"> {
  const { db, peer, config, now } = context;
  const [, number = "1"] = /\/mirror\/[^/]+(?:\/([0-9]+))?$/.exec(mirror) ?? [];
  const from = begun.mirror_next ?? 0;
  const answer = await peer.get(`${mirror}/checkpoint`, { maxBytes: 16_384 });
  if (answer.ok && answer.value.status === 404) return await readTo(db, begun, null, []);
  const note = answer.ok && answer.value.status === 200 ? textOf(answer.value.bytes) : "";
  const size = await sizeOf(config.book, bookOrigin(config.origin, Number(number)), note);
  if (size === null) return await wait(context, begun);
  const entries: BookEntry[] = [];
  let next = from;
  for (let at = 0; at < BUNDLES && next < size; at += 1) {
    const index = Math.floor(next / TILE_WIDTH);
    const bundle = await fetchBundle(peer, mirror, { index, size });
    if (!bundle.ok) return await wait(context, begun);
    for (const bytes of bundle.value) {
      const parsed = parseBookEntry(bytes);
      if (parsed.ok && parsed.value.entry !== null) entries.push(parsed.value.entry);
    }
    next = (index + 1) * TILE_WIDTH;
  }
  return await readTo(db, begun, next < size ? next : null, letGoEnded(db, begun.generation, entries, now()));
}

async function readTo(
  db: D1Database,
  { generation }: BegunBook,
  next: number | null,
  writes: D1PreparedStatement[],
): Promise<"more"> {
  const move = db.prepare(
    "UPDATE book_reset SET mirror = iif(?2 IS NULL, NULL, mirror), mirror_next = ?2 WHERE generation = ?1",
  );
  await db.batch([...writes, move.bind(generation, next)]);
  return "more";
}

async function wait({ db, now }: NodeContext, { generation, begun_at }: BegunBook): Promise<"waits" | "more"> {
  if (now() < begun_at + PATIENCE_MS) return "waits";
  await db.batch([
    db
      .prepare(
        `UPDATE book_reset SET mirror = NULL, let_go = let_go + (SELECT count(*) FROM pledge WHERE head IS NOT NULL AND idx < 0)
         WHERE generation = ?`,
      )
      .bind(generation),
    db.prepare("UPDATE pledge SET head = NULL, idx = NULL, qty = NULL, band = NULL WHERE head IS NOT NULL AND idx < 0"),
    db.prepare("DELETE FROM waiting"),
  ]);
  return "more";
}

async function sizeOf(keys: NodeContext["config"]["book"], origin: string, note: string): Promise<number | null> {
  for (const vkey of await vkeysOf(keys)) {
    const opened = await openCheckpoint(note, vkey, origin);
    if (opened.ok) return opened.value.size;
  }
  return null;
}

function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return fromUtf8(bytes);
  } catch {
    return "";
  }
}

/** True when some were entered. Those that have ended go over too, because live pledges may rest on them. */
async function enterKeys(context: NodeContext): Promise<boolean> {
  const { db } = context;
  const appended = await appendToBook(
    context,
    ({ day, rows }) => {
      const keys = ((rows[0] ?? []) as unknown as { id: string; member_id: string; public_key: ArrayBuffer }[]).map(
        (row) => {
          const salt = randomBase64url(32);
          const jwk = coseToJwk(new Uint8Array(row.public_key));
          return { id: row.id, salt, cm: commitKey({ account: row.member_id, jwk }, fromBase64url(salt)) };
        },
      );
      return Promise.resolve({
        entries: keys.map(({ cm }): BookEntry => ({ t: "key", cm, d: day })),
        state: { chains: new Map(), keys: new Map(), tallies: new Map() },
        rulesOf: () => undefined,
        finish: (leaves: string[]) => {
          const bound = jsonParameter(keys.map(({ id, salt }, at) => [id, leaves[at], salt]));
          const bind = db
            .prepare(
              `UPDATE credential SET key_leaf = j.value ->> 1, key_salt = j.value ->> 2 FROM json_each(?) j
               WHERE credential.id = j.value ->> 0`,
            )
            .bind(bound);
          return { statements: keys.length === 0 ? [] : [bind], value: keys.length };
        },
      });
    },
    [keysToEnter(db, PORTION)],
    { goingOver: true },
  );
  return appended.value > 0;
}

/** Keys that had ended end again, once what they signed is in. */
async function endKeys(context: NodeContext): Promise<boolean> {
  const appended = await appendToBook(
    context,
    ({ day, rows }) => {
      const leaves = ((rows[0] ?? []) as { key_leaf: string }[]).map(({ key_leaf: leaf }) => leaf);
      return Promise.resolve({
        entries: leaves.map((r): BookEntry => ({ t: "key_end", r, n: randomBase64url(16), d: day })),
        state: {
          chains: new Map(),
          keys: new Map(leaves.map((leaf) => [leaf, { ended: false }])),
          tallies: new Map(),
        },
        rulesOf: () => undefined,
        finish: () => ({ statements: [], value: leaves.length }),
      });
    },
    [keysToEnd(context.db, PORTION)],
    { goingOver: true },
  );
  return appended.value > 0;
}

/** True when some were looked at. What waited for the old book is the newest word of its member. */
async function enterPledges(context: NodeContext, { generation }: BegunBook): Promise<boolean> {
  const { db, now } = context;
  const appended = await appendToBook(
    context,
    ({ first, day, rows }) => {
      const found = (rows[0] ?? []) as unknown as OverRow[];
      const documents = found.flatMap(bookable);
      const change = bookDocuments(db, documents, { first, day, now: now() });
      return Promise.resolve({
        ...change,
        finish: (leaves: string[]) => {
          const counts = { generation, entered: documents.length, looked: found.length };
          const over = found.length === 0 ? [] : endOver(db, found, counts);
          return { statements: [...over, ...change.finish(leaves).statements], value: found.length };
        },
      });
    },
    [someToEnter(db, PORTION)],
    { goingOver: true },
  );
  return appended.value > 0;
}

function bookable(row: OverRow): Bookable[] {
  const terms = termsOf(row);
  const document = row.document === null ? null : memberDocument.parse(JSON.parse(row.document));
  if (terms === null || document === null || document.typ === "withdraw") return [];
  if (row.close_leaf !== null && !isCommitted(row, document.typ === "pledge" ? document.band : null)) return [];
  const keys = JSON.parse(row.keys) as [string, string][];
  const keyLeaf = keys.find(([hex]) => thumbprint(coseToJwk(fromHex(hex))) === document.key)?.[1];
  if (keyLeaf === undefined || row.signature === null) return [];
  const signature = webauthnSignature.parse(JSON.parse(row.signature));
  const salt = randomBase64url(32);
  const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: keyLeaf }, fromBase64url(salt));
  const live = { ...row, head: null, qty: null, band: null };
  const signed = { signature: row.signature, salt, keyLeaf, signedAt: row.signed_at, carriedOver: true };
  return [{ row: live, terms, document, cm, ...signed }];
}

/** A campaign that was locked takes its commitments over, and the lock with them, once the book takes note of it again. */
function isCommitted({ close_outcome: outcome, close_band: least }: OverRow, band: number | null): boolean {
  return outcome === "locked" && band !== null && least !== null && band >= least;
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
