/** A file of grants in the 360Giving form: JSON package and CSV with the standard's header titles. */
import { type Cell, csvOf } from "../csv.ts";
import type { Publisher } from "../export-award.ts";
import type { Grant } from "./grant.ts";

export function packageOf(
  grants: readonly Grant[],
  about: { publisher: Publisher; title: string; licence: string; modified: string; url: string },
) {
  const { publisher, title, licence, modified, url } = about;
  return {
    version: "1.4",
    title,
    issued: modified.slice(0, 10),
    modified,
    publisher: { name: publisher.name, identifier: `360G-${publisher.prefix}`, website: publisher.url },
    license: licence,
    downloadURL: url,
    grants,
  };
}

const COLUMNS: readonly (readonly [string, (grant: Grant) => Cell])[] = [
  ["Identifier", (grant) => grant.id],
  ["Title", (grant) => grant.title],
  ["Description", (grant) => grant.description],
  ["Currency", (grant) => grant.currency],
  ["Amount Awarded", (grant) => String(grant.amountAwarded)],
  ["Amount Disbursed", (grant) => String(grant.amountDisbursed)],
  ["Award Date", (grant) => grant.awardDate],
  ["Recipient Org:Identifier", (grant) => grant.recipientOrganization?.[0]?.id ?? ""],
  ["Recipient Org:Name", (grant) => grant.recipientOrganization?.[0]?.name ?? ""],
  ["Recipient Ind:Identifier", (grant) => grant.recipientIndividual?.id ?? ""],
  ["Recipient Ind:Name", (grant) => grant.recipientIndividual?.name ?? ""],
  ["Funding Org:Identifier", (grant) => grant.fundingOrganization[0]?.id ?? ""],
  ["Funding Org:Name", (grant) => grant.fundingOrganization[0]?.name ?? ""],
  ["Grant Programme:Code", (grant) => grant.grantProgramme[0]?.code ?? ""],
  ["Grant Programme:Title", (grant) => grant.grantProgramme[0]?.title ?? ""],
  ["Regrant Type", (grant) => grant.regrantType ?? ""],
  ["Last Modified", (grant) => grant.dateModified],
  ["Data Source", (grant) => grant.dataSource],
];

export function grantsCsv(grants: readonly Grant[]): string {
  return csvOf(
    COLUMNS.map(([title]) => title),
    grants.map((grant) => COLUMNS.map(([, cell]) => cell(grant))),
  );
}
