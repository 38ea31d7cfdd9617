import { describe, expect, test } from "vitest";
import { fromHex, toBase64url, toHex } from "../../../shared/bytes.ts";
import { ecdsaDerToRaw } from "../../../shared/signing/ecdsa-der.ts";
import { verifyMemberSignature } from "../../../shared/signing/webauthn.ts";
import { vectors } from "../vectors.ts";

const { testGroups } = vectors("wycheproof/ecdsa_secp256r1_sha256_test.json") as {
  testGroups: {
    publicKey: { uncompressed: string };
    tests: { tcId: number; msg: string; sig: string; result: string }[];
  }[];
};

describe("ES256 signatures", () => {
  test("all 484 Wycheproof DER cases are decided as published", async () => {
    let cases = 0;
    for (const { publicKey, tests } of testGroups) {
      const point = fromHex(publicKey.uncompressed);
      const [x, y] = [toBase64url(point.subarray(1, 33)), toBase64url(point.subarray(33))];
      for (const { tcId, msg, sig, result } of tests) {
        const jwk = { kty: "EC", crv: "P-256", x, y } as const;
        const valid = await verifyMemberSignature(jwk, fromHex(msg), fromHex(sig));
        expect(valid, `case ${tcId}`).toBe(result === "valid");
        cases++;
      }
    }
    expect(cases).toBe(484);
  });

  test("short numbers are filled up to 32 bytes each", () => {
    const raw = ecdsaDerToRaw(fromHex("3007020101020200ff"));
    expect(raw).not.toBeNull();
    expect(toHex(raw!)).toBe(`${"00".repeat(31)}01${"00".repeat(31)}ff`);
  });

  const order = "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  test.each([
    ["r zero", "3006020100020101"],
    ["s zero", "3006020101020100"],
    ["a negative number", "3006020181020101"],
    ["a number with a needless zero", "300702020001020101"],
    ["an empty number", "30050200020101"],
    ["a long length form", "308106020101020101"],
    ["an indefinite length", "30800201010201010000"],
    ["bytes after it", "300602010102010100"],
    ["bytes inside after s", "300702010102010100"],
    ["r equal to the group order", `3026022100${order.slice(2)}020101`],
    ["nothing", ""],
    ["one byte", "30"],
  ])("%s is refused", (_, hex) => {
    expect(ecdsaDerToRaw(fromHex(hex))).toBeNull();
  });

  test("a key that is no point of the curve verifies nothing", async () => {
    const off = toBase64url(new Uint8Array(32).fill(1));
    const jwk = { kty: "EC", crv: "P-256", x: off, y: off } as const;
    expect(await verifyMemberSignature(jwk, new Uint8Array(1), fromHex("3006020101020101"))).toBe(false);
  });
});
