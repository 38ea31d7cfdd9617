/**
 * A report of as many campaigns as readers take (docs/protocol.md §3): what is live comes first, then what is newer. How many
 * are left out it says, so that the book can be held against it all the same. Pure.
 */
import {
  type CampaignTotals,
  type Claims,
  MAX_CAMPAIGNS_PER_REPORT,
  MAX_STATEMENT_BYTES,
} from "../../../shared/protocol/statement.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";

type Report = Claims<"demand-report+jwt">;

/** A header with a thumbprint, two dots and a signature, as base64url. */
const JWS_OVERHEAD = 124 + 2 + 86;
const MAX_CLAIMS_BYTES = Math.floor(((MAX_STATEMENT_BYTES - JWS_OVERHEAD) * 3) / 4);

/** `newest`: campaigns, the newest first. */
export function fitReport(
  claims: Omit<Report, "totals" | "omitted">,
  totals: readonly CampaignTotals[],
  newest: readonly string[],
): Report {
  const place = new Map(newest.map((campaign, at) => [campaign, at]));
  const age = ({ c }: CampaignTotals): number => place.get(c) ?? newest.length;
  const ranked = totals.toSorted((a, b) => Number(isLive(b)) - Number(isLive(a)) || age(a) - age(b));
  let left = MAX_CLAIMS_BYTES - canonicalBytes({ ...claims, totals: [], omitted: totals.length }).length;
  const told: CampaignTotals[] = [];
  for (const one of ranked) {
    left -= canonicalBytes(one).length + 1;
    if (left < 0 || told.length === MAX_CAMPAIGNS_PER_REPORT) break;
    told.push(one);
  }
  const omitted = totals.length - told.length;
  const sorted = told.sort((a, b) => (a.c < b.c ? -1 : 1));
  return { ...claims, totals: sorted, ...(omitted > 0 && { omitted }) };
}

function isLive({ interest, pledged, committed }: CampaignTotals): boolean {
  return [interest, ...pledged, ...committed].some((units) => units !== "0");
}
