import { describe, expect, test } from "vitest";
import { type Bytes, concat, fromHex, sha256, toBase64url, utf8 } from "../../../shared/bytes.ts";
import type { MemberKey, PledgeDocument } from "../../../shared/protocol/document.ts";
import { pledgeDocument } from "../../../shared/protocol/document.ts";
import { documentHash } from "../../../shared/signing/document.ts";
import { privateJwkOf, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { coseToJwk, verifyAssertion, verifyCeremony, verifyMemberSignature } from "../../../shared/signing/webauthn.ts";
import { vectors } from "../vectors.ts";

interface Ceremony {
  id: string;
  registration?: { attestationObject: string };
  authentication?: { challenge: string; authenticatorData: string; clientDataJSON: string; signature: string };
}
const level3 = vectors("webauthn/webauthn-l3-vectors.json") as { rpId: string; origin: string; vectors: Ceremony[] };
const ceremonies = level3.vectors.filter(({ authentication }) => authentication !== undefined);

/** The COSE key is the end of the attestation object's authData, behind the credential id. */
function coseKeyOf(attestationObject: string): Bytes {
  const object = fromHex(attestationObject);
  const marker = fromHex("686175746844617461"); // "authData" as a CBOR text string
  const at = object.findIndex((_, i) => marker.every((byte, j) => object[i + j] === byte)) + marker.length;
  // a byte string of one- or two-byte length
  const [start, length] =
    object[at] === 0x58 ? [at + 2, object[at + 1]!] : [at + 3, object[at + 1]! * 256 + object[at + 2]!];
  const authData = object.subarray(start, start + length);
  const idLength = authData[53]! * 256 + authData[54]!;
  return new Uint8Array(authData.subarray(55 + idLength));
}

function signatureOf({ authenticatorData, clientDataJSON, signature }: NonNullable<Ceremony["authentication"]>) {
  return {
    authenticator_data: toBase64url(fromHex(authenticatorData)),
    client_data_json: toBase64url(fromHex(clientDataJSON)),
    signature: toBase64url(fromHex(signature)),
  };
}

describe("the WebAuthn Level 3 vectors", () => {
  const foreign = /es384|es512|ed448/;
  const supported = ceremonies.filter(({ id }) => !foreign.test(id));
  /** what the vector's flags say: our rules demand user verification and no embedding */
  function expected({ id, authentication }: Ceremony): string {
    if (id.endsWith("crossOrigin") || id.endsWith("topOrigin")) return "cross-origin";
    const flags = fromHex(authentication!.authenticatorData)[32]!;
    return (flags & 4) === 0 ? "user-verification" : "ok";
  }

  test("are fifteen, three of them of algorithms this suite does not have", () => {
    expect(ceremonies).toHaveLength(15);
    expect(supported).toHaveLength(12);
  });

  test.each(supported)("$id", async (ceremony) => {
    const { challenge } = ceremony.authentication!;
    const jwk = coseToJwk(coseKeyOf(ceremony.registration!.attestationObject));
    const claim = { challenge: fromHex(challenge), rpId: level3.rpId, jwk, webOrigins: [level3.origin] };
    const result = await verifyCeremony({ ...claim, signature: signatureOf(ceremony.authentication!) });
    expect(result.ok ? "ok" : result.error).toBe(expected(ceremony));
  });

  test("include both ways to go wrong and several that are right", () => {
    const outcomes = supported.map(expected);
    expect(outcomes.filter((outcome) => outcome === "ok").length).toBeGreaterThanOrEqual(3);
    expect(outcomes.filter((outcome) => outcome === "cross-origin")).toHaveLength(2);
    expect(outcomes).toContain("user-verification");
  });

  test.each(ceremonies.filter(({ id }) => foreign.test(id)))("$id: the key is not accepted", ({ registration }) => {
    expect(() => coseToJwk(coseKeyOf(registration!.attestationObject))).toThrow();
  });

  test.each(supported)(
    "$id: the signature itself verifies, until a bit of what it covers changes",
    async (ceremony) => {
      const { authenticatorData, clientDataJSON, signature } = ceremony.authentication!;
      const jwk = coseToJwk(coseKeyOf(ceremony.registration!.attestationObject));
      const message = concat(fromHex(authenticatorData), sha256(fromHex(clientDataJSON)));
      expect(await verifyMemberSignature(jwk, message, fromHex(signature))).toBe(true);
      message[36]! ^= 1; // the sign count
      expect(await verifyMemberSignature(jwk, message, fromHex(signature))).toBe(false);
    },
  );
});

const rpId = "community.example.org";
const webOrigin = "https://community.example.org";

/** A software authenticator for any member key type, with every field open to manipulation. */
interface Pen {
  jwk: MemberKey;
  sign(bytes: Bytes): Promise<Bytes>;
}
interface Overrides {
  rpId?: string;
  flags?: number;
  clientData?: Record<string, unknown>;
  rawClientData?: string;
  authenticatorData?: (data: Bytes) => Bytes;
}

async function ecPen(): Promise<Pen> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return {
    jwk: { kty: "EC", crv: "P-256", x: x!, y: y! },
    sign: async (bytes) => rawToDer(new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, bytes))),
  };
}

