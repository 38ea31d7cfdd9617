/** A fulfilled campaign as a hypercert: valid under the published schemas, in seconds, with 0 for "without end". */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FulfilledCampaign, toHypercert } from "../../../shared/standards/hypercert.ts";

function schema(name: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../data/hypercerts/${name}`, import.meta.url), "utf8");
  return JSON.parse(text) as Record<string, unknown>;
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ ...schema("claimdata.schema.json"), $id: "schema/claimdata.json" });
const validate = ajv.compile(schema("metadata.schema.json"));
const site = { url: "https://hub.example.org", name: "Hub", licence: "https://creativecommons.org/licenses/by/4.0/" };

const campaign: FulfilledCampaign = {
  id: "A".repeat(43),
  name: "Pasta in paper",
  text: "",
  product: "4006381333931",
  unit: "pack",
  purchased: "1200",
  opened: 1_790_000_000,
  closed: 1_792_000_000,
  communities: [{ name: "Lindenhof", origin: "lindenhof.example.org", purchased: "1200" }],
  funders: ["Harbour Bank"],
};

test("is valid whatever the names are, and without any funder", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.string()), (name, text, funders) => {
      expect(validate(toHypercert({ ...campaign, name, text, funders }, site)), JSON.stringify(validate.errors)).toBe(
        true,
      );
    }),
  );
  expect(validate({ ...toHypercert(campaign, site), hypercert: {} })).toBe(false);
});

test("says who, what and when", () => {
  const { hypercert, ref, external_url } = toHypercert(campaign, site);
  expect({ ref, external_url }).toEqual({ ref: campaign.id, external_url: `${site.url}/campaigns/${campaign.id}` });
  expect(hypercert.contributors.value).toEqual(["Lindenhof (lindenhof.example.org)", "Harbour Bank"]);
  expect(hypercert.work_timeframe).toEqual({
    name: "Work timeframe",
    value: [1_790_000_000, 1_792_000_000],
    display_value: "2026-09-21 → 2026-10-14",
  });
  expect(hypercert.impact_timeframe.value).toEqual([1_792_000_000, 0]);
  expect(hypercert.impact_timeframe.display_value).toBe("2026-10-14 → indefinite");
});
