/** The critical and most useful checks of 360Giving's data quality tool, on a package: what a publisher should know first. */

export interface QualityNote {
  code:
    | "amount-zero"
    | "several-funders"
    | "email-in-text"
    | "line-break-in-id"
    | "date-impossible"
    | "date-in-future"
    | "title-too-long"
    | "title-is-description"
    | "modified-missing"
    | "source-missing"
    | "duplicate-id";
  /** identifier of the grant, or "" for the whole package */
  grant: string;
}

interface Grant {
  id?: unknown;
  title?: unknown;
  description?: unknown;
  amountAwarded?: unknown;
  awardDate?: unknown;
  fundingOrganization?: { id?: unknown }[];
  dateModified?: unknown;
  dataSource?: unknown;
}

const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;

export function qualityNotes(grants: readonly Record<string, unknown>[], today: string): QualityNote[] {
  const notes: QualityNote[] = [];
  const seen = new Set<string>();
  const funders = new Set<unknown>();
  for (const grant of grants as readonly Grant[]) {
    const id = textOf(grant.id);
    const add = (code: QualityNote["code"], is: boolean): void => {
      if (is) notes.push({ code, grant: id });
    };
    for (const { id: funder } of grant.fundingOrganization ?? []) funders.add(funder);
    const day = textOf(grant.awardDate).slice(0, 10);
    add("duplicate-id", seen.has(id));
    add("line-break-in-id", /[\r\n]/.test(id));
    add("amount-zero", grant.amountAwarded === 0);
    add("email-in-text", EMAIL.test(`${textOf(grant.title)} ${textOf(grant.description)}`));
    add("date-impossible", !isDay(day));
    add("date-in-future", day > today);
    add("title-too-long", textOf(grant.title).length > 140);
    add("title-is-description", grant.title === grant.description);
    add("modified-missing", grant.dateModified === undefined);
    add("source-missing", grant.dataSource === undefined);
    seen.add(id);
  }
  if (funders.size > 1) notes.push({ code: "several-funders", grant: "" });
  return notes;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Without a clock: a day of the calendar, February included. */
function isDay(text: string): boolean {
  const [, year, month, date] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const last = lengths[Number(month) - 1];
  return last !== undefined && Number(date) >= 1 && Number(date) <= last;
}
