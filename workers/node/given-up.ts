/**
 * Rows of books that were given up (docs/storage.md): their indexes, and the sizes in reports about them, are moved so far
 * below zero that no two are the same. What asks for an entry of the current book asks from 0 on.
 */
export const BELOW = 2 ** 40;

/** The index that the entry had in its own book. */
export function indexIn(idx: number): number {
  return ((idx % BELOW) + BELOW) % BELOW;
}
