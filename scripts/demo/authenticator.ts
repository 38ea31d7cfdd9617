/**
 * A software authenticator: WebAuthn JSON in, WebAuthn JSON out, P-256 keys, attestation "none", user present
 * and verified. It stands in for a phone in the demo network, the tests and the benchmark; it is not a way to
 * keep a member's key. Runs in Node and workerd (WebCrypto only).
 */
import { concat, fromBase64url, sha256, toBase64url, utf8, type Bytes } from "../../shared/bytes.ts";

/** What an authenticator keeps of one passkey; plain JSON, so that a demo member survives a restart. */
export interface SoftwarePasskey {
  id: string;
  rp_id: string;
  user_handle: string;
  private_jwk: { kty: "EC"; crv: "P-256"; x: string; y: string; d: string };
}

interface Answer<R> {
  id: string;
  rawId: string;
  type: "public-key";
  authenticatorAttachment: "platform";
  clientExtensionResults: Record<string, never>;
  response: R;
}
export type Registration = Answer<{ clientDataJSON: string; attestationObject: string; transports: "internal"[] }>;
export type Assertion = Answer<{
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  userHandle: string;
}>;

export interface Authenticator {
  readonly passkeys: SoftwarePasskey[];
  /** navigator.credentials.create(): answers PublicKeyCredentialCreationOptionsJSON. */
  create(options: object, pageOrigin: string): Promise<Registration>;
  /** navigator.credentials.get(): answers PublicKeyCredentialRequestOptionsJSON. */
  get(options: object, pageOrigin: string): Promise<Assertion>;
}

interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: { alg: number }[];
  excludeCredentials?: { id: string }[];
}
interface RequestOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: { id: string }[];
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE_AND_STATE = 0x18;
const ATTESTED = 0x40;
const ES256 = -7;
const EC_P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export function createAuthenticator(passkeys: SoftwarePasskey[] = []): Authenticator {
  return {
    passkeys,
    async create(options, pageOrigin) {
      const { challenge, rp, user, pubKeyCredParams, excludeCredentials = [] } = options as CreationOptions;
      const rpId = rp.id ?? new URL(pageOrigin).hostname;
      if (!pubKeyCredParams.some(({ alg }) => alg === ES256))
        throw new Error("NotSupportedError: ES256 is not asked for");
      if (excludeCredentials.some(({ id }) => passkeys.some((own) => own.id === id))) {
        throw new Error("InvalidStateError: this authenticator holds a passkey of this member");
      }
      const pair = (await crypto.subtle.generateKey(EC_P256, true, ["sign", "verify"])) as { privateKey: CryptoKey };
      const { x, y, d } = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as {
        x: string;
        y: string;
        d: string;
      };
      const id = crypto.getRandomValues(new Uint8Array(32));
      const passkey: SoftwarePasskey = {
        id: toBase64url(id),
        rp_id: rpId,
        user_handle: user.id,
        private_jwk: { kty: "EC", crv: "P-256", x, y, d },
      };
      passkeys.push(passkey);
      const cose = concat(
        bytes(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20),
        fromBase64url(x),
        bytes(0x22, 0x58, 0x20),
        fromBase64url(y),
      );
      const attested = concat(new Uint8Array(16), bytes(0, id.length), id, cose);
      const data = concat(authenticatorData(rpId, ATTESTED), attested);
      return {
        ...credential(passkey),
        response: {
          clientDataJSON: toBase64url(clientData("webauthn.create", challenge, pageOrigin)),
          attestationObject: toBase64url(noAttestation(data)),
          transports: ["internal"],
        },
      };
    },
    async get(options, pageOrigin) {
      const { challenge, rpId = new URL(pageOrigin).hostname, allowCredentials = [] } = options as RequestOptions;
      const allowed = new Set(allowCredentials.map(({ id }) => id));
      const passkey = passkeys.find((own) => own.rp_id === rpId && (allowed.size === 0 || allowed.has(own.id)));
      if (!passkey) throw new Error(`NotAllowedError: no passkey for ${rpId} here`);
      const data = authenticatorData(rpId, 0);
      const client = clientData("webauthn.get", challenge, pageOrigin);
      const key = await crypto.subtle.importKey("jwk", passkey.private_jwk, EC_P256, false, ["sign"]);
      const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, concat(data, sha256(client)));
      return {
        ...credential(passkey),
        response: {
          clientDataJSON: toBase64url(client),
          authenticatorData: toBase64url(data),
          signature: toBase64url(derSignature(new Uint8Array(raw))),
          userHandle: passkey.user_handle,
        },
      };
    },
  };
}

function credential({ id }: SoftwarePasskey) {
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: "platform",
    clientExtensionResults: {},
  } as const;
}

function authenticatorData(rpId: string, flag: number): Bytes {
  const flags = USER_PRESENT | USER_VERIFIED | BACKUP_ELIGIBLE_AND_STATE | flag;
  // a synced passkey reports the counter 0 for ever
  return concat(sha256(utf8(rpId)), bytes(flags, 0, 0, 0, 0));
}

function clientData(type: string, challenge: string, pageOrigin: string): Bytes {
  return utf8(JSON.stringify({ type, challenge, origin: new URL(pageOrigin).origin, crossOrigin: false }));
}

/** CBOR {"fmt": "none", "attStmt": {}, "authData": data}, written out: three fixed keys need no encoder. */
function noAttestation(data: Bytes): Bytes {
  return concat(
    bytes(0xa3, 0x63),
    utf8("fmt"),
    bytes(0x64),
    utf8("none"),
    bytes(0x67),
    utf8("attStmt"),
    bytes(0xa0),
    bytes(0x68),
    utf8("authData"),
    bytes(0x58, data.length),
    data,
  );
}

/** WebCrypto signs r ‖ s; WebAuthn carries the ASN.1 DER form. */
export function derSignature(raw: Bytes): Bytes {
  const integers = [raw.slice(0, 32), raw.slice(32)].map((value) => {
    const start = value.findIndex((byte) => byte !== 0);
    const digits = value.slice(start);
    const body = (digits[0] ?? 0) & 0x80 ? concat(bytes(0), digits) : digits;
    return concat(bytes(0x02, body.length), body);
  });
  const sequence = concat(...integers);
  return concat(bytes(0x30, sequence.length), sequence);
}

function bytes(...values: number[]): Bytes {
  return Uint8Array.from(values);
}
