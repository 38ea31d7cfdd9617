/**
 * New books in the network fold (docs/protocol.md §2, §6). A community that begins one counts nothing from that entry on, until
 * a report over the new book is found right; reports over the old one that wait for a verdict get none.
 */
import { parseCheckpoint } from "../log/checkpoint.ts";
import { toBase64 } from "../bytes.ts";
import type { Claims } from "../protocol/statement.ts";
import { bookOrigin, generationOf } from "./book-origin.ts";
import { forgetBooksBefore } from "./keys.ts";
import type { Community, NetworkState } from "./state.ts";

export interface BookReset {
  generation: number;
  leaf: string;
  index: number;
  /** log time, or the community's own where that is later */
  at: number;
  reason: string;
  /** of the new book's genesis alone, padded base64 */
  root: string;
  /** what the community counted until then; null: nothing */
  lost: { seq: number; pledges: number; locked: string; purchased: string } | null;
}

/** Of a community that is not in its first book any more. */
export interface CommunityBook {
  generation: number;
  /** in log order, the last ten; none where it joined with a later book than its first */
  resets: BookReset[];
}

const MAX_KEPT = 10;

export function currentGeneration({ book }: Pick<Community, "book">): number {
  return book?.generation ?? 1;
}

/** The entry by which the current book began; null: it was there at the join. */
export function currentReset({ book }: Pick<Community, "book">): BookReset | null {
  const last = book?.resets.at(-1) ?? null;
  return last?.generation === book?.generation ? last : null;
}

/** What was reported before this index is about a book that was given up. */
export function givenUpBefore(community: Pick<Community, "book">): number {
  return currentReset(community)?.index ?? 0;
}

export function joinedBook(node: string, checkpoint: string): CommunityBook | null {
  const generation = generationOf(checkpoint, node);
  return generation === 1 ? null : { generation, resets: [] };
}

/** `community` as it is just before this entry. That the checkpoint is signed is checked where signatures are. */
export function faultOfReset(
  community: Community | undefined,
  claims: Claims<"book-reset+jwt">,
): "community-unknown" | "status-conflict" | "frozen" | "sequence" | "book-reset" | null {
  if (community === undefined) return "community-unknown";
  // Who is left out is not let in again by a new book: whatever it is left out for is settled first.
  if (community.status !== "admitted") return "status-conflict";
  if (community.keys.pending !== null) return "frozen";
  if (claims.seq !== community.last_seq + 1 || claims.prev !== community.last_leaf) return "sequence";
  return isNewBook(community, claims) ? null : "book-reset";
}

/**
 * Numbers rise and may be left out: a community with several hubs, one of which has not heard of the book before, cannot
 * use that number twice.
 */
export function isNewBook(community: Pick<Community, "origin" | "book">, { book }: Claims<"book-reset+jwt">): boolean {
  const head = genesisHead(book.checkpoint);
  const { generation, origin } = book;
  return (
    generation > currentGeneration(community) &&
    origin === bookOrigin(community.origin, generation) &&
    head?.origin === origin &&
    head.size === 1
  );
}

function genesisHead(note: string) {
  const parsed = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
  return parsed.ok ? parsed.value : null;
}

/** The entry keeps the rules. The caller takes the community's contribution out of the sums before, and puts it back after. */
export function beginBook(
  state: Pick<NetworkState, "log_time">,
  community: Community,
  { leaf, index }: { leaf: string; index: number },
  claims: Claims<"book-reset+jwt">,
): void {
  const { counted } = community;
  const head = genesisHead(claims.book.checkpoint);
  const reset: BookReset = {
    generation: claims.book.generation,
    leaf,
    index,
    at: Math.max(state.log_time, claims.iat),
    reason: claims.reason,
    root: head === null ? "" : toBase64(head.root),
    lost: counted === null ? null : lostBy(counted),
  };
  community.book = {
    generation: reset.generation,
    resets: [...(community.book?.resets ?? []), reset].slice(-MAX_KEPT),
  };
  community.counted = null;
  community.pending.clear();
  community.last_seq = claims.seq;
  community.last_leaf = leaf;
  forgetBooksBefore(community);
}

/** Units of different campaigns in one sum: enough for how much was promised and kept, which is a proportion. */
function lostBy({ seq, totals }: NonNullable<Community["counted"]>): NonNullable<BookReset["lost"]> {
  const sum = (units: (one: (typeof totals)[number]) => string) =>
    String(totals.reduce((all, one) => all + BigInt(units(one)), 0n));
  return {
    seq,
    pledges: totals.reduce((all, { pledges }) => all + pledges, 0),
    locked: sum(({ locked }) => locked),
    purchased: sum(({ purchased }) => purchased),
  };
}
