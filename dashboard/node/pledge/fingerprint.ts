/** The document's hash, computed in this browser with the code every verifier uses. Loaded only when something is about to be signed. */
import type { MemberDocument } from "../../../shared/protocol/document.ts";

export async function fingerprint(document: MemberDocument): Promise<string> {
  const [{ documentHash }, { toBase64url }] = await Promise.all([
    import("../../../shared/signing/document.ts"),
    import("../../../shared/bytes.ts"),
  ]);
  return toBase64url(documentHash(document));
}
