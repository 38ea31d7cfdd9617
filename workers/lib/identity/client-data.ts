/** What @simplewebauthn/server lets through and we do not: a ceremony inside someone else's frame. */
import { fromBase64url, fromUtf8 } from "../../../shared/bytes.ts";

export function sameFrame(clientDataJson: string): boolean {
  try {
    const data = JSON.parse(fromUtf8(fromBase64url(clientDataJson))) as unknown;
    if (typeof data !== "object" || data === null) return false;
    return !("topOrigin" in data) && !("crossOrigin" in data && data.crossOrigin !== false);
  } catch {
    return false;
  }
}
