/** Whom a community offers evidence to: its hubs, and the communities they list, so that no hub can keep it to itself. */
import { communityPage } from "../../../shared/protocol/api/network.ts";
import { type Recipient, passEvidenceOn } from "../../lib/evidence/pass-on.ts";
import type { NodeContext } from "../context.ts";

const LISTED = 100;

export async function passOn(context: NodeContext): Promise<void> {
  await passEvidenceOn(context, async (_, after, limit) => {
    const { results: hubs } = await context.db
      .prepare("SELECT origin, url FROM hub WHERE status = 'admitted' ORDER BY origin LIMIT 32")
      .all<Recipient>();
    const lists = await Promise.all(hubs.map(async ({ url }) => await communitiesOf(context, url)));
    const known = new Map([...hubs, ...lists.flat()].map(({ origin, url }) => [origin, url]));
    known.delete(context.config.origin);
    return [...known]
      .map(([origin, url]) => ({ origin, url }))
      .filter(({ origin }) => origin > after)
      .toSorted((a, b) => (a.origin < b.origin ? -1 : 1))
      .slice(0, limit);
  });
}

async function communitiesOf({ peer }: NodeContext, hub: string): Promise<Recipient[]> {
  const listed = await peer.getJson(
    `${hub.replace(/\/+$/, "")}/api/communities?limit=${String(LISTED)}`,
    communityPage,
  );
  return listed.ok ? listed.value.communities.map(({ origin, url }) => ({ origin, url })) : [];
}