async function edPen(): Promise<Pen> {
  const key = await signer(await privateJwkOf(new Uint8Array(32).fill(9)));
  return { jwk: key.publicJwk, sign: (bytes) => key.sign(bytes) };
}

async function rsaPen(modulusLength: number): Promise<Pen> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const generation = { ...algorithm, modulusLength, publicExponent: Uint8Array.of(1, 0, 1) };
  const pair = await crypto.subtle.generateKey(generation, true, ["sign", "verify"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return {
    jwk: { kty: "RSA", n: n!, e: e! },
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, bytes)),
  };
}

function rawToDer(raw: Uint8Array): Bytes {
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((part) => {
    const start = part.findIndex((byte) => byte !== 0);
    const digits = part.subarray(start);
    const value = digits[0]! >= 0x80 ? concat(Uint8Array.of(0), digits) : digits;
    return concat(Uint8Array.of(2, value.length), value);
  }) as [Bytes, Bytes];
  return concat(Uint8Array.of(0x30, r.length + s.length), r, s);
}

function documentFor(jwk: MemberKey): PledgeDocument {
  return pledgeDocument.parse({
    typ: "pledge",
    v: 1,
    node: "community.example.org",
    hub: "hub.example.org/log",
    rp_id: rpId,
    campaign: "A".repeat(43),
    terms_sha256: "A".repeat(43),
    account: "A".repeat(22),
    key: thumbprint(jwk),
    replaces: null,
    seq: 1,
    issued_at: 1_790_000_000,
    valid_until: 1_790_000_600,
    nonce: "B".repeat(22),
    qty: "2",
    currency: "USD",
    max_unit_price_minor: "800",
    band: 1,
    tolerance: "0",
  });
}

async function assertionBy(pen: Pen, document: PledgeDocument, overrides: Overrides = {}) {
  const clientData = {
    type: "webauthn.get",
    challenge: toBase64url(documentHash(document)),
    origin: webOrigin,
    crossOrigin: false,
    ...overrides.clientData,
  };
  const clientDataJson = utf8(overrides.rawClientData ?? JSON.stringify(clientData));
  const plain = concat(sha256(utf8(overrides.rpId ?? rpId)), Uint8Array.of(overrides.flags ?? 0x1d, 0, 0, 0, 0));
  const authenticatorData = overrides.authenticatorData?.(plain) ?? plain;
  const signature = await pen.sign(concat(authenticatorData, sha256(clientDataJson)));
  return {
    document,
    signature: {
      authenticator_data: toBase64url(authenticatorData),
      client_data_json: toBase64url(clientDataJson),
      signature: toBase64url(signature),
    },
    jwk: pen.jwk,
    webOrigins: [webOrigin],
  };
}

const ec = await ecPen();
const pledge = documentFor(ec.jwk);

async function refusal(overrides: Overrides): Promise<string> {
  const result = await verifyAssertion(await assertionBy(ec, pledge, overrides));
  return result.ok ? "ok" : result.error;
}

