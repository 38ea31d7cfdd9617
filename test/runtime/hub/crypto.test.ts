/**
 * The signature and tree code under workerd: the same published cases as test/unit, so that the platform's WebCrypto
 * decides none of them differently.
 */
import { describe, expect, test } from "vitest";
import { fromBase64, fromHex, sha256, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { openCheckpoint, signCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner } from "../../../shared/log/note.ts";
import { consistencyProof, extendTiles, inclusionProof } from "../../../shared/log/tiles.ts";
import { generateEd25519, privateJwkOf, signer, verifyEd25519 } from "../../../shared/signing/ed25519.ts";
import { parseJws, signJws, verifyJws } from "../../../shared/signing/jws.ts";
import { makeHubKeys } from "../../../shared/signing/keys.ts";
import { coseToJwk, verifyCeremony, verifyMemberSignature } from "../../../shared/signing/webauthn.ts";
import edgeCases from "../../vectors/ed25519/ed25519vectors.json";
import rfc8037 from "../../vectors/jose/rfc8037.json";
import consistency from "../../vectors/merkle-rfc6962/consistency.json";
import inclusion from "../../vectors/merkle-rfc6962/inclusion.json";
import notes from "../../vectors/signed-note/vectors.json";
import level3 from "../../vectors/webauthn/webauthn-l3-vectors.json";
import p256 from "../../vectors/wycheproof/ecdsa_secp256r1_sha256_test.json";
import ed25519 from "../../vectors/wycheproof/ed25519_test.json";

const decode = (proof: string[] | null) => (proof ?? []).map(fromBase64);

describe("in workerd", () => {
  test("all 914 Ed25519 edge cases are decided by the stated rules", async () => {
    const disqualifying = ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"];
    for (const { number, key, sig, msg, flags } of edgeCases as {
      number: number;
      key: string;
      sig: string;
      msg: string;
      flags: string[] | null;
    }[]) {
      const expected = !disqualifying.some((flag) => flags?.includes(flag));
      expect(await verifyEd25519(fromHex(key), utf8(msg), fromHex(sig)), `case ${number}`).toBe(expected);
    }
  });

  test("all 151 Wycheproof Ed25519 cases are decided as published", async () => {
    for (const { publicKey, tests } of ed25519.testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const valid = await verifyEd25519(fromHex(publicKey.pk), fromHex(msg), fromHex(sig));
        expect(valid, `case ${tcId}`).toBe(result === "valid");
      }
    }
  });

  test("all 484 Wycheproof P-256 cases are decided as published", async () => {
    for (const { publicKey, tests } of p256.testGroups) {
      const point = fromHex(publicKey.uncompressed);
      const jwk = {
        kty: "EC",
        crv: "P-256",
        x: toBase64url(point.subarray(1, 33)),
        y: toBase64url(point.subarray(33)),
      } as const;
      for (const { tcId, msg, sig, result } of tests) {
        expect(await verifyMemberSignature(jwk, fromHex(msg), fromHex(sig)), `case ${tcId}`).toBe(result === "valid");
      }
    }
  });

  test("a WebAuthn Level 3 ceremony verifies, and another challenge does not", async () => {
    const { registration, authentication } = level3.vectors.find(
      ({ id }) => id === "sctn-test-vectors-packed-self-es256",
    )!;
    const attestation = registration!.attestationObject;
    const ceremony = {
      challenge: fromHex(authentication!.challenge),
      rpId: level3.rpId,
      jwk: coseToJwk(fromHex(attestation.slice(attestation.lastIndexOf("a50102032620")))),
      webOrigins: [level3.origin],
      signature: {
        authenticator_data: toBase64url(fromHex(authentication!.authenticatorData)),
        client_data_json: toBase64url(fromHex(authentication!.clientDataJSON)),
        signature: toBase64url(fromHex(authentication!.signature)),
      },
    };
    const flags = fromHex(authentication!.authenticatorData)[32]!;
    expect(await verifyCeremony(ceremony)).toEqual(
      (flags & 4) === 0 ? { ok: false, error: "user-verification" } : { ok: true, value: null },
    );
    expect(await verifyCeremony({ ...ceremony, challenge: sha256(utf8("x")) })).toEqual({
      ok: false,
      error: "challenge",
    });
  });

  test("all published inclusion and consistency proofs are decided as published", () => {
    for (const { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr, file } of inclusion) {
      const claim = {
        leaf: fromBase64(leaf),
        index: leafIdx,
        size: treeSize,
        proof: decode(proof),
        root: fromBase64(root),
      };
      expect(verifyInclusion(claim), file).toBe(!wantErr);
    }
    for (const { size1, size2, root1, root2, proof, wantErr, file } of consistency) {
      const roots = { root1: fromBase64(root1), root2: fromBase64(root2) };
      if (roots.root1.length !== 32 || roots.root2.length !== 32) continue;
      expect(verifyConsistency({ size1, size2, ...roots, proof: decode(proof) }), file).toBe(!wantErr);
    }
  });

  test("a log of 300 entries has the root of its list and proofs that verify", () => {
    const leaves = Array.from({ length: 300 }, (_, i) => leafHash(utf8(`entry ${i}`)));
    const { root, tiles } = extendTiles(0, () => new Uint8Array(0), leaves);
    const read = (level: number, index: number) =>
      tiles.find((tile) => tile.level === level && tile.index === index)!.hashes;
    expect(root).toEqual(rootOf(leaves));
    expect(
      verifyInclusion({ leaf: leaves[256]!, index: 256, size: 300, proof: inclusionProof(256, 300, read), root }),
    ).toBe(true);
    const root1 = rootOf(leaves.slice(0, 255));
    const proof = consistencyProof(255, 300, read);
    expect(verifyConsistency({ size1: 255, root1, size2: 300, root2: root, proof })).toBe(true);
  });

  test("keys, notes and statements made here are those of every other platform", async () => {
    const [goExample] = notes;
    const published = await noteSigner(goExample!.skey!);
    expect(published.vkey).toBe(goExample!.vkey);
    expect(await published.sign(goExample!.text!)).toBe(goExample!.note.slice(goExample!.text!.length + 1));
    expect(await privateJwkOf(fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))).toEqual(
      rfc8037.jwk,
    );

    const { vkey, skey } = await generateNoteKey("hub.example.org/log");
    const head = { origin: "hub.example.org/log", size: 7, root: leafHash(utf8("x")) };
    const checkpoint = await signCheckpoint(head, await noteSigner(skey));
    expect(await openCheckpoint(checkpoint, vkey, head.origin)).toEqual({ ok: true, value: head });

    const key = await signer(await generateEd25519());
    const parsed = parseJws(await signJws(key, "test+jwt", { a: 1 }));
    expect(parsed.ok && (await verifyJws(parsed.value, key.publicJwk))).toBe(true);
    expect((await makeHubKeys("hub.example.org")).vkey).toMatch(/^hub\.example\.org\/log\+[0-9a-f]{8}\+/);
  });
});
