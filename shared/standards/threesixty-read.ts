/**
 * Reading published grants in the 360Giving Data Standard 1.4 (https://standard.threesixtygiving.org): one grant at a
 * time, from JSON or a row of its spreadsheet form (grant-file.ts), into what the ledger records of it. Says what was left out and why; names no person. Amounts are exact: the
 * shortest decimal of the JSON number, never a float.
 */
import { z } from "zod";
import { sha256url, utf8 } from "../bytes.ts";
import { parseAmount } from "../money/amount.ts";
import { isCurrency } from "../money/currency.ts";
import { orgId } from "../protocol/fund.ts";
import type { ImportNote } from "../protocol/api/import.ts";
import { day as daySchema, line } from "../protocol/primitives.ts";
import { type Result, fail, ok } from "../result.ts";
import { checkOrgId } from "./org-id.ts";
import { hasUnseen, withoutUnseen } from "../unseen.ts";

export type SkipCode = ImportNote["code"];

export interface ReadGrant {
  /** local id of the award, and the identifier it was made from */
  id: string;
  source_id: string;
  title: string;
  /** cleaned of e-mail addresses */
  description: string;
  amount_minor: string;
  /** UTC day */
  awarded_on: string;
  recipient: { id: string; name: string; org_id: string | null; kind: "organisation" | "individual" };
  /** what was changed on the way */
  notes: { code: SkipCode; detail: string }[];
}

export interface Skipped {
  code: SkipCode;
  detail: string;
}

const organisation = z.looseObject({ id: z.string().min(1).max(200), name: z.string().min(1).max(400) });
const grantSchema = z.looseObject({
  id: z.string().min(1).max(200),
  title: z.string().min(1).max(2000),
  description: z.string().min(1).max(20_000),
  currency: z.string(),
  /** text where it comes from a spreadsheet */
  amountAwarded: z.union([z.number(), z.string().max(60)]),
  awardDate: z.string(),
  fundingOrganization: z.array(organisation).min(1),
  recipientOrganization: z.array(organisation).min(1).optional(),
  recipientIndividual: z.looseObject({ id: z.string().min(1).max(200) }).optional(),
});

export const EMAIL = /[\p{L}0-9._%+-]{1,64}@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+/gu;
const sourceId = line(200);
const TITLE = 140;
const NAME = 200;
const TEXT = 4000;

