/** A member with a software passkey at a test node: registers a key, signs pledges, keeps receipts. */
import { createAuthenticator } from "../../../scripts/demo/authenticator.ts";
import { type Bytes, fromBase64url, sha256url, toBase64url, utf8 } from "../../../shared/bytes.ts";
import type { MemberDocument, MemberKey, Receipt, WebauthnSignature } from "../../../shared/protocol/document.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { commitDocument, commitKey, documentHash } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { START, type TestHub, type TestNode } from "./world.ts";

const DAY = "2026-06-01";

/** What signs a member's documents. */
export interface Passkey {
  readonly jwk: MemberKey;
  sign(challenge: Bytes, rpId: string, page: string): Promise<WebauthnSignature>;
}

async function softwarePasskey(rpId: string, page: string): Promise<Passkey> {
  const authenticator = createAuthenticator();
  const user = { id: "dXNlcg", name: "Ada", displayName: "Ada" };
  await authenticator.create(
    { challenge: "Y2g", rp: { id: rpId, name: "a" }, user, pubKeyCredParams: [{ type: "public-key", alg: -7 }] },
    page,
  );
  const { x, y } = authenticator.passkeys[0]!.private_jwk;
  return {
    jwk: { kty: "EC", crv: "P-256", x, y },
    async sign(challenge) {
      const { response } = await authenticator.get({ challenge: toBase64url(challenge), rpId }, page);
      return {
        authenticator_data: response.authenticatorData,
        client_data_json: response.clientDataJSON,
        signature: response.signature,
      };
    },
  };
}

export async function makeMember(
  node: TestNode,
  hub: TestHub,
  campaign: string,
  given: { passkey?: Passkey; terms_sha256?: string; name?: string } = {},
) {
  const page = `https://${node.origin}`;
  const { passkey = await softwarePasskey(node.origin, page), terms_sha256 = sha256url(utf8("terms")) } = given;
  const { name = "" } = given;
  const { jwk } = passkey;
  const account = sha256url(utf8(`account${name}`));
  const keySalt = sha256url(utf8(`key salt${name}`));
  const key = node.write({ t: "key", cm: commitKey({ account, jwk }, fromBase64url(keySalt)), d: DAY });
  let seq = 0;

  /** Signs the document, writes the entry, and gives the receipt as the node would. */
  async function sign(
    changes: {
      typ: MemberDocument["typ"];
      replaces?: string;
      qty?: string;
      band?: number;
    },
    { isNew = false } = {},
  ): Promise<Receipt> {
    seq += 1;
    const { typ, replaces = null, qty = "2", band = 1 } = changes;
    const envelope = {
      v: 1,
      node: node.origin,
      hub: hub.log.origin,
      rp_id: node.origin,
      campaign,
      terms_sha256,
      account,
      key: thumbprint(jwk),
      replaces,
      seq,
      issued_at: START,
      valid_until: START + 600,
      nonce: sha256url(utf8(`nonce ${seq}${name}`)),
    };
    const more = {
      pledge: { qty, currency: "EUR", max_unit_price_minor: "600", band, tolerance: "0" },
      interest: { qty },
      withdraw: {},
    };
    const document = { typ, ...envelope, ...more[typ] } as MemberDocument;
    const signature = await passkey.sign(documentHash(document), node.origin, page);
    const salt = sha256url(utf8(`salt ${seq}${name}`));
    const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: key.leaf }, fromBase64url(salt));
    const entry = entryOf(isNew ? ({ ...document, replaces: null } as MemberDocument) : document, cm, campaign);
    const written = node.write(entry);
    return {
      kind: "cocoon-receipt",
      v: 1,
      node: { origin: node.origin, url: page, vkey: node.vkey },
      hub: { origin: hub.log.origin, url: "https://hub.example", vkey: hub.vkey },
      document,
      suite: "webauthn",
      signature,
      salt,
      web_origins: [page],
      key: { jwk, salt: keySalt, leaf: key.leaf, index: key.index, proof: (await node.book.proof(key.leaf))! },
      entry: { json: canonicalJson(entry), ...written, proof: (await node.book.proof(written.leaf))! },
    };
  }
  /** Signed while another book was there, entered into this one as the beginning of a chain. */
  async function enterAgain(replaces: string): Promise<Receipt> {
    return await sign({ typ: "pledge", replaces }, { isNew: true });
  }
  return { sign, enterAgain, key };
}

function entryOf(document: MemberDocument, cm: string, c: string): BookEntry {
  const common = { cm, d: DAY };
  if (document.typ === "withdraw") return { t: "withdraw", r: document.replaces, why: "member", ...common };
  const band = document.typ === "pledge" ? { b: document.band } : {};
  if (document.replaces !== null) return { t: "revise", r: document.replaces, q: document.qty, ...band, ...common };
  if (document.typ === "pledge") return { t: "pledge", c, q: document.qty, b: document.band, a: "strong", ...common };
  return { t: "interest", c, q: document.qty, a: "strong", ...common };
}
