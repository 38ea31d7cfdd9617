import { describe, expect, test } from "vitest";
import { fromBase64url, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { MAX_STATEMENT_BYTES } from "../../../shared/protocol/statement.ts";
import { privateJwkOf, signer } from "../../../shared/signing/ed25519.ts";
import { parseJws, signJws, verifyJws } from "../../../shared/signing/jws.ts";
import { vectors } from "../vectors.ts";

const key = await signer(await privateJwkOf(new Uint8Array(32).fill(1)));
const otherKey = await signer(await privateJwkOf(new Uint8Array(32).fill(2)));
const TYP = "demand-report+jwt";

/** A signed JWS with any header and payload text, to try what our own signer would never write. */
async function forge(header: string, payload = '{"iss":"a.example"}'): Promise<string> {
  const signingInput = `${toBase64url(utf8(header))}.${toBase64url(utf8(payload))}`;
  return `${signingInput}.${toBase64url(await key.sign(utf8(signingInput)))}`;
}

async function verifies(jws: string): Promise<boolean> {
  const parsed = parseJws(jws);
  return parsed.ok && verifyJws(parsed.value, key.publicJwk);
}

describe("a JWS", () => {
  test("that was signed parses to its claims and verifies under its key only", async () => {
    const jws = await signJws(key, TYP, { seq: 1, iss: "a.example" });
    const parsed = parseJws(jws);
    expect(parsed).toMatchObject({ ok: true, value: { typ: TYP, kid: key.kid, claims: { iss: "a.example", seq: 1 } } });
    expect(await verifies(jws)).toBe(true);
    expect(parsed.ok && (await verifyJws(parsed.value, otherKey.publicJwk))).toBe(false);
  });

  test("has a canonical header and payload, so equal claims give equal bytes", async () => {
    const jws = await signJws(key, TYP, { b: 1, a: [true] });
    const [header, payload] = jws.split(".").map((part) => new TextDecoder().decode(fromBase64url(part)));
    expect(header).toBe(`{"alg":"Ed25519","kid":"${key.kid}","typ":"${TYP}"}`);
    expect(payload).toBe('{"a":[true],"b":1}');
    expect(await signJws(key, TYP, { a: [true], b: 1 })).toBe(jws);
  });

  test("changed in any bit of any character is refused", async () => {
    const jws = await signJws(key, TYP, { iss: "a.example", seq: 1, totals: ["12"] });
    for (let i = 0; i < jws.length; i++) {
      for (let bit = 0; bit < 7; bit++) {
        const changed = jws.slice(0, i) + String.fromCharCode(jws.charCodeAt(i) ^ (1 << bit)) + jws.slice(i + 1);
        expect(await verifies(changed), `character ${i} bit ${bit}`).toBe(false);
      }
    }
  });

  test("cut short or lengthened is refused", async () => {
    const jws = await signJws(key, TYP, { iss: "a.example" });
    for (let end = 0; end < jws.length; end++) expect(await verifies(jws.slice(0, end))).toBe(false);
    for (const extra of ["A", "=", ".", "\n", " ", ".AA"]) {
      expect(await verifies(jws + extra)).toBe(false);
      expect(await verifies(extra + jws)).toBe(false);
    }
  });

  test("with header members in another order or with spaces is the same header", async () => {
    expect(await verifies(await forge(`{ "typ":"${TYP}", "kid":"${key.kid}", "alg":"Ed25519" }`))).toBe(true);
  });

  const kid = `"kid":"${key.kid}"`;
  const typ = `"typ":"${TYP}"`;
  const alg = '"alg":"Ed25519"';
  test.each([
    ["alg none", `{"alg":"none",${kid},${typ}}`],
    ["alg EdDSA", `{"alg":"EdDSA",${kid},${typ}}`],
    ["alg HS256", `{"alg":"HS256",${kid},${typ}}`],
    ["alg in other case", `{"alg":"ed25519",${kid},${typ}}`],
    ["alg as a list", `{"alg":["Ed25519"],${kid},${typ}}`],
    ["no alg", `{${kid},${typ}}`],
    ["no kid", `{${alg},${typ}}`],
    ["no typ", `{${alg},${kid}}`],
    ["a kid that is no string", `{${alg},"kid":1,${typ}}`],
    ["jwk", `{${alg},${kid},${typ},"jwk":{"kty":"OKP","crv":"Ed25519","x":"${key.publicJwk.x}"}}`],
    ["jku", `{${alg},${kid},${typ},"jku":"https://evil.example/jwks"}`],
    ["x5u", `{${alg},${kid},${typ},"x5u":"https://evil.example/cert"}`],
    ["crit", `{${alg},${kid},${typ},"crit":["exp"]}`],
    ["b64", `{${alg},${kid},${typ},"b64":false}`],
    ["cty", `{${alg},${kid},${typ},"cty":"JWT"}`],
    ["__proto__", `{${alg},${kid},${typ},"__proto__":{}}`],
    ["a header of thousands of bytes", `{${alg},${kid},"typ":"${"x".repeat(400)}"}`],
  ])("with %s is refused for its header", async (_, header) => {
    expect(parseJws(await forge(header))).toEqual({ ok: false, error: "jws-header" });
  });

  test.each([
    ["a duplicate alg", `{"alg":"none",${alg},${kid},${typ}}`],
    ["a duplicate kid", `{${alg},${kid},${typ},${kid}}`],
    ["no JSON", alg],
    ["JSON null", "null"],
  ])("whose header has %s is malformed", async (_, header) => {
    expect(parseJws(await forge(header))).toEqual({ ok: false, error: "jws-malformed" });
  });

  test.each([
    ["a duplicate claim", '{"a":1,"a":2}'],
    ["no JSON", "{a:1}"],
    ["ill-formed nesting", "[[]"],
  ])("whose payload has %s is malformed", async (_, payload) => {
    expect(parseJws(await forge(`{${alg},${kid},${typ}}`, payload))).toEqual({ ok: false, error: "jws-malformed" });
  });

  test("with base64url that has another spelling is malformed", async () => {
    const jws = await signJws(key, TYP, { a: 1 });
    const [header, payload, signature] = jws.split(".") as [string, string, string];
    // 64 bytes leave four loose bits in the last character
    const loose = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(85) + 1);
    for (const text of [
      `${header}.${payload}.${loose}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}==.${signature}`,
      `${header}.${payload}.${signature}==`,
      `${header}.${payload} .${signature}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${jws}.`,
      "",
      "..",
      JSON.stringify({ payload, signature }),
    ]) {
      expect(parseJws(text)).toEqual({ ok: false, error: "jws-malformed" });
    }
  });

  test("of 32 KiB is read, one byte more is too large", async () => {
    const largest = await signJws(key, "x", { fill: "x".repeat(24_419) });
    const oversized = await signJws(key, "x", { fill: "x".repeat(24_420) });
    expect([largest.length, oversized.length]).toEqual([MAX_STATEMENT_BYTES, MAX_STATEMENT_BYTES + 1]);
    expect(await verifies(largest)).toBe(true);
    expect(parseJws(oversized)).toEqual({ ok: false, error: "statement-too-large" });
  });

  test("of RFC 8037 is well signed but of an algorithm name that RFC 9864 retired", () => {
    const { jws } = vectors("jose/rfc8037.json") as { jws: string };
    expect(parseJws(jws).ok).toBe(false);
  });
});