/** `today`: no grant was awarded after it. `funder`: the identifier whose grants these are, or null for any. */
export function readGrant(
  value: unknown,
  expected: { currency: string; funder: string | null; today: string },
): Result<ReadGrant, Skipped> {
  const parsed = grantSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return skip("schema", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const grant = parsed.data;
  const formula = [grant.id, grant.awardDate, grant.currency, grant.amountAwarded].find(isFormula);
  if (formula !== undefined) return skip("formula-cell", String(formula));
  if (/[\r\n]/.test(grant.id)) return skip("id-line-break", JSON.stringify(grant.id));
  if (!sourceId.safeParse(grant.id).success || hasUnseen(grant.id)) return skip("schema", "id: not one line of text");
  const isOrganisation = grant.recipientOrganization !== undefined;
  if (isOrganisation === (grant.recipientIndividual !== undefined))
    return skip("schema", "exactly one kind of recipient");
  if (!isCurrency(grant.currency)) return skip("currency-unknown", grant.currency);
  if (grant.currency !== expected.currency) return skip("other-currency", grant.currency);
  const funder = grant.fundingOrganization[0]?.id ?? "";
  if (expected.funder !== null && funder !== expected.funder) return skip("other-funder", funder);
  const amount = amountOf(grant.amountAwarded, grant.currency);
  if (!amount.ok) return amount;
  const awarded = dayOf(grant.awardDate);
  if (awarded === null) return skip("date-impossible", grant.awardDate);
  if (awarded > expected.today) return skip("date-in-future", awarded);
  const notes: ReadGrant["notes"] = [];
  // Kept as it is: it is text here, and our own files disarm it.
  if ([grant.title, grant.description].some(isFormula))
    notes.push({ code: "formula-cell", detail: "begins like a formula" });
  const description = cleaned(grant.description, TEXT, notes);
  const title = cleaned(grant.title.replaceAll(/\s+/g, " "), TITLE, notes);
  const recipient = recipientOf(grant, notes);
  if (title === "" || recipient.name === "") return skip("schema", "a title or a name that nobody can see");
  return ok({
    id: refOf(grant.id),
    source_id: grant.id,
    title,
    description,
    amount_minor: amount.value,
    awarded_on: awarded,
    recipient,
    notes,
  });
}

function skip(code: SkipCode, detail: string): Result<never, Skipped> {
  return fail({ code, detail: detail.slice(0, 200) });
}

/** What a spreadsheet would run. A minus sign before a digit is a number, before a space a list. */
function isFormula(value: unknown): boolean {
  return typeof value === "string" && /^\s*(?:[=+@]|-[^\s0-9])/.test(value);
}

function amountOf(value: number | string, currency: string): Result<string, Skipped> {
  const text = String(value).trim();
  if (/^-[0-9.]+$/.test(text)) return skip("amount-not-positive", text);
  // Zeros at the end say nothing: 12.50000000 is 12.50.
  const minor = parseAmount(text.includes(".") ? text.replace(/\.?0+$/, "") : text, currency);
  if (!minor.ok) return skip(minor.error === "amount-too-precise" ? "amount-too-precise" : "amount-malformed", text);
  if (minor.value === 0n) return skip("amount-not-positive", text);
  if (minor.value > BigInt(Number.MAX_SAFE_INTEGER)) return skip("amount-malformed", text);
  return ok(String(minor.value));
}

/** A date, or the day of a date-time as it is written: the standard's dates carry no better. */
function dayOf(text: string): string | null {
  const written = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?$/.exec(text)?.[1];
  return written !== undefined && daySchema.safeParse(written).success ? written : null;
}

function cleaned(text: string, max: number, notes: ReadGrant["notes"]): string {
  const whole = withoutUnseen(text)
    .replaceAll("\r\n", "\n")
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ")
    .trim();
  const without = whole.replaceAll(EMAIL, "[e-mail removed]");
  if (without !== whole) notes.push({ code: "email-in-text", detail: "an e-mail address was taken out" });
  // Half a character at the cut goes too.
  return without.length > max ? `${withoutUnseen(without.slice(0, max - 1)).trimEnd()}…` : without;
}

function recipientOf(
  { id, recipientOrganization }: z.infer<typeof grantSchema>,
  notes: ReadGrant["notes"],
): ReadGrant["recipient"] {
  const named = recipientOrganization?.[0];
  if (named === undefined) {
    notes.push({ code: "individual-named", detail: "a person is recorded without a name" });
    // A person's identifier in the file is not carried over: it may say who they are.
    const random = sha256url(utf8(`cocoon/individual/v1\n${id}`))
      .replaceAll(/[^A-Za-z0-9]/g, "")
      .slice(0, 16);
    return { id: `individual-${random}`, name: "Individual recipient", org_id: null, kind: "individual" };
  }
  const name = cleaned(named.name.replaceAll(/\s+/g, " "), NAME, notes);
  const isKnown = orgId.safeParse(named.id).success && checkOrgId(named.id).ok;
  // A publisher's own numbers are no fault: they are just not an official identifier.
  if (!isKnown && !named.id.startsWith("360G-")) notes.push({ code: "org-id-unknown", detail: named.id.slice(0, 120) });
  const org_id = isKnown ? named.id : null;
  return { id: refOf(named.id), name, org_id, kind: "organisation" };
}

/** An identifier as an id of ours: what is not a letter, digit, dot, dash or underscore becomes an underscore. */
export function refOf(identifier: string): string {
  const plain = identifier.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, 100);
  return plain.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "") || "x";
}
