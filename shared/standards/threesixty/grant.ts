/**
 * An award as a grant of the 360Giving Data Standard 1.4 (docs/standards.md), or the reason why it is none. Amounts are
 * JSON numbers that read back as exactly the decimal they were made from. Nobody is named.
 */
import { formatAmountPlain } from "../../money/amount.ts";
import { type Result, fail, ok } from "../../result.ts";
import { isoTime } from "../../time.ts";
import type { ExportAward, Publisher } from "../export-award.ts";
import { EMAIL } from "../threesixty-read.ts";

interface Organisation {
  id: string;
  name: string;
}
interface Coded {
  vocabulary: string;
  code: string;
  title: string;
}
export interface Grant {
  id: string;
  title: string;
  description: string;
  currency: string;
  amountAwarded: number;
  amountDisbursed: number;
  awardDate: string;
  plannedDates?: { startDate: string; endDate: string }[];
  fundingOrganization: Organisation[];
  recipientOrganization?: Organisation[];
  recipientIndividual?: Organisation;
  grantProgramme: { code: string; title: string }[];
  beneficiaryLocation?: { name: string; countryCode: string }[];
  fundingType?: Coded[];
  classifications: Coded[];
  regrantType?: string;
  dateModified: string;
  dataSource: string;
}

export type LeftOut = "not-a-grant" | "undecided" | "currency-not-listed" | "amount-not-exact";

/** Active currencies that the Currency enum of schema 1.4.3 does not have. */
const NOT_LISTED = new Set(["SLE", "UYW", "VED", "XAD", "XCG", "ZWG"]);
const NOT_GRANTS = new Set(["loan", "equity", "guarantee"]);
const USES: Readonly<Record<ExportAward["use"], string>> = {
  rnd: "Research and development",
  price_subsidy: "Price subsidy",
  market_development: "Market development",
  capacity: "Capacity",
  hub_ops: "Running the hub",
  other: "Other",
};

export function grantOf(award: ExportAward, publisher: Publisher, today: string): Result<Grant, LeftOut> {
  if (NOT_GRANTS.has(award.instrument)) return fail("not-a-grant");
  if (award.state === "lapsed" || award.decided_on > today) return fail("undecided");
  if (NOT_LISTED.has(award.currency)) return fail("currency-not-listed");
  const amountAwarded = majorNumber(award.amount_minor, award.currency);
  const amountDisbursed = majorNumber(award.disbursed_minor, award.currency);
  if (amountAwarded === null || amountDisbursed === null) return fail("amount-not-exact");
  const recipient = { id: partyId(award.recipient_org_id, award.recipient, publisher), name: award.recipient_name };
  const funder =
    award.funder === null
      ? { id: `360G-${publisher.prefix}`, name: publisher.name }
      : {
          id: partyId(award.funder_org_id, award.funder, publisher),
          name: award.funder_name ?? award.funder,
        };
  const country = award.region?.slice(0, 2);
  return ok({
    id: award.source_id ?? `360G-${publisher.prefix}-${award.id}`,
    title: award.title,
    description: descriptionOf(award),
    currency: award.currency,
    amountAwarded,
    amountDisbursed,
    awardDate: award.decided_on,
    ...(award.planned_from !== null && award.planned_until !== null
      ? { plannedDates: [{ startDate: award.planned_from, endDate: award.planned_until }] }
      : {}),
    fundingOrganization: [funder],
    ...(award.recipient_kind === "individual"
      ? { recipientIndividual: { id: `360G-${publisher.prefix}-${award.recipient}`, name: "Individual recipient" } }
      : { recipientOrganization: [recipient] }),
    grantProgramme: [{ code: award.fund, title: award.fund_name }],
    ...(country === undefined
      ? {}
      : { beneficiaryLocation: [{ name: award.region ?? country, countryCode: country }] }),
    ...(award.instrument === "recoverable_grant"
      ? { fundingType: [{ vocabulary: "IATI FinanceType", code: "422", title: "Reimbursable grant" }] }
      : {}),
    classifications: [{ vocabulary: "impact-markets-use", code: award.use, title: USES[award.use] }],
    ...(award.parent === null ? {} : { regrantType: "FRG010" }),
    dateModified: isoTime(award.changed_at),
    dataSource: `${publisher.url}/awards/${encodeURIComponent(award.id)}`,
  });
}

/** 305 minor units of USD are the number 3.05; null where no number prints as that decimal. */
function majorNumber(minor: string, currency: string): number | null {
  const text = formatAmountPlain(BigInt(minor), currency);
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const number = Number(plain);
  return String(number) === plain ? number : null;
}

function partyId(org: string | null, id: string, { prefix }: Publisher): string {
  if (org !== null) return org;
  return id.startsWith("360G-") ? id : `360G-${prefix}-${id}`;
}

function descriptionOf(award: ExportAward): string {
  const parts = [(award.text ?? award.title).replaceAll(EMAIL, "[e-mail removed]")];
  if (award.demo === 1) parts.unshift("Invented, for a demonstration.");
  if (award.instrument === "recoverable_grant") parts.push("Recoverable: it is paid back under agreed conditions.");
  if (award.token_asset !== null) {
    parts.push(
      `Given as ${award.token_amount ?? ""} of the smallest unit (${award.token_decimals ?? 0} decimals) of ${award.token_asset}.`,
    );
  }
  return parts.join(" ");
}
