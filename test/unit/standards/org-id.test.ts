/** Identifiers of organisations: the list is the published one, and a wrong register or number is told apart. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { orgId } from "../../../shared/protocol/fund.ts";
import { checkOrgId } from "../../../shared/standards/org-id.ts";
import { orgIdPrefixes } from "../../../shared/standards/org-id-list.ts";

test("the list of registers is the published one, code for code", () => {
  const csv = readFileSync(new URL("../../data/iati/OrganisationRegistrationAgency.csv", import.meta.url), "utf8");
  const codes = csv.split("\n").flatMap((line) => /^([A-Z0-9_]+-[A-Z0-9_]+),/.exec(line)?.[1] ?? []);
  expect(codes.length).toBe(539);
  expect([...orgIdPrefixes].toSorted()).toEqual(codes.toSorted());
});

test.each([
  "GB-CHC-1164883",
  "GB-CHC-216250",
  "GB-CHC-216250-1",
  "GB-COH-09668396",
  "GB-COH-SC123456",
  "GB-COH-IP00525R",
  "US-EIN-23-7069110",
  "XI-LEI-213800ABCDEF12345678",
  "CA_AB-ABT-12",
  "UG-204CBO-7",
  "360G-example-own",
])("%s has a known register and a number of its form", (id) => {
  expect(orgId.safeParse(id).success).toBe(true);
  expect(checkOrgId(id)).toEqual({ ok: true, value: null });
});

test.each([
  ["GB-XYZ-1", "org-id-unknown"],
  ["QQ-REG-1", "org-id-unknown"],
  ["GB-CHC-1", "org-id-number"],
  ["GB-CHC-11648834", "org-id-number"],
  ["GB-COH-9668396", "org-id-number"],
  ["GB-COH-0966839x", "org-id-number"],
])("%s is refused: %s", (id, code) => {
  expect(checkOrgId(id)).toEqual({ ok: false, error: code });
});
