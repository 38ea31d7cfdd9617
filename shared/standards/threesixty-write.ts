/**
 * Awards as grants of the 360Giving Data Standard 1.4. Loans and shares are not grants there: they go to IATI. Amounts are
 * JSON numbers in major units, written from minor units by string; individuals have no name.
 */
import { formatAmountPlain } from "../money/amount.ts";
import type { FundEventOf } from "../protocol/fund.ts";

export interface ExportedAward {
  event: FundEventOf<"award">;
  currency: string;
  fund: { id: string; name: string };
  funder: { org_id: string | null; id: string; name: string };
  recipient: { id: string; name: string; org_id: string | null; kind: string };
  text: string | null;
  /** RFC 3339, of the entry */
  modified: string;
}

export interface Publisher {
  /** such as `360G-example`: registered with 360Giving, or made of this hub's name until it is */
  prefix: string;
  name: string;
  website: string;
  licence: string;
}

const grants = new Set(["grant", "price_subsidy", "market_development", "recoverable_grant"]);
/** Currencies in use that the standard's list of 1.4 does not have. */
const unlisted = new Set(["SLE", "UYW", "VED", "XAD", "XCG", "ZWG"]);

/** Whether an award can stand in a 360Giving file. */
export function isGrant({ event, currency }: Pick<ExportedAward, "event" | "currency">): boolean {
  return grants.has(event.instrument) && !unlisted.has(currency);
}

/** A number whose JSON text is exactly the amount: safe integers and few decimals survive JavaScript's numbers. */
function majorNumber(minor: string, currency: string): number {
  return Number(formatAmountPlain(BigInt(minor), currency));
}

function orgId({ org_id, id }: { org_id: string | null; id: string }, { prefix }: Publisher): string {
  return org_id ?? `${prefix}-${id}`;
}

export function grantId(event: FundEventOf<"award">, { prefix }: Publisher): string {
  return event.source_id ?? `${prefix}-${event.id}`;
}

export function toGrant(award: ExportedAward, publisher: Publisher): Record<string, unknown> {
  const { event, currency, recipient, funder, fund } = award;
  const isPerson = recipient.kind === "individual";
  const who = { id: orgId(recipient, publisher), name: recipient.name };
  return {
    id: grantId(event, publisher),
    title: event.title,
    description: award.text ?? `${event.title}.`,
    currency,
    amountAwarded: majorNumber(event.amount_minor, currency),
    awardDate: event.decided_on,
    ...(event.planned !== null && {
      plannedDates: [{ startDate: event.planned.from, endDate: event.planned.until }],
    }),
    ...(isPerson ? { recipientIndividual: who } : { recipientOrganization: [who] }),
    fundingOrganization: [{ id: orgId(funder, publisher), name: funder.name }],
    grantProgramme: [{ code: fund.id, title: fund.name }],
    ...(event.instrument === "recoverable_grant" && {
      fundingType: [{ vocabulary: "IATI FinanceType", code: "422", title: "Reimbursable grant" }],
    }),
    classifications: [{ vocabulary: "impact-markets-use", code: event.use, title: event.use }],
    ...(event.region !== null && {
      beneficiaryLocation: [{ name: event.region, countryCode: event.region.slice(0, 2) }],
    }),
    ...(event.parent !== null && { regrantType: "FRG010" }),
    dateModified: award.modified,
    dataSource: publisher.website,
  };
}

export function toPackage(awards: readonly ExportedAward[], publisher: Publisher, issued: string) {
  return {
    version: "1.4",
    publisher: { name: publisher.name, website: publisher.website },
    license: publisher.licence,
    issued,
    grants: awards.filter(isGrant).map((award) => toGrant(award, publisher)),
  };
}

/** Titles of the standard's spreadsheet form. */
export const csvColumns = [
  "Identifier",
  "Title",
  "Description",
  "Currency",
  "Amount Awarded",
  "Award Date",
  "Recipient Org:Identifier",
  "Recipient Org:Name",
  "Recipient Ind:Identifier",
  "Recipient Ind:Name",
  "Funding Org:Identifier",
  "Funding Org:Name",
  "Grant Programme:Code",
  "Grant Programme:Title",
  "Last modified",
  "Data source",
] as const;

export function toRow(award: ExportedAward, publisher: Publisher): string[] {
  const { event, currency, recipient, funder, fund } = award;
  const who = [orgId(recipient, publisher), recipient.name];
  const isPerson = recipient.kind === "individual";
  return [
    grantId(event, publisher),
    event.title,
    award.text ?? `${event.title}.`,
    currency,
    formatAmountPlain(BigInt(event.amount_minor), currency),
    event.decided_on,
    ...(isPerson ? ["", ""] : who),
    ...(isPerson ? who : ["", ""]),
    orgId(funder, publisher),
    funder.name,
    fund.id,
    fund.name,
    award.modified,
    publisher.website,
  ];
}
