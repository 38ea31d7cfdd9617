/** What the community's book says of a receipt: it holds the entry and the key, and no later entry ends it. */
import { type Bytes, fromBase64url, toBase64url } from "../bytes.ts";
import { applyBookEntries, isLive } from "../book/fold.ts";
import { type RulesOf, emptyBook } from "../book/state.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { leafHash } from "../log/merkle.ts";
import { verifyProof } from "../log/proof.ts";
import { bookOrigin, bookPath, generationOfProof } from "../network/book-origin.ts";
import type { BookReset } from "../network/resets.ts";
import { type BookEntry, MAX_BOOK_ENTRY_BYTES } from "../protocol/book-entry.ts";
import type { Receipt } from "../protocol/document.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { commitKey } from "../signing/document.ts";
import { isoTime } from "../time.ts";
import { Fault } from "./report.ts";
import type { Source } from "./source.ts";
import { Heads, type Log, fetchCheckpoint, readLog } from "./tlog.ts";

export interface ReadBook {
  head: Checkpoint;
  log: Log;
  entries: { leaf: string; entry: BookEntry | null }[];
}

/**
 * The whole book, from the node, under the key that the hub's log gives it now; the receipt's proofs under the one of
 * its day. `loggedKeys` are all of them, the current one last (undefined: the hub could not be read).
 */
export async function readBook(receipt: Receipt, source: Source, loggedKeys: readonly string[] | undefined) {
  const { log, proofs, proven } = await openProofs(receipt, source, loggedKeys);
  const head = await fetchCheckpoint(log);
  const heads = new Heads(log);
  for (const checkpoint of proven) {
    if (checkpoint.size > head.size)
      throw new Fault("book-shrunk", `the book has ${head.size} entries, the receipt proves ${checkpoint.size}`);
    await heads.prove(checkpoint, head);
  }
  const entries: ReadBook["entries"] = [];
  for await (const chunk of readLog(log, head)) {
    for (const bytes of chunk.entries) entries.push(parsed(bytes));
  }
  for (const { leaf, index } of proofs) {
    if (entries[index]?.leaf !== leaf)
      throw new Fault("not-in-book", `entry ${index} of the book is not the receipt's`, { index });
  }
  const value: ReadBook = { head, log, entries };
  return {
    value,
    detail: `entry ${receipt.entry.index} of the book of ${receipt.node.origin}, which has ${head.size}`,
    facts: { index: receipt.entry.index, size: head.size },
  };
}

/** The receipt's own proofs, under the book key of their day. */
async function openProofs(receipt: Receipt, source: Source, loggedKeys: readonly string[] | undefined) {
  const { vkey: then, origin: node } = receipt.node;
  if (loggedKeys?.includes(then) === false)
    throw new Fault("book-key", "the receipt names another book key than the hub's log");
  const vkey = loggedKeys?.at(-1) ?? then;
  const generation = generationOfProof(receipt.entry.proof, node);
  const log: Log = {
    source,
    prefix: bookPath(generation),
    vkey,
    origin: bookOrigin(node, generation),
    maxEntryBytes: MAX_BOOK_ENTRY_BYTES,
  };
  const proofs = [receipt.key, receipt.entry];
  const proven = await Promise.all(proofs.map((each) => openProof(each, { ...log, vkey: then })));
  return { log, proofs, proven };
}

/** Of a book that was given up nothing more is asked than that it held the entry: what was in it counts no more. */
export async function checkGivenUp(receipt: Receipt, source: Source, loggedKeys: readonly string[]) {
  const { log } = await openProofs(receipt, source, loggedKeys);
  const { index } = receipt.entry;
  return { value: true, detail: `entry ${index} of ${log.origin}, which was given up`, facts: { index } };
}

export function refuseGivenUp({ at, reason, generation, index }: BookReset): never {
  const date = isoTime(at).slice(0, 10);
  const why = `your community began a new book on ${date}, because it lost the one with this entry (\u201C${reason}\u201D)`;
  throw new Fault("book-given-up", `${why}; this pledge does not count any more`, {
    index,
    facts: { index, generation, at: isoTime(at), reason },
  });
}

function parsed(bytes: Bytes): ReadBook["entries"][number] {
  const result = parseBookEntry(bytes);
  return result.ok ? result.value : { leaf: toBase64url(leafHash(bytes)), entry: null };
}

async function openProof(
  { leaf, index, proof }: { leaf: string; index: number; proof: string },
  log: Log,
): Promise<Checkpoint> {
  const verified = await verifyProof({
    proofText: proof,
    leaf: fromBase64url(leaf),
    vkey: log.vkey,
    origin: log.origin,
  });
  if (!verified.ok)
    throw new Fault(verified.error, `the receipt's proof of entry ${index} does not hold (${verified.error})`, {
      index,
    });
  if (verified.value.index !== index)
    throw new Fault("proof-invalid", `the receipt's proof is not about entry ${index}`, { index });
  return verified.value.checkpoint;
}

/** The signing key was registered before, for this account, and had not ended. */
export function checkKey({ document, key, entry }: Receipt, { entries }: ReadBook) {
  const registered = entries[key.index]?.entry;
  const opening = commitKey({ account: document.account, jwk: key.jwk }, fromBase64url(key.salt));
  if (registered?.t !== "key" || registered.cm !== opening)
    throw new Fault("key-mismatch", "the book registers another key", { index: key.index });
  if (key.index >= entry.index)
    throw new Fault("key-late", "the key was registered after it signed", { index: key.index });
  const ended = entries.findIndex(
    (each, at) => at < entry.index && each.entry?.t === "key_end" && each.entry.r === key.leaf,
  );
  if (ended !== -1) throw new Fault("key-ended", "the key had ended before it signed", { index: ended });
  return { value: true, detail: `the key was registered before, as entry ${key.index}`, facts: { index: key.index } };
}

/** The pledge counts in the fold of the whole book, and no later entry ends it. */
export function checkLive({ entry }: Receipt, { entries }: ReadBook, rulesOf: RulesOf) {
  const state = emptyBook();
  const { problems } = applyBookEntries(
    state,
    entries.map((each, index) => ({ index, ...each })),
    rulesOf,
  );
  const broken = problems.find((problem) => problem.index === entry.index);
  if (broken !== undefined)
    throw new Fault("entry-refused", `the entry counts zero in the book: ${broken.code}`, { index: entry.index });
  const later = entries.findIndex(
    (each, at) =>
      at > entry.index && (each.entry?.t === "revise" || each.entry?.t === "withdraw") && each.entry.r === entry.leaf,
  );
  const chain = state.chains.get(entry.leaf);
  if (chain === undefined) {
    if (later === -1)
      throw new Fault("ended", "it ended an earlier pledge, so there is nothing of it to count", {
        index: entry.index,
      });
    throw new Fault("ended", `entry ${later} of the book revised or withdrew it`, { index: later });
  }
  const ended = state.tallies.get(chain.campaign)?.ended ?? null;
  if (!isLive(chain, ended))
    throw new Fault("let-go", "the campaign ended and let it go", { index: ended?.index ?? entry.index });
  return { value: { committed: ended !== null }, detail: "no later entry of the book ends it", facts: {} };
}
