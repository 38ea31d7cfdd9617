/** The CRITICAL checks of the official quality tool (lib360dataquality), on a package of ours. Empty: clean. */
import { day } from "../../protocol/primitives.ts";
import { EMAIL } from "../threesixty-read.ts";
import type { Grant } from "./grant.ts";

export interface QualityNote {
  code:
    | "amount-zero"
    | "several-funders"
    | "email-like"
    | "id-line-break"
    | "id-twice"
    | "date-impossible"
    | "date-in-future"
    | "individual-detail"
    | "regrant-code";
  grant: string;
}

/** Of 360Giving's codelist regrantType, which the schema does not hold anyone to. */
const REGRANT = /^FRG0[1-7]0$/;

export function qualityNotes(grants: readonly Grant[], today: string): QualityNote[] {
  const notes: QualityNote[] = [];
  const funders = new Set(grants.map(({ fundingOrganization }) => fundingOrganization[0]?.id));
  const seen = new Set<string>();
  if (funders.size > 1) notes.push({ code: "several-funders", grant: "" });
  for (const grant of grants) {
    const note = (code: QualityNote["code"], isWrong: boolean): void => {
      if (isWrong) notes.push({ code, grant: grant.id });
    };
    const person = grant.recipientIndividual;
    note("amount-zero", grant.amountAwarded === 0);
    note("email-like", `${grant.title}\n${grant.description}`.search(EMAIL) !== -1);
    note("id-line-break", /[\r\n]/.test(grant.id));
    note("id-twice", seen.has(grant.id));
    note("date-impossible", !day.safeParse(grant.awardDate).success);
    note("date-in-future", grant.awardDate > today);
    note("individual-detail", person !== undefined && person.name !== "Individual recipient");
    note("regrant-code", grant.regrantType !== undefined && !REGRANT.test(grant.regrantType));
    seen.add(grant.id);
  }
  return notes;
}
