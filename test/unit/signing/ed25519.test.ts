import { describe, expect, test } from "vitest";
import { fromBase64url, fromHex, toBase64url, toHex, utf8 } from "../../../shared/bytes.ts";
import {
  generateEd25519,
  isStrictPublicKey,
  privateJwkOf,
  publicKeyOf,
  signer,
  thumbprint,
  verifyEd25519,
} from "../../../shared/signing/ed25519.ts";
import { vectors } from "../vectors.ts";

interface EdgeCase {
  number: number;
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}
interface Wycheproof {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[];
  }[];
}
interface Rfc8037 {
  jwk: { kty: "OKP"; crv: "Ed25519"; d: string; x: string };
  thumbprint_sha256_b64url: string;
  payload_utf8: string;
  jws: string;
}
const edgeCases = vectors("ed25519/ed25519vectors.json") as EdgeCase[];
const wycheproof = vectors("wycheproof/ed25519_test.json") as Wycheproof;
const rfc8037 = vectors("jose/rfc8037.json") as Rfc8037;

describe("strict verification", () => {
  test("decides all 914 edge cases by the stated rules", async () => {
    expect(edgeCases).toHaveLength(914);
    // canonical encodings, neither key nor R of small order, equation without cofactor
    const disqualifying = ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"];
    let accepted = 0;
    for (const { number, key, sig, msg, flags } of edgeCases) {
      const expected = !disqualifying.some((flag) => flags?.includes(flag));
      expect(await verifyEd25519(fromHex(key), utf8(msg), fromHex(sig)), `case ${number}`).toBe(expected);
      if (expected) accepted++;
    }
    expect(accepted).toBe(43);
  });

  test("no key of small order or with a second encoding passes", () => {
    for (const { key, flags } of edgeCases) {
      const expected = !["low_order_A", "non_canonical_A"].some((flag) => flags?.includes(flag));
      expect(isStrictPublicKey(fromHex(key))).toBe(expected);
    }
  });

  test("decides all 151 Wycheproof cases", async () => {
    let cases = 0;
    for (const { publicKey, tests } of wycheproof.testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const valid = await verifyEd25519(fromHex(publicKey.pk), fromHex(msg), fromHex(sig));
        expect(valid, `case ${tcId}`).toBe(result === "valid");
        cases++;
      }
    }
    expect(cases).toBe(151);
  });

  test("S + L is not a second signature", async () => {
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const key = await signer(await generateEd25519());
    const message = utf8("malleable?");
    const signature = await key.sign(message);
    const s = BigInt(`0x${toHex(signature.slice(32).toReversed())}`);
    const shifted = fromHex((s + L).toString(16).padStart(64, "0")).toReversed();
    const second = new Uint8Array([...signature.slice(0, 32), ...shifted]);
    expect(await verifyEd25519(publicKeyOf(key.publicJwk), message, signature)).toBe(true);
    expect(await verifyEd25519(publicKeyOf(key.publicJwk), message, second)).toBe(false);
  });

  test("keys and signatures of other lengths are refused", async () => {
    const key = await signer(await generateEd25519());
    const message = utf8("x");
    const signature = await key.sign(message);
    const publicKey = publicKeyOf(key.publicJwk);
    expect(await verifyEd25519(publicKey.subarray(1), message, signature)).toBe(false);
    expect(await verifyEd25519(publicKey, message, signature.subarray(1))).toBe(false);
    expect(await verifyEd25519(publicKey, message, new Uint8Array([...signature, 0]))).toBe(false);
  });

  test("thousands of different keys do not confuse the key cache", async () => {
    const message = utf8("x");
    const [a, b] = await Promise.all([signer(await generateEd25519()), signer(await generateEd25519())]);
    const [byA, byB] = [await a.sign(message), await b.sign(message)];
    for (let i = 0; i < 1100; i++) {
      const { x } = await privateJwkOf(new Uint8Array(new Uint32Array(8).fill(i).buffer));
      expect(await verifyEd25519(fromBase64url(x), message, byA)).toBe(false);
    }
    expect(await verifyEd25519(publicKeyOf(a.publicJwk), message, byA)).toBe(true);
    expect(await verifyEd25519(publicKeyOf(b.publicJwk), message, byB)).toBe(true);
    expect(await verifyEd25519(publicKeyOf(a.publicJwk), message, byB)).toBe(false);
  });
});

describe("keys", () => {
  test("the RFC 8037 key has the published thumbprint, signature and seed", async () => {
    const key = await signer(rfc8037.jwk);
    expect(key.kid).toBe(rfc8037.thumbprint_sha256_b64url);
    expect(thumbprint({ kty: "OKP", crv: "Ed25519", x: rfc8037.jwk.x })).toBe(rfc8037.thumbprint_sha256_b64url);
    expect(key.publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x: rfc8037.jwk.x });
    const [header, payload, signature] = rfc8037.jws.split(".") as [string, string, string];
    expect(toBase64url(await key.sign(utf8(`${header}.${payload}`)))).toBe(signature);
    expect(await privateJwkOf(fromBase64url(rfc8037.jwk.d))).toEqual(rfc8037.jwk);
  });

  test("the RFC 7638 example key has the published thumbprint", () => {
    const n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM" +
      "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5h" +
      "ajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    expect(thumbprint({ kty: "RSA", n, e: "AQAB" })).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  test("new keys differ and carry exactly the members of RFC 8037", async () => {
    const [a, b] = await Promise.all([generateEd25519(), generateEd25519()]);
    expect(Object.keys(a).toSorted()).toEqual(["crv", "d", "kty", "x"]);
    expect(a.d).not.toBe(b.d);
    expect(fromBase64url(a.x)).toHaveLength(32);
  });

  test("a seed has 32 bytes", async () => {
    await expect(privateJwkOf(new Uint8Array(31))).rejects.toThrow(RangeError);
  });
});
