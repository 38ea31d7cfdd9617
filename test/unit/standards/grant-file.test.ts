/** Files of grants as people have them: JSON or CSV say the same, and every fault of a row has a reason of its own. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "csv-stringify/sync";
import { readCsv } from "../../../shared/standards/csv-read.ts";
import { readGrantFile } from "../../../shared/standards/grant-file.ts";
import { readGrant } from "../../../shared/standards/threesixty-read.ts";

const sample = readFileSync(new URL("../../data/360giving/sample-abct-grants-2013-2021.json", import.meta.url), "utf8");
const TITLES = [
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
  "Best Before",
];
const row = (change: Record<string, string> = {}): string[] => {
  const cells: Record<string, string> = {
    Identifier: "360G-test-1",
    Title: "Bread",
    Description: "For bread, and more.",
    Currency: "GBP",
    "Amount Awarded": "12.50",
    "Award Date": "2021-01-26",
    "Recipient Org:Identifier": "GB-CHC-1164883",
    "Recipient Org:Name": "Bakers",
    "Funding Org:Identifier": "GB-CHC-1000147",
    "Funding Org:Name": "A B Charitable Trust",
    ...change,
  };
  return TITLES.map((title) => cells[title] ?? "");
};
const expected = { currency: "GBP", funder: "GB-CHC-1000147", today: "2026-11-21" };

function judged(change: Record<string, string>): unknown {
  const file = readGrantFile(stringify([TITLES, row(change)]));
  const read = file.ok ? readGrant(file.value.grants[0], expected) : null;
  if (read === null) return "unreadable";
  return read.ok ? read.value.notes.map(({ code }) => code) : read.error.code;
}

describe("CSV", () => {
  test("is read back as it was written, whatever is in the cells", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", " ", "é", "=") });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), fc.boolean(), (rows, isMarked) => {
        const text = stringify(rows, { quoted: true });
        const read = readCsv(isMarked ? `\uFEFF${text}` : text);
        const filled = rows.filter((cells) => cells.some((one) => one.trim() !== ""));
        expect(read).toEqual({ ok: true, value: filled });
      }),
    );
  });

  test.each([
    ["a quote that never ends", 'a,"b'],
    ["text after a closing quote", '"a"b,c'],
  ])("%s is no CSV", (_, text) => {
    expect(readCsv(text)).toEqual({ ok: false, error: "csv-malformed" });
  });

  test("may end without a line break, with an empty cell, or with old line ends", () => {
    expect(readCsv("a,b\rc,\r\n")).toEqual({
      ok: true,
      value: [
        ["a", "b"],
        ["c", ""],
      ],
    });
    expect(readCsv("a,")).toEqual({ ok: true, value: [["a", ""]] });
  });
});

describe("a file of grants", () => {
  test("says the same as JSON and as CSV: all 783 real ones", () => {
    const json = readGrantFile(sample);
    if (!json.ok) throw new Error(json.error);
    const table = json.value.grants.map((grant) => {
      const recipient = (grant["recipientOrganization"] as { id: string; name: string }[])[0];
      const funder = (grant["fundingOrganization"] as { id: string; name: string }[])[0];
      return row({
        Identifier: String(grant["id"]),
        Title: String(grant["title"]),
        Description: String(grant["description"]),
        "Amount Awarded": String(grant["amountAwarded"]),
        "Award Date": String(grant["awardDate"]),
        "Recipient Org:Identifier": recipient?.id ?? "",
        "Recipient Org:Name": recipient?.name ?? "",
        "Funding Org:Identifier": funder?.id ?? "",
        "Funding Org:Name": funder?.name ?? "",
      });
    });
    const csv = readGrantFile(stringify([TITLES, ...table], { bom: true }));
    if (!csv.ok) throw new Error(csv.error);
    expect({ ...csv.value, grants: csv.value.grants.length }).toMatchObject({
      grants: 783,
      currency: "GBP",
      funder: { name: "A B Charitable Trust", org_id: "GB-CHC-1000147" },
    });
    const read = (grants: unknown[]) => grants.map((grant) => readGrant(grant, expected));
    expect(read(csv.value.grants)).toEqual(read(json.value.grants));
    expect(read(csv.value.grants).every((one) => one.ok && one.value.notes.length === 0)).toBe(true);
  });

  test("takes titles in any case and order, and never reads the name of a person", () => {
    const change = {
      "Recipient Org:Identifier": "",
      "Recipient Org:Name": "",
      "Recipient Ind:Identifier": "jane-doe",
      "Recipient Ind:Name": "Jane Doe",
    };
    const header = TITLES.map((title) => ` ${title.toUpperCase()} `);
    const file = readGrantFile(stringify([header.toReversed(), row(change).toReversed()]));
    if (!file.ok) throw new Error(file.error);
    expect(JSON.stringify(file.value)).not.toContain("Jane");
    expect(readGrant(file.value.grants[0], expected)).toMatchObject({ ok: true, value: { amount_minor: "1250" } });
  });

  test.each([
    ["nothing", ""],
    ["an empty package", '{"grants":[]}'],
    ["a package of numbers", '{"grants":[1]}'],
    ["a list", "[]"],
    ["broken JSON", '{"grants":['],
    ["a table of something else", "Name,Age\nA,3\n"],
    ["a header alone", TITLES.join(",")],
    ["a title twice", `${TITLES.join(",")},Title\n${row().join(",")},x\n`],
  ])("%s is refused", (_, text) => {
    expect(readGrantFile(text)).toEqual({ ok: false, error: "import-malformed" });
  });
});

describe("a row", () => {
  test.each<[string, Record<string, string>, unknown]>([
    ["that is well has no note", {}, []],
    ["with an e-mail address comes in without it", { Description: "Ask jo@example.org" }, ["email-in-text"]],
    ["with a formula for a title comes in with a note", { Title: "=HYPERLINK(1)" }, ["formula-cell"]],
    ["with a list for a description is no formula", { Description: "- bread\n- butter" }, []],
    ["with a formula for an amount is left out", { "Amount Awarded": "=1+1" }, "formula-cell"],
    ["with a formula for an identifier is left out", { Identifier: "@SUM(A1)" }, "formula-cell"],
    ["with eighteen decimals is left out", { "Amount Awarded": "0.100000000000000001" }, "amount-too-precise"],
    ["with eighteen decimals that are zeros is exact", { "Amount Awarded": "1.500000000000000000" }, []],
    ["with separators of thousands is left out", { "Amount Awarded": "1,000.00" }, "amount-malformed"],
    ["with a sign of a currency is left out", { "Amount Awarded": "£100" }, "amount-malformed"],
    ["with less than nothing is left out", { "Amount Awarded": "-5" }, "amount-not-positive"],
    ["with zero is left out", { "Amount Awarded": "0.00" }, "amount-not-positive"],
    ["with fourteen digits before the point is exact", { "Amount Awarded": "10000000000000.01" }, []],
    ["with far more than that is left out", { "Amount Awarded": "999999999999999.99" }, "amount-malformed"],
    ["in a currency that nobody knows is left out", { Currency: "QQQ" }, "currency-unknown"],
    ["in another currency is left out", { Currency: "EUR" }, "other-currency"],
    [
      "to a recipient of no register comes in without its identifier",
      { "Recipient Org:Identifier": "ZZ-NO-1" },
      ["org-id-unknown"],
    ],
    ["without an identifier is left out", { Identifier: "" }, "schema"],
  ])("%s", (_, change, verdict) => {
    expect(judged(change)).toEqual(verdict);
  });
});

describe("what a published file may hold", () => {
  const expected = { currency: "GBP", funder: null, today: "2026-01-01" };
  const grant = (change: Record<string, unknown> = {}, name = "Bakers") => ({
    id: "360G-test-1",
    title: "Bread",
    description: "For bread.",
    currency: "GBP",
    amountAwarded: 12.5,
    awardDate: "2021-01-26",
    fundingOrganization: [{ id: "GB-CHC-1000147", name: "A B Charitable Trust" }],
    recipientOrganization: [{ id: "GB-CHC-1164883", name }],
    ...change,
  });
  const read = (value: unknown) => readGrant(value, expected);

  test.each([
    ["an identifier with a tab", grant({ id: "360G-a\tb" })],
    ["an identifier with a space before it", grant({ id: " 360G-a" })],
    ["an identifier that is turned around", grant({ id: "360G-a\u202Eb" })],
    ["a title that nobody sees", grant({ title: "\u200B " })],
    ["a recipient without a name", grant({}, " ")],
  ])("%s is left out: the log could not take it", (_what, value) => {
    expect(read(value)).toMatchObject({ ok: false, error: { code: "schema" } });
  });

  test("a name loses its e-mail address and what nobody sees", () => {
    const found = read(grant({ title: "Br\u202Eead" }, "Bakers, jo@example.org"));
    expect(found).toMatchObject({
      ok: true,
      value: {
        title: "Bread",
        recipient: { name: "Bakers, [e-mail removed]" },
        notes: [{ code: "email-in-text" }],
      },
    });
  });

  test("a title is never cut within a character", () => {
    const found = read(grant({ title: `x${"🥖".repeat(100)}` }));
    expect(found.ok && found.value.title.isWellFormed()).toBe(true);
  });
});