describe("a member's approval of a document", () => {
  test.each([
    ["ES256", ecPen],
    ["EdDSA", edPen],
    ["RS256", () => rsaPen(2048)],
  ])("by an %s passkey is accepted, and for a changed document refused", async (_, makePen) => {
    const pen = await makePen();
    const assertion = await assertionBy(pen, documentFor(pen.jwk));
    expect(await verifyAssertion(assertion)).toEqual({ ok: true, value: null });
    const tampered = { ...assertion.document, qty: "3" };
    expect(await verifyAssertion({ ...assertion, document: tampered })).toEqual({ ok: false, error: "challenge" });
  });

  test("by an RSA key of fewer than 2048 bits is refused", async () => {
    const pen = await rsaPen(1024);
    const result = await verifyAssertion(await assertionBy(pen, documentFor(pen.jwk)));
    expect(result).toEqual({ ok: false, error: "signature" });
  });

  test("under another key than the document names is refused", async () => {
    const assertion = await assertionBy(ec, pledge);
    const other = await ecPen();
    expect(await verifyAssertion({ ...assertion, jwk: other.jwk })).toEqual({ ok: false, error: "key-mismatch" });
  });

  test("by another key that signed everything else right is refused", async () => {
    const other = await ecPen();
    const forged = await assertionBy({ jwk: ec.jwk, sign: (bytes) => other.sign(bytes) }, pledge);
    expect(await verifyAssertion(forged)).toEqual({ ok: false, error: "signature" });
  });

  const cases: [string, Overrides, string][] = [
    ["not present", { flags: 0x1c }, "user-presence"],
    ["not verified", { flags: 0x19 }, "user-verification"],
    ["at another relying party", { rpId: "evil.example" }, "rp-id"],
    ["on another origin", { clientData: { origin: "https://evil.example" } }, "origin"],
    ["on the origin with a path", { clientData: { origin: `${webOrigin}/` } }, "origin"],
    ["in a frame of another site", { clientData: { crossOrigin: true } }, "cross-origin"],
    ["with crossOrigin as a string", { clientData: { crossOrigin: "false" } }, "cross-origin"],
    ["with a topOrigin", { clientData: { topOrigin: webOrigin } }, "cross-origin"],
    ["at a registration", { clientData: { type: "webauthn.create" } }, "client-data-type"],
    ["of another challenge", { clientData: { challenge: "AAAA" } }, "challenge"],
    ["of the padded challenge", { clientData: { challenge: `${toBase64url(documentHash(pledge))}=` } }, "challenge"],
    ["with client data that is no JSON", { rawClientData: "{" }, "client-data"],
    ["with client data that is no object", { rawClientData: "null" }, "client-data"],
    ["with client data of two meanings", { rawClientData: '{"type":"webauthn.get","type":"x"}' }, "client-data"],
    [
      "with short authenticator data",
      { authenticatorData: (data) => new Uint8Array(data.subarray(0, 36)) },
      "authenticator-data",
    ],
  ];
  test.each(cases)("given %s is refused", async (_, overrides, code) => {
    expect(await refusal(overrides)).toBe(code);
  });

  test("may carry more client data and authenticator data than today's", async () => {
    expect(await refusal({ clientData: { crossOrigin: undefined, other_keys_can_be_added_here: "x" } })).toBe("ok");
    expect(await refusal({ flags: 0x9d, authenticatorData: (data) => concat(data, Uint8Array.of(0xa0)) })).toBe("ok");
  });

  test("with blobs that are no base64url is refused", async () => {
    const assertion = await assertionBy(ec, pledge);
    const signature = { ...assertion.signature, signature: `${assertion.signature.signature}=` };
    expect(await verifyAssertion({ ...assertion, signature })).toEqual({ ok: false, error: "encoding" });
  });
});

describe("COSE keys", () => {
  const x = "11".repeat(32);
  const y = "22".repeat(32);
  const p256 = `a5010203262001215820${x}225820${y}`;

  test("of each accepted type become a JWK", () => {
    const [bx, by] = [toBase64url(fromHex(x)), toBase64url(fromHex(y))];
    expect(coseToJwk(fromHex(p256))).toEqual({ kty: "EC", crv: "P-256", x: bx, y: by });
    expect(coseToJwk(fromHex(`a4010103272006215820${x}`))).toEqual({ kty: "OKP", crv: "Ed25519", x: bx });
    const n = "33".repeat(256);
    const rsa = { kty: "RSA", n: toBase64url(fromHex(n)), e: "AQAB" };
    expect(coseToJwk(fromHex(`a401030339010020590100${n}2143010001`))).toEqual(rsa);
  });

  test.each([
    ["another curve", p256.replace("2001", "2002")],
    ["another algorithm", p256.replace("0326", "0328")],
    ["a compressed point", `a5010203262001215820${x}22f5`],
    ["a duplicate label", `a6010203262001215820${x}225820${y}0102`],
    ["bytes after it", `${p256}00`],
    ["an end too early", p256.slice(0, -2)],
    ["a coordinate of 31 bytes", `a501020326200121581f${x.slice(2)}225820${y}`],
    ["no map", "83010203"],
    ["nothing", ""],
  ])("with %s are refused", (_, hex) => {
    expect(() => coseToJwk(fromHex(hex))).toThrow();
  });
});
