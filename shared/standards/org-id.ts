/**
 * Identifiers of organisations as org-id.guide has them: the code of a register, a hyphen, the number there. Says whether
 * the register is known and, for the two registers most seen here, whether the number has its form. Not a look-up: that
 * an organisation exists is for people to check.
 */
import { type Result, fail, ok } from "../result.ts";
import { orgIdPrefixes } from "./org-id-list.ts";

export type OrgIdProblem = "org-id-unknown" | "org-id-number";

const forms: Readonly<Record<string, RegExp>> = {
  // Charity Commission for England and Wales: six or seven digits, and a subsidiary's number
  "GB-CHC": /^[0-9]{6,7}(?:-[0-9]{1,3})?$/,
  // Companies House: eight characters, leading zeros kept
  "GB-COH": /^(?:[0-9]{8}|[A-Z]{2}[0-9]{5}[0-9A-Z])$/,
};

/** `360G-…` is for organisations without an official number: the standard allows any publisher's own. */
export function checkOrgId(id: string): Result<null, OrgIdProblem> {
  if (id.startsWith("360G-")) return ok(null);
  const parts = id.split("-");
  for (let length = Math.min(3, parts.length - 1); length >= 2; length -= 1) {
    const prefix = parts.slice(0, length).join("-");
    if (!orgIdPrefixes.has(prefix)) continue;
    const number = parts.slice(length).join("-");
    return forms[prefix]?.test(number) === false ? fail("org-id-number") : ok(null);
  }
  return fail("org-id-unknown");
}
