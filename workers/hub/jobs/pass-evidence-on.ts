/** Whom a hub offers evidence to: every admitted community, in the order of their origins. */
import { type Recipient, passEvidenceOn } from "../../lib/evidence/pass-on.ts";
import type { Hub } from "../hub.ts";

export async function passOn(hub: Hub): Promise<void> {
  await passEvidenceOn(hub, async (_, after, limit) => {
    const { results } = await hub.db
      .prepare("SELECT origin, url FROM community WHERE origin > ? AND status = 'admitted' ORDER BY origin LIMIT ?")
      .bind(after, limit)
      .all<Recipient>();
    return results;
  });
}
