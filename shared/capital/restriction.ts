/** Whether a fund's restriction allows an award: enforced when it is decided, with the reason when not (docs/capital.md §1). */
import type { FundEventOf, Restriction } from "../protocol/fund.ts";

type Award = FundEventOf<"award">;

/** The first rule that stands against it, in a few words; null when all allow it. */
export function restrictionFault(restriction: Restriction, award: Award): string | null {
  const { campaigns, uses, instruments, regions, from, until, max_award_minor } = restriction;
  if (uses !== undefined && !uses.includes(award.use)) return `use: ${award.use} is not among ${uses.join(", ")}`;
  if (instruments !== undefined && !instruments.includes(award.instrument)) {
    return `instrument: ${award.instrument} is not among ${instruments.join(", ")}`;
  }
  if (campaigns !== undefined && (award.campaign === null || !campaigns.includes(award.campaign))) {
    return "campaign: the fund is for other campaigns";
  }
  if (regions !== undefined && !regions.some((allowed) => covers(allowed, award.region))) {
    return `region: ${award.region ?? "none said"} is not in ${regions.join(", ")}`;
  }
  if (from !== undefined && award.decided_on < from) return `time: the fund begins on ${from}`;
  if (until !== undefined && award.decided_on > until) return `time: the fund ended on ${until}`;
  if (max_award_minor !== undefined && BigInt(award.amount_minor) > BigInt(max_award_minor)) {
    return "amount: more than one award may be";
  }
  return null;
}

/** A country covers its subdivisions. */
function covers(allowed: string, region: string | null): boolean {
  return region !== null && (region === allowed || region.startsWith(`${allowed}-`));
}
