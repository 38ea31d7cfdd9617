/**
 * Names and addresses of a community's pledge books (docs/protocol.md §2): the first is `<node>/book`, and one that was
 * begun after a loss `<node>/book/<generation>`. A book is one log; its generation is the number of the log.
 */
import { MAX_GENERATION } from "../protocol/book-reset.ts";

export function bookOrigin(node: string, generation = 1): string {
  return `${node}${bookPath(generation)}`;
}

/** Where the node serves it. */
export function bookPath(generation: number): string {
  return generation === 1 ? "/book" : `/book/${generation}`;
}

/** Where a hub serves what it has read of it. */
export function mirrorPath(node: string, generation: number): string {
  return generation === 1 ? `/mirror/${node}` : `/mirror/${node}/${generation}`;
}

/** Whose book a log of this name is; null: it is none. */
export function parseBookOrigin(origin: string): { node: string; generation: number } | null {
  const [, node = "", number = "1"] = /^([^/]+)\/book(?:\/([2-9]|[1-9][0-9]))?$/.exec(origin) ?? [];
  const generation = Number(number);
  return node === "" || generation > MAX_GENERATION ? null : { node, generation };
}

/** The log that a signed note speaks of. */
export function originOf(note: string): string {
  return note.slice(0, Math.max(0, note.indexOf("\n")));
}

/** The generation of the book that a note of this node's is about; 1 where it is about something else. */
export function generationOf(note: string, node: string): number {
  const named = parseBookOrigin(originOf(note));
  return named?.node === node ? named.generation : 1;
}

/** The same for a tlog-proof, which ends with the note. */
export function generationOfProof(proof: string, node: string): number {
  return generationOf(proof.slice(proof.indexOf("\n\n") + 2), node);
}
