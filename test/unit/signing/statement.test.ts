import { describe, expect, test } from "vitest";
import { toBase64url, utf8 } from "../../../shared/bytes.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { privateJwkOf, signer } from "../../../shared/signing/ed25519.ts";
import { signJws, verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement, signStatement } from "../../../shared/signing/statement.ts";

const key = await signer(await privateJwkOf(new Uint8Array(32).fill(3)));
const h = "A".repeat(43);
const status: Claims<"node-status+jwt"> = {
  iss: "hub.example.org/log",
  iat: 1_790_000_000,
  v: 1,
  node: "community.example.org",
  status: "admitted",
  reason: "",
  join: h,
};

async function refusal(typ: string, claims: unknown): Promise<string> {
  const parsed = parseStatement(await signJws(key, typ, claims));
  return parsed.ok ? "ok" : parsed.error;
}

describe("statements", () => {
  test("parse from text or bytes to their kind, claims and leaf", async () => {
    const jws = await signStatement(key, "node-status+jwt", status);
    const fromText = parseStatement(jws);
    expect(fromText).toMatchObject({
      ok: true,
      value: {
        leaf: toBase64url(leafHash(utf8(jws))),
        typ: "node-status+jwt",
        kid: key.kid,
        statement: { kind: "node-status+jwt", claims: status },
      },
    });
    expect(parseStatement(utf8(jws))).toEqual(fromText);
    expect(fromText.ok && (await verifyJws(fromText.value.parsed, key.publicJwk))).toBe(true);
  });

  test("the order of claims, their spaces and escapes are the signer's affair", async () => {
    const header = toBase64url(utf8(`{"typ":"node-status+jwt","alg":"Ed25519","kid":"${key.kid}"}`));
    const payload = toBase64url(utf8(JSON.stringify({ ...status, reason: "ok" }, null, 1).replace("ok", "\\u006fk")));
    const jws = `${header}.${payload}.${toBase64url(await key.sign(utf8(`${header}.${payload}`)))}`;
    const parsed = parseStatement(jws);
    expect(parsed).toMatchObject({ ok: true, value: { statement: { claims: { reason: "ok" } } } });
    expect(parsed.ok && (await verifyJws(parsed.value.parsed, key.publicJwk))).toBe(true);
  });

  test.each([
    ["an unknown claim", { ...status, extra: 1 }],
    ["text with outer spaces, which a reader might take off", { ...status, reason: "ok\u2028" }],
    ["a missing claim", { ...status, node: undefined }],
    ["a claim of another type", { ...status, iat: "1790000000" }],
    ["an unknown version", { ...status, v: 2 }],
    ["an issuer that is no log", { ...status, iss: "hub.example.org" }],
    ["no claims at all", []],
    ["null", null],
  ])("with %s break their schema", async (_, claims) => {
    expect(await refusal("node-status+jwt", claims)).toBe("statement-invalid");
  });

  test.each(["vote+jwt", "JWT", "toString", "__proto__", "node-status"])(
    "of the kind %s are not accepted",
    async (typ) => {
      expect(await refusal(typ, status)).toBe("statement-not-accepted");
    },
  );

  test("that are not UTF-8 are malformed", () => {
    expect(parseStatement(Uint8Array.of(0xff, 0xfe))).toEqual({ ok: false, error: "jws-malformed" });
  });

  test("that no reader would accept are not signed", async () => {
    await expect(signStatement(key, "node-status+jwt", { ...status, join: "short" })).rejects.toThrow();
  });

  test("larger than 32 KiB are not signed", async () => {
    const totals = Array.from({ length: 100 }, () => ({
      c: h,
      pledges: 1,
      interest: "0",
      committed: Array.from({ length: 32 }, () => "1"),
      pledged: Array.from({ length: 32 }, () => "1"),
      purchased: "0",
      locked: "0",
    }));
    const report: Claims<"demand-report+jwt"> = {
      iss: "community.example.org",
      aud: "hub.example.org/log",
      iat: 1_790_000_000,
      v: 1,
      seq: 1,
      prev: h,
      book: "x",
      profile: { name: "A", region: "US-CA", languages: ["en"], members: 1 },
      totals,
    };
    await expect(signStatement(key, "demand-report+jwt", report)).rejects.toThrow(RangeError);
  });
});
