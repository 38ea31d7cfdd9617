/**
 * receipt.json: exactly the file a member keeps and `npm run verify -- pledge` reads. receipt-steps.json: every value on
 * the way from the document to the published total. receipt-served.json: what hub and community serve of it, by path.
 */
import {
  concat,
  fromBase64url,
  fromUtf8,
  sha256,
  toBase64,
  toBase64url,
  toHex,
  utf8,
} from "../../../../shared/bytes.ts";
import { trackerCode } from "../../../../shared/book/tracker.ts";
import type { Receipt } from "../../../../shared/protocol/document.ts";
import { canonicalJson } from "../../../../shared/signing/canonical.ts";
import { documentHash } from "../../../../shared/signing/document.ts";
import { followPledge } from "../../../../shared/verify/pledge.ts";
import type { Source } from "../../../../shared/verify/source.ts";
import { makeMember } from "../../../unit/verify/member.ts";
import { seededPasskey } from "./passkey.ts";
import { smallWorld } from "./world.ts";

export async function makeReceipt() {
  const { hub, campaign, a } = await smallWorld();
  const terms = hub.state.campaigns.get(campaign)?.terms;
  if (terms === undefined) throw new Error("the campaign is published");
  const terms_sha256 = toBase64url(sha256(utf8(canonicalJson(terms))));
  const member = await makeMember(a, hub, campaign, { passkey: await seededPasskey(0x70), terms_sha256 });
  const receipt = await member.sign({ typ: "pledge" });
  const keyEntry = fromUtf8(a.book.entries[member.key.index] ?? utf8(""));
  a.pledge(campaign, "4", 1);
  await hub.report(a);
  await hub.publishTotals();
  const hubSide = recorder(hub.served.source);
  const nodeSide = recorder(a.served.source);
  const followed = await followPledge(receipt, {
    now: hub.now,
    hubSource: hubSide.source,
    nodeSource: nodeSide.source,
  });
  return {
    receipt,
    steps: stepsOf(receipt, keyEntry, terms),
    served: {
      now: hub.now,
      checks: followed.checks.map(({ id, ok }) => ({ id, ok })),
      ticks: followed.ticks,
      hub: hubSide.files,
      node: nodeSide.files,
    },
  };
}

function stepsOf({ document, suite, signature, key, salt, entry }: Receipt, keyEntry: string, terms: object) {
  const [authenticatorData, clientDataJson] = [signature.authenticator_data, signature.client_data_json].map(
    fromBase64url,
  );
  if (authenticatorData === undefined || clientDataJson === undefined) throw new Error("both are there");
  const opening = canonicalJson({ document, suite, signature, key_leaf: key.leaf });
  const keyOpening = canonicalJson({ account: document.account, jwk: key.jwk });
  const thumbprinted = canonicalJson(key.jwk);
  return {
    terms_jcs: canonicalJson(terms),
    terms_sha256: document.terms_sha256,
    document_jcs: canonicalJson(document),
    /** H: SHA-256("cocoon/doc/v1" ‖ 0x00 ‖ JCS(document)), and as the WebAuthn challenge */
    document_hash_hex: toHex(documentHash(document)),
    client_data_json: fromUtf8(clientDataJson),
    authenticator_data_hex: toHex(authenticatorData),
    signed_hex: toHex(concat(authenticatorData, sha256(clientDataJson))),
    /** RFC 7638; here the members of the JWK are exactly the required ones */
    key_thumbprint: { jcs: thumbprinted, sha256: toBase64url(sha256(utf8(thumbprinted))) },
    /** cm = SHA-256(salt ‖ JCS) */
    key_commitment: {
      salt: key.salt,
      jcs: keyOpening,
      cm: (JSON.parse(keyEntry) as { cm: string }).cm,
      entry: keyEntry,
      leaf: key.leaf,
    },
    commitment: {
      salt,
      jcs: opening,
      cm: (JSON.parse(entry.json) as { cm: string }).cm,
      entry: entry.json,
      leaf: entry.leaf,
    },
    tracker_code: trackerCode(entry.leaf),
  };
}

/** The same source, and what it gave, by path: text as it is, other bytes as base64. */
function recorder(from: Source) {
  const files: Record<string, { text: string } | { base64: string }> = {};
  const source: Source = {
    name: from.name,
    async get(path, maxBytes) {
      const got = await from.get(path, maxBytes);
      if (got.status === 200)
        files[path] = path.includes("/tile/") ? { base64: toBase64(got.bytes) } : { text: fromUtf8(got.bytes) };
      return got;
    },
  };
  return { source, files };
}
