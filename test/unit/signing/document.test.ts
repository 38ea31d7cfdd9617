import { describe, expect, test } from "vitest";
import { concat, sha256, sha256url, toHex, utf8 } from "../../../shared/bytes.ts";
import { type MemberDocument, memberDocument } from "../../../shared/protocol/document.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import { commitDocument, commitKey, documentHash } from "../../../shared/signing/document.ts";

const document: MemberDocument = memberDocument.parse({
  typ: "withdraw",
  v: 1,
  node: "community.example.org",
  hub: "hub.example.org/log",
  rp_id: "community.example.org",
  campaign: "A".repeat(43),
  terms_sha256: "B".repeat(42) + "A",
  account: "C".repeat(22),
  key: "D".repeat(42) + "A",
  replaces: "E".repeat(42) + "A",
  seq: 2,
  issued_at: 1_790_000_000,
  valid_until: 1_790_000_600,
  nonce: "F".repeat(22),
});
const jcs =
  `{"account":"${"C".repeat(22)}","campaign":"${"A".repeat(43)}","hub":"hub.example.org/log","issued_at":1790000000,` +
  `"key":"${"D".repeat(42)}A","node":"community.example.org","nonce":"${"F".repeat(22)}","replaces":"${"E".repeat(42)}A",` +
  `"rp_id":"community.example.org","seq":2,"terms_sha256":"${"B".repeat(42)}A","typ":"withdraw","v":1,"valid_until":1790000600}`;
const salt = new Uint8Array(32).fill(5);
const signature = { authenticator_data: "AA", client_data_json: "AQ", signature: "Ag" };
const keyLeaf = "A".repeat(43);

describe("a member document", () => {
  test("is hashed as SHA-256 over the domain, a zero byte and its canonical JSON", () => {
    const expected = sha256(concat(utf8("cocoon/doc/v1"), Uint8Array.of(0), utf8(jcs)));
    expect(toHex(documentHash(document))).toBe(toHex(expected));
  });

  test("has another hash as soon as any member differs", () => {
    const hashes = new Set([toHex(documentHash(document))]);
    for (const changed of [
      { seq: 3 },
      { nonce: "G".repeat(22) },
      { replaces: "A".repeat(43) },
      { hub: "b.example/log" },
    ]) {
      hashes.add(toHex(documentHash({ ...document, ...changed })));
    }
    expect(hashes.size).toBe(5);
  });
});

describe("commitments", () => {
  test("to a document are SHA-256 over the salt and the canonical opening", () => {
    const opening =
      `{"document":${jcs},"key_leaf":"${keyLeaf}",` +
      `"signature":{"authenticator_data":"AA","client_data_json":"AQ","signature":"Ag"},"suite":"webauthn"}`;
    const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: keyLeaf }, salt);
    expect(cm).toBe(sha256url(concat(salt, utf8(opening))));
    expect(hash.safeParse(cm).success).toBe(true);
  });

  test("to a key bind the account and the key", () => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } as const;
    const opening = `{"account":"${"C".repeat(22)}","jwk":{"crv":"Ed25519","kty":"OKP","x":"${"A".repeat(43)}"}}`;
    const cm = commitKey({ account: "C".repeat(22), jwk }, salt);
    expect(cm).toBe(sha256url(concat(salt, utf8(opening))));
    expect(commitKey({ account: "D".repeat(22), jwk }, salt)).not.toBe(cm);
  });

  test("under another salt tell nothing of each other", () => {
    const opening = { document, suite: "webauthn", signature, key_leaf: keyLeaf } as const;
    expect(commitDocument(opening, salt)).not.toBe(commitDocument(opening, new Uint8Array(32).fill(6)));
  });

  test("take a salt of 32 bytes and no other", () => {
    const opening = { document, suite: "webauthn", signature, key_leaf: keyLeaf } as const;
    expect(() => commitDocument(opening, new Uint8Array(16))).toThrow(RangeError);
  });
});
