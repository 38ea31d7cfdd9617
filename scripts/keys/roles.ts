/** Which keys a worker has, and the secrets that they are given as. */
export const roles = { hub: ["statement", "log"], node: ["report", "book", "witness"] } as const;
export type Role = (typeof roles)["hub" | "node"][number];

/** Name of the secret that a role's key is given as; the one to come has `_NEXT` behind it. */
export const secretOf: Record<Role, string> = {
  statement: "STATEMENT_JWK",
  log: "LOG_KEY",
  report: "REPORT_JWK",
  book: "BOOK_KEY",
  witness: "WITNESS_KEY",
};
