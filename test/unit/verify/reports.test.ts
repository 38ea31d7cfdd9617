import { expect, test } from "vitest";
import { sha256, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { LoggedReports } from "../../../shared/verify/reports.ts";

const hash = (text: string) => sha256(utf8(text));
const key = (x: string) => ({ kty: "OKP" as const, crv: "Ed25519" as const, x });

test("each of many reports is found by its number and leaf, under the key it was signed with", () => {
  const reports = new LoggedReports();
  for (let seq = 1; seq <= 300; seq += 1)
    reports.add({ iss: "a.example", seq }, hash(`leaf ${seq}`), hash(`payload ${seq}`), key(seq < 100 ? "one" : "two"));
  for (const seq of [1, 32, 33, 99, 100, 300]) {
    const found = reports.find("a.example", seq, toBase64url(hash(`leaf ${seq}`)));
    expect(found).toEqual({ payload: hash(`payload ${seq}`), jwk: key(seq < 100 ? "one" : "two") });
  }
  expect(reports.find("a.example", 7, toBase64url(hash("leaf 8")))).toBeNull();
  expect(reports.find("a.example", 301, toBase64url(hash("leaf 301")))).toBeNull();
  expect(reports.find("b.example", 1, toBase64url(hash("leaf 1")))).toBeNull();
});

test("a community that joins a fork begins again with number 1, and what it said before stands", () => {
  const reports = new LoggedReports();
  reports.add({ iss: "a.example", seq: 1 }, hash("before"), hash("x"), key("one"));
  reports.add({ iss: "a.example", seq: 1 }, hash("after"), hash("y"), key("two"));
  expect(reports.find("a.example", 1, toBase64url(hash("before")))).toEqual({ payload: hash("x"), jwk: key("one") });
  expect(reports.find("a.example", 1, toBase64url(hash("after")))).toEqual({ payload: hash("y"), jwk: key("two") });
  expect(() => reports.add({ iss: "a.example", seq: 3 }, hash("z"), hash("z"), key("two"))).toThrow("does not follow");
});
