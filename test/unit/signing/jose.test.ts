/** Another implementation reads what we sign, and we read what it signs (docs/protocol.md §3). */
import { CompactSign, compactVerify, importJWK } from "jose";
import { expect, test } from "vitest";
import { fromUtf8, utf8 } from "../../../shared/bytes.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { parseJws, signJws, verifyJws } from "../../../shared/signing/jws.ts";

const TYP = "demand-report+jwt";
const claims = { iss: "a.example.org", seq: 1 };

test("jose verifies our signature and reads our claims", async () => {
  const own = await signer(await generateEd25519());
  const jws = await signJws(own, TYP, claims);
  const { payload, protectedHeader } = await compactVerify(jws, await importJWK(own.publicJwk, "Ed25519"));
  expect(protectedHeader).toEqual({ alg: "Ed25519", kid: own.kid, typ: TYP });
  expect(JSON.parse(fromUtf8(payload))).toEqual(claims);
});

test("we verify what jose signs, and not what it signs under another key", async () => {
  const jwk = await generateEd25519();
  const { publicJwk, kid } = await signer(jwk);
  const jws = await new CompactSign(canonicalBytes(claims))
    .setProtectedHeader({ alg: "Ed25519", kid, typ: TYP })
    .sign(await importJWK(jwk, "Ed25519"));
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error(parsed.error);
  expect(await verifyJws(parsed.value, publicJwk)).toBe(true);
  expect(await verifyJws({ ...parsed.value, signingInput: utf8("another") }, publicJwk)).toBe(false);
  const other = await signer(await generateEd25519());
  expect(await verifyJws(parsed.value, other.publicJwk)).toBe(false);
});
