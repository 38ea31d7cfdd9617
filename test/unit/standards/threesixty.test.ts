/** 360Giving out and in: valid under the official schemas, clean in the quality checks, and the same after a round trip. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { qualityNotes } from "../../../shared/standards/quality.ts";
import { readGrant } from "../../../shared/standards/threesixty-read.ts";
import { type ExportedAward, toGrant, toPackage } from "../../../shared/standards/threesixty-write.ts";

/** As the caller says it is: the files are our own. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a name for the shape at the call
function data<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../data/360giving/${name}`, import.meta.url), "utf8")) as T;
}

/** The published schema names its dialect with http, and its grant schema by an older patch version: docs/standards.md. */
function validator() {
  const dialect = "https://json-schema.org/draft/2020-12/schema";
  const grant = { ...data<Record<string, unknown>>("360-giving-schema.json"), $schema: dialect };
  const packageText = readFileSync(
    new URL("../../data/360giving/360-giving-package-schema.json", import.meta.url),
    "utf8",
  );
  const reference = /"\$ref":\s*"(https?:[^"#]*360-giving-schema\.json)/.exec(packageText)?.[1] ?? "";
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ ...grant, $id: reference });
  return ajv.compile({ ...(JSON.parse(packageText) as Record<string, unknown>), $schema: dialect });
}

const publisher = {
  prefix: "360G-example",
  name: "Cocoon hub",
  website: "https://hub.example.org/",
  licence: "https://creativecommons.org/licenses/by/4.0/",
};
const TODAY = "2026-11-21";

function award(
  change: { event?: Partial<ExportedAward["event"]>; currency?: string; kind?: string; text?: string } = {},
): ExportedAward {
  return {
    event: {
      event: "award",
      id: "trial",
      fund: "basics",
      recipient: "lab",
      campaign: null,
      instrument: "grant",
      use: "rnd",
      amount_minor: "305",
      title: "A paper bag that keeps pasta dry",
      text_sha256: null,
      decided_on: "2026-03-01",
      region: "GB-LDS",
      planned: { from: "2026-03-01", until: "2026-09-01" },
      conditions: [],
      is_pri: false,
      parent: null,
      allocation: null,
      demand: null,
      ...change.event,
    },
    currency: change.currency ?? "EUR",
    fund: { id: "basics", name: "Basics" },
    funder: { id: "meridian", name: "Meridian", org_id: "GB-CHC-1164883" },
    recipient: { id: "lab", name: "Lab", org_id: null, kind: change.kind ?? "organisation" },
    text: change.text ?? "A trial of two bags.",
    modified: "2026-03-02T10:00:00Z",
  };
}

describe("the official schemas", () => {
  const validate = validator();

  test("judge our cases as their makers say", () => {
    const cases = data<{ name: string; package: unknown; valid: boolean }[]>("schema-cases.json");
    expect(cases.length).toBe(17);
    for (const one of cases) expect([one.name, validate(one.package)]).toEqual([one.name, one.valid]);
  });

  test("accept what is exported, whatever the instrument, the currency's decimals or the recipient", () => {
    const list = [
      award(),
      award({ event: { id: "b", instrument: "recoverable_grant" } }),
      award({ event: { id: "c", planned: null, region: null, parent: "trial" }, currency: "JPY" }),
      award({ event: { id: "d" }, kind: "individual" }),
      award({ event: { id: "e", amount_minor: "1005" }, currency: "KWD" }),
    ];
    const exported = toPackage(list, publisher, TODAY);
    expect(validate(exported), JSON.stringify(validate.errors)).toBe(true);
    expect(exported.grants.map(({ amountAwarded }) => amountAwarded)).toEqual([3.05, 3.05, 305, 3.05, 1.005]);
    expect(qualityNotes(exported.grants, TODAY)).toEqual([]);
  });

  test("are not asked about loans, shares and currencies that the standard does not know", () => {
    const list = [
      award({ event: { instrument: "loan" } }),
      award({ event: { instrument: "equity" } }),
      award({ currency: "ZWG" }),
    ];
    expect(toPackage(list, publisher, TODAY).grants).toEqual([]);
  });
});

describe("a round trip", () => {
  test("reads back what was written, to the minor unit", () => {
    const minor = fc.bigInt({ min: 1n, max: 10n ** 13n });
    const currency = fc.constantFrom("EUR", "GBP", "JPY", "KWD");
    fc.assert(
      fc.property(minor, currency, fc.constantFrom("2021-01-26", "2024-02-29", "2026-11-20"), (amount, code, day) => {
        const exported = award({ event: { amount_minor: String(amount), decided_on: day }, currency: code });
        const read = readGrant(JSON.parse(JSON.stringify(toGrant(exported, publisher))), {
          currency: code,
          funder: "GB-CHC-1164883",
          today: TODAY,
        });
        expect(read.ok && read.value).toMatchObject({
          source_id: "360G-example-trial",
          amount_minor: String(amount),
          awarded_on: day,
          title: exported.event.title,
          description: "A trial of two bags.",
        });
      }),
    );
  });
});

test("the quality checks find what a publisher should know", () => {
  const bad = { ...toGrant(award({ text: "Ask jo@example.org" }), publisher), awardDate: "2027-01-01" };
  const worse = {
    ...bad,
    amountAwarded: 0,
    awardDate: "2026-02-30",
    title: "x".repeat(141),
    fundingOrganization: [{ id: "GB-CHC-1", name: "B" }],
  };
  const codes = qualityNotes([bad, worse], TODAY).map(({ code }) => code);
  expect(new Set(codes)).toEqual(
    new Set([
      "email-in-text",
      "date-in-future",
      "duplicate-id",
      "amount-zero",
      "date-impossible",
      "title-too-long",
      "several-funders",
    ]),
  );
});
