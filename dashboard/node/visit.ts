/** When this person last looked, so that news can be marked. Kept in this browser only. */
const STORE = "cocoon.visited";
let before: string | null | undefined;

/** The visit before this one; null on the first. Reading it starts the present visit. */
export function lastVisit(): string | null {
  if (before !== undefined) return before;
  try {
    before = localStorage.getItem(STORE);
    localStorage.setItem(STORE, new Date().toISOString());
  } catch {
    before = null; // storage may be blocked; nothing is then marked as new
  }
  return before;
}
