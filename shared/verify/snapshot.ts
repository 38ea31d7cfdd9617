/** What is to be verified: which log, its signed head, and the numbers published for one moment of it. */
import { type Bytes, fromUtf8, toBase64 } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { parseVkey } from "../log/note.ts";
import { network } from "../protocol/api/network.ts";
import { type Claims, MAX_STATEMENT_BYTES } from "../protocol/statement.ts";
import { hubDescriptor } from "../protocol/well-known.ts";
import { type ParsedStatement, parseStatement } from "../signing/statement.ts";
import { fetchBytes, fetchText } from "./fetch.ts";
import { EXIT, Fault, counted } from "./report.ts";
import type { Source } from "./source.ts";
import { Heads, type Log, MAX_NOTE_BYTES, fetchCheckpoint, fetchNewest, openNote } from "./tlog.ts";

export interface Published {
  /** null when /log/totals is not a statement of totals at all */
  totals: { claims: Claims<"totals+jwt">; statement: ParsedStatement; jws: string } | null;
  /** the bytes of /api/network */
  network: Bytes;
}
export interface Snapshot {
  /** what is read: at least as far as the published totals */
  head: Checkpoint & { note: string };
  /**
   * what the log serves as its checkpoint: as far as its witnesses have seen. It may be from before the log's key changed, and
   * is opened once the entries have shown which keys the log had
   */
  served: string;
  published: Published;
}

/** A network that moves while it is read is read again. */
const ATTEMPTS = 5;
const MAX_DESCRIPTOR_BYTES = 65_536;
const MAX_NETWORK_BYTES = 1_048_576;

/** The log's key and name: as pinned, else by the hub's own word. */
export async function identify(source: Source, pinned: string | undefined) {
  if (pinned !== undefined) {
    const key = parseVkey(pinned);
    if (!key.ok) throw new Fault("vkey-malformed", "the pinned key is not a verifier key");
    const origin = key.value.name;
    return {
      value: { vkey: pinned, origin },
      detail: `the log is ${origin}, by the key you gave`,
      facts: { origin, pinned: "yes" },
    };
  }
  // Where nothing describes itself there is no hub that could be at fault.
  const text = await fetchText(source, "/.well-known/cocoon.json", MAX_DESCRIPTOR_BYTES, EXIT.network);
  const parsed = hubDescriptor.safeParse(parseJson(text));
  if (!parsed.success) throw new Fault("descriptor-invalid", `${source.name} does not describe itself as a hub`);
  const { vkey, origin } = parsed.data.log;
  const key = parseVkey(vkey);
  if (!key.ok || key.value.name !== origin) {
    throw new Fault("descriptor-invalid", `${source.name} names a log key that is not of ${origin}`);
  }
  return {
    value: { vkey, origin },
    detail: `the log is ${origin}, by the hub's own word`,
    facts: { origin, pinned: "no" },
  };
}

/**
 * Totals, the API's numbers, and a checkpoint that covers them. A log whose newest head is not signed with the key that is
 * known is read under the one it names, and `log` with it: whether that one may take its place, its entries say (log-key.ts).
 */
export async function takeSnapshot(log: Log, isPinned = false) {
  const heads = new Heads(log);
  for (let attempt = 1; ; attempt += 1) {
    const published = await fetchPublished(log.source);
    const served = await fetchServed(log);
    if (served.head !== null) heads.see(served.head);
    const size = published.totals?.claims.size;
    const isCovered = served.head !== null && (size === undefined || size <= served.head.size);
    const newest = isCovered ? null : await fetchHead(log, isPinned);
    const head = newest === null || (served.head !== null && newest.size <= served.head.size) ? served.head : newest;
    // Without a newest head beside it the checkpoint is what there is, whoever has signed it.
    if (head === null) throw await unsigned(log, served.note);
    heads.see(head);
    const isOneMoment = size !== undefined && size <= head.size && size === sizeOf(published.network);
    if (!isOneMoment && attempt < ATTEMPTS) continue;
    const value: Snapshot = { head, served: served.note, published };
    return {
      value,
      detail: `${counted(head.size, "entry", "entries")} under a checkpoint signed by ${log.origin}`,
      facts: { size: head.size, root: toBase64(head.root) },
    };
  }
}

type Head = Checkpoint & { note: string };

/** The checkpoint as it is served; its head is null where the key in hand has not signed it. */
async function fetchServed(log: Log): Promise<{ note: string; head: Head | null }> {
  const note = await fetchText(log.source, `${log.prefix}/checkpoint`, MAX_NOTE_BYTES);
  const head = await orUnsigned(openNote(log, note));
  return { note, head: head && { ...head, note } };
}

/** The newest head, or where the log shows none beside it the checkpoint; under the key in hand or the one the hub names. */
async function fetchHead(log: Log, isPinned: boolean): Promise<Head | null> {
  const first = await orUnsigned(newestOf(log));
  if (first !== null || !isPinned) return first;
  const named = await identify(log.source, undefined).catch((error: unknown) => {
    // Nothing there names a key: then it is the one in hand that has not signed.
    if (error instanceof Fault) return null;
    throw error;
  });
  if (named === null || named.value.origin !== log.origin || named.value.vkey === log.vkey) return null;
  const other = await orUnsigned(newestOf({ ...log, vkey: named.value.vkey }));
  if (other !== null) log.vkey = named.value.vkey;
  return other;
}

async function newestOf(log: Log): Promise<Head> {
  return (await fetchNewest(log)) ?? (await fetchCheckpoint(log));
}

async function orUnsigned<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Fault && error.code === "note-unsigned") return null;
    throw error;
  }
}

/** The fault that opening it ends with. */
async function unsigned(log: Log, note: string): Promise<unknown> {
  try {
    await openNote(log, note);
  } catch (error) {
    return error;
  }
  return new Fault("note-unsigned", `${log.origin} shows no head under the key it is known by`);
}

async function fetchPublished(source: Source): Promise<Published> {
  const network = await fetchBytes(source, "/api/network", MAX_NETWORK_BYTES);
  const bytes = await fetchBytes(source, "/log/totals", MAX_STATEMENT_BYTES);
  const parsed = parseStatement(bytes);
  if (!parsed.ok || parsed.value.statement.kind !== "totals+jwt") return { totals: null, network };
  const { statement } = parsed.value;
  return { totals: { claims: statement.claims, statement: parsed.value, jws: fromUtf8(bytes) }, network };
}

/** The log size that /api/network says it was computed at. */
function sizeOf(bytes: Bytes): number | null {
  try {
    const parsed = network.pick({ log: true }).safeParse(parseJson(fromUtf8(bytes)));
    return parsed.success ? parsed.data.log.size : null;
  } catch {
    return null;
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
