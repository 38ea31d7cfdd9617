/**
 * A file of published grants as somebody has it: a 360Giving package in JSON, or the standard's spreadsheet form as CSV
 * with header titles. Makes grants of it as the JSON form has them, and judges none: readGrant does, one at a time.
 */
import { type Result, fail, ok } from "../result.ts";
import { readCsv } from "./csv-read.ts";

type Grant = Record<string, unknown>;

export interface GrantFile {
  grants: Grant[];
  /** what the file or its first grant says, as far as it says it: proposals for whoever imports */
  title: string | null;
  publisher: string | null;
  website: string | null;
  licence: string | null;
  funder: { name: string; org_id: string | null };
  currency: string;
}

export function readGrantFile(text: string): Result<GrantFile, "import-malformed"> {
  const file = /^\uFEFF?\s*[{[]/.test(text) ? packageOf(text) : tableOf(text);
  if (file === null) return fail("import-malformed");
  const grants = isObject(file) ? file["grants"] : null;
  if (!Array.isArray(grants) || grants.length === 0 || !grants.every(isObject)) return fail("import-malformed");
  const [first = {}] = grants;
  const funders = first["fundingOrganization"];
  const funder: unknown = Array.isArray(funders) ? funders[0] : null;
  const publisher = isObject(file["publisher"]) ? file["publisher"] : {};
  return ok({
    grants,
    title: textOf(file["title"]),
    publisher: textOf(publisher["name"]),
    website: textOf(publisher["website"]),
    licence: textOf(file["license"]),
    funder: isObject(funder)
      ? { name: textOf(funder["name"]) ?? "", org_id: textOf(funder["id"]) }
      : { name: "", org_id: null },
    currency: textOf(first["currency"]) ?? "",
  });
}

function packageOf(text: string): Grant | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Titles of the standard, in any case; what is not among them is left out. */
const columns: Readonly<Record<string, (grant: Grant, value: string) => void>> = {
  identifier: (grant, value) => (grant["id"] = value),
  title: (grant, value) => (grant["title"] = value),
  description: (grant, value) => (grant["description"] = value),
  currency: (grant, value) => (grant["currency"] = value),
  // Text, so that no digit is lost to a float.
  "amount awarded": (grant, value) => (grant["amountAwarded"] = value),
  "award date": (grant, value) => (grant["awardDate"] = value),
  "recipient org:identifier": (grant, value) => (organisation(grant, "recipientOrganization")["id"] = value),
  "recipient org:name": (grant, value) => (organisation(grant, "recipientOrganization")["name"] = value),
  "recipient ind:identifier": (grant, value) => (grant["recipientIndividual"] = { id: value }),
  "funding org:identifier": (grant, value) => (organisation(grant, "fundingOrganization")["id"] = value),
  "funding org:name": (grant, value) => (organisation(grant, "fundingOrganization")["name"] = value),
};
const required = ["identifier", "title", "description", "currency", "amount awarded", "award date"];

function tableOf(text: string): Grant | null {
  const rows = readCsv(text);
  if (!rows.ok) return null;
  const [header = [], ...body] = rows.value;
  const titles = header.map((cell) => cell.trim().replaceAll(/\s+/g, " ").toLowerCase());
  if (!required.every((title) => titles.includes(title)) || new Set(titles).size !== titles.length) return null;
  const grants = body.map((cells) => {
    const grant: Grant = {};
    for (const [at, title] of titles.entries()) {
      const value = (cells[at] ?? "").trim();
      if (value !== "" && Object.hasOwn(columns, title)) columns[title]?.(grant, value);
    }
    return grant;
  });
  return { grants };
}

/** The first organisation in the list of that name, made when it is not there. */
function organisation(grant: Grant, name: "recipientOrganization" | "fundingOrganization"): Grant {
  const list = grant[name];
  const known: unknown = Array.isArray(list) ? list[0] : undefined;
  if (isObject(known)) return known;
  const made: Grant = {};
  grant[name] = [made];
  return made;
}

function isObject(value: unknown): value is Grant {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
