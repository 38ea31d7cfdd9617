/** Awards as 360Giving grants: valid by the official schemas, clean, exact, and the same again when read back. */
import { readFileSync } from "node:fs";
import * as cfworker from "@cfworker/json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExportAward } from "../../../shared/standards/export-award.ts";
import { type Grant, grantOf } from "../../../shared/standards/threesixty/grant.ts";
import { grantsCsv, packageOf } from "../../../shared/standards/threesixty/package.ts";
import { qualityNotes } from "../../../shared/standards/threesixty/quality.ts";
import { readGrant } from "../../../shared/standards/threesixty-read.ts";

type Json = Record<string, unknown>;
const DIRECTORY = new URL("../../data/360giving/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, DIRECTORY), "utf8")) as unknown;
const REFERENCED = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4.2/schema/360-giving-schema.json";
const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const grantSchema = { ...(read("360-giving-schema.json") as Json), $schema: DIALECT, $id: REFERENCED };
const packageSchema = { ...(read("360-giving-package-schema.json") as Json), $schema: DIALECT };

const ajv = new Ajv2020({ strict: false, allErrors: false });
const addFormats = addFormatsModule as unknown as (to: Ajv2020) => void;
addFormats(ajv);
ajv.addSchema(grantSchema, REFERENCED);
const byAjv = ajv.compile(packageSchema);
const validator = new cfworker.Validator(packageSchema as cfworker.Schema, "2020-12");
validator.addSchema(grantSchema as cfworker.Schema, REFERENCED);
const byCfworker = (value: unknown) => validator.validate(value).valid;

const publisher = {
  name: "Cocoon hub",
  url: "https://hub.example.org",
  prefix: "hub.example.org",
  licence: "https://creativecommons.org/licenses/by/4.0/",
};
const TODAY = "2026-11-01";
const base: ExportAward = {
  id: "trial",
  source_id: null,
  title: "Trial of a paper tube",
  text: "A tube that holds.",
  currency: "USD",
  amount_minor: "305",
  disbursed_minor: "0",
  decided_on: "2026-03-01",
  instrument: "grant",
  use: "rnd",
  state: "payable",
  region: "GB-ENG",
  planned_from: "2026-03-02",
  planned_until: "2026-05-02",
  parent: null,
  token_asset: null,
  token_amount: null,
  token_decimals: null,
  fund: "basics",
  fund_name: "Basics",
  demo: null,
  funder: null,
  funder_name: null,
  funder_org_id: null,
  recipient: "lab",
  recipient_name: "Lab",
  recipient_org_id: null,
  recipient_kind: "organisation",
  changed_at: 1_772_323_200,
};

function made(change: Partial<ExportAward> = {}): Grant {
  const grant = grantOf({ ...base, ...change }, publisher, TODAY);
  if (!grant.ok) throw new Error(grant.error);
  return grant.value;
}
function packed(grants: Grant[]): unknown {
  const about = {
    publisher,
    title: "Awards",
    licence: publisher.licence,
    modified: "2026-11-01T00:00:00Z",
    url: publisher.url,
  };
  return JSON.parse(JSON.stringify(packageOf(grants, about)));
}
function left(change: Partial<ExportAward>): string {
  const grant = grantOf({ ...base, ...change }, publisher, TODAY);
  return grant.ok ? "" : grant.error;
}

describe("the official schemas", () => {
  it.each(read("schema-cases.json") as { name: string; valid: boolean; package: unknown }[])(
    "agree with our case: $name",
    ({ valid, package: value }) => {
      expect({ ajv: byAjv(value), cfworker: byCfworker(value) }).toEqual({ ajv: valid, cfworker: valid });
    },
  );

  it("accept a package with every kind of grant, and the quality checks find nothing", () => {
    const grants = [
      made(),
      made({ id: "sub", instrument: "price_subsidy", use: "price_subsidy", region: null, planned_from: null }),
      made({ id: "back", instrument: "recoverable_grant" }),
      made({ id: "on", parent: "trial" }),
      made({ id: "person", recipient_kind: "individual", recipient_name: "Ada L." }),
      made({
        id: "token",
        instrument: "token_grant",
        token_asset: "eip155:1/slip44:60",
        token_amount: "5",
        token_decimals: 18,
      }),
    ];
    const value = packed(grants);
    expect({ ajv: byAjv(value), errors: byAjv.errors, cfworker: byCfworker(value) }).toEqual({
      ajv: true,
      errors: null,
      cfworker: true,
    });
    expect(qualityNotes(grants, TODAY)).toEqual([]);
    expect(JSON.stringify(value)).not.toContain("Ada");
  });
});

describe("a grant", () => {
  it("has its amount as the exact decimal", () => {
    expect(JSON.stringify(made().amountAwarded)).toBe("3.05");
    fc.assert(
      fc.property(fc.bigInt(1n, 999_999_999_999_999n), (minor) => {
        const { amountAwarded } = made({ amount_minor: String(minor) });
        const [whole = "", part = ""] = JSON.stringify(amountAwarded).split(".");
        expect(BigInt(whole + part.padEnd(2, "0"))).toBe(minor);
      }),
    );
  });

  it("is not made of loans, lapsed or future awards, currencies that the enum has not, and amounts no number holds", () => {
    expect(left({ instrument: "loan" })).toBe("not-a-grant");
    expect(left({ instrument: "equity" })).toBe("not-a-grant");
    expect(left({ state: "lapsed" })).toBe("undecided");
    expect(left({ decided_on: "2027-01-01" })).toBe("undecided");
    expect(left({ currency: "SLE" })).toBe("currency-not-listed");
    expect(left({ amount_minor: "9007199254740991" })).toBe("amount-not-exact");
  });

  it("says that it is recoverable, passed on, or given as a token", () => {
    expect(made({ instrument: "recoverable_grant" }).fundingType?.[0]?.code).toBe("422");
    expect(made({ parent: "trial" }).regrantType).toBe("FRG010");
    expect(made({ token_asset: "eip155:1/slip44:60", token_amount: "5" }).description).toContain("eip155:1/slip44:60");
  });
});

describe("the quality checks", () => {
  it("find each of the critical faults", () => {
    const faults: [string, Partial<Grant>][] = [
      ["amount-zero", { amountAwarded: 0 }],
      ["email-like", { description: "write to a@example.org" }],
      ["id-line-break", { id: "a\nb" }],
      ["date-impossible", { awardDate: "2026-02-30" }],
      ["date-in-future", { awardDate: "2026-12-01" }],
      ["individual-detail", { recipientIndividual: { id: "x", name: "Ada" } }],
      ["regrant-code", { regrantType: "FRG011" }],
    ];
    for (const [code, change] of faults) {
      expect(qualityNotes([{ ...made(), ...change }], TODAY).map((note) => note.code)).toEqual([code]);
    }
    expect(qualityNotes([made(), made()], TODAY)[0]?.code).toBe("id-twice");
    const other = { ...made({ id: "b" }), fundingOrganization: [{ id: "GB-CHC-1", name: "Other" }] };
    expect(qualityNotes([made(), other], TODAY)[0]?.code).toBe("several-funders");
  });
});

describe("round trip", () => {
  it("gives back all 783 real grants as they were read", () => {
    const file = read("sample-abct-grants-2013-2021.json") as { grants: unknown[] };
    const expected = { currency: "GBP", funder: null, today: TODAY };
    const grants = file.grants.map((one) => {
      const first = readGrant(one, expected);
      if (!first.ok) throw new Error(first.error.detail);
      const { id, source_id, title, description, amount_minor, awarded_on, recipient } = first.value;
      const grant = made({
        id,
        source_id,
        title,
        text: description,
        currency: "GBP",
        amount_minor,
        decided_on: awarded_on,
        recipient: recipient.id,
        recipient_name: recipient.name,
        recipient_org_id: recipient.org_id,
        recipient_kind: recipient.kind,
        funder: "abct",
        funder_name: "A B Charitable Trust",
        funder_org_id: "GB-CHC-1000147",
      });
      expect(readGrant(grant, expected)).toEqual({ ok: true, value: { ...first.value, notes: [] } });
      return grant;
    });
    expect(byAjv(packed(grants))).toBe(true);
    expect(qualityNotes(grants, TODAY)).toEqual([]);
    expect(grants.reduce((sum, { amountAwarded }) => sum + amountAwarded, 0)).toBe(12_785_625);
  });
});

describe("the CSV form", () => {
  it("has the standard's titles and defuses formulas", () => {
    const text = grantsCsv([made({ title: "=HYPERLINK(1)" })]);
    expect(text.split("\n")[0]).toMatch(/^Identifier,Title,Description,Currency,Amount Awarded,/);
    expect(text).toContain("'=HYPERLINK(1)");
    expect(text).toContain(",3.05,");
  });
});
