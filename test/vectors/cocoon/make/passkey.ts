/** A passkey of the kind whose signatures follow from the key and the message alone (Ed25519), from a seed. */
import { concat, sha256, toBase64url, utf8 } from "../../../../shared/bytes.ts";
import { privateJwkOf, signer } from "../../../../shared/signing/ed25519.ts";
import type { Passkey } from "../../../unit/verify/member.ts";
import { seedOf } from "./world.ts";

/** User present and user verified; no counter. */
const FLAGS_AND_COUNTER = Uint8Array.of(0x05, 0, 0, 0, 0);

export async function seededPasskey(n: number): Promise<Passkey> {
  const key = await signer(await privateJwkOf(seedOf(n)));
  return {
    jwk: key.publicJwk,
    async sign(challenge, rpId, page) {
      const authenticatorData = concat(sha256(utf8(rpId)), FLAGS_AND_COUNTER);
      const clientData = { type: "webauthn.get", challenge: toBase64url(challenge), origin: page, crossOrigin: false };
      const clientDataJson = utf8(JSON.stringify(clientData));
      const signature = await key.sign(concat(authenticatorData, sha256(clientDataJson)));
      return {
        authenticator_data: toBase64url(authenticatorData),
        client_data_json: toBase64url(clientDataJson),
        signature: toBase64url(signature),
      };
    },
  };
}
