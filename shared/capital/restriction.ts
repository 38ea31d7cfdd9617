/** Whether a fund's restriction allows an award: enforced when it is decided, with a reason for each rule broken (docs/capital.md §1). */
import type { FundEventOf, Restriction } from "../protocol/fund.ts";

/** What of an award a restriction is about. */
type Award = Pick<FundEventOf<"award">, "campaign" | "use" | "instrument" | "region" | "decided_on" | "amount_minor">;

/** Every rule that stands against it, in a few words each; none when all allow it. */
export function restrictionFaults(restriction: Restriction, award: Award): string[] {
  const { campaigns, uses, instruments, regions, from, until, max_award_minor } = restriction;
  const faults: string[] = [];
  if (uses !== undefined && !uses.includes(award.use)) {
    faults.push(`use: ${award.use} is not among ${uses.join(", ")}`);
  }
  if (instruments !== undefined && !instruments.includes(award.instrument)) {
    faults.push(`instrument: ${award.instrument} is not among ${instruments.join(", ")}`);
  }
  if (campaigns !== undefined && (award.campaign === null || !campaigns.includes(award.campaign))) {
    faults.push("campaign: the fund is for other campaigns");
  }
  if (regions !== undefined && !regions.some((allowed) => covers(allowed, award.region))) {
    faults.push(`region: ${award.region ?? "none said"} is not in ${regions.join(", ")}`);
  }
  if (from !== undefined && award.decided_on < from) faults.push(`time: the fund begins on ${from}`);
  if (until !== undefined && award.decided_on > until) faults.push(`time: the fund ended on ${until}`);
  if (max_award_minor !== undefined && BigInt(award.amount_minor) > BigInt(max_award_minor)) {
    faults.push(`amount: one award may be ${max_award_minor} at most`);
  }
  return faults;
}

/** A country covers its subdivisions. */
function covers(allowed: string, region: string | null): boolean {
  return region !== null && (region === allowed || region.startsWith(`${allowed}-`));
}
