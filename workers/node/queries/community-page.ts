/** `GET /api/community`: five reads in one round trip. */
import type { Community } from "../../../shared/protocol/api/community.ts";
import { originOfLog, signerOf } from "../../lib/log-read.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import type { NodeContext } from "../context.ts";
import { communityQuery, type CommunityRow, languagesOf, memberCountQuery } from "./community.ts";
import { type HubRow, hubsQuery, linkOf } from "./hub.ts";
import { numberOf } from "./rows.ts";

export async function readCommunity({ db, config }: NodeContext): Promise<Community> {
  const [profile, members, tallies, head, hubs] = await db.batch([
    communityQuery(db),
    memberCountQuery(db),
    // one row per campaign that anyone here pledged for
    db.prepare("SELECT coalesce(sum(j.value), 0) AS pledges FROM tally t, json_each(t.chains) j"),
    headQuery(db),
    hubsQuery(db),
  ]);
  const book = headOf(head?.results ?? []);
  const row = profile?.results[0] as CommunityRow | undefined;
  return {
    named: row !== undefined,
    name: row?.name ?? config.origin,
    about: row?.about ?? "",
    region: row?.region ?? null,
    languages: row === undefined ? [] : languagesOf(row),
    members: numberOf(members?.results, "members"),
    pledges: numberOf(tallies?.results, "pledges"),
    origin: config.origin,
    demo: config.demo,
    book: {
      origin: originOfLog(config.book, book),
      size: book.size,
      vkey: (await signerOf(config.book.skey)).vkey,
    },
    hubs: ((hubs?.results ?? []) as HubRow[]).map(linkOf),
  };
}
