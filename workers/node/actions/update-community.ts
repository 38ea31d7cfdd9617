/** The steward's profile of the community. Every hub hears of it with the next report: the same batch says so. */
import type { z } from "zod";
import type { updateCommunity as body } from "../../../shared/protocol/api/community.ts";
import type { NodeContext } from "../context.ts";
import { markAllDirty } from "../queries/outbox.ts";

export async function updateCommunity({ db, now }: NodeContext, profile: z.infer<typeof body>): Promise<void> {
  const { name, about, region, languages } = profile;
  await db.batch([
    db
      .prepare(
        `INSERT INTO community (id, name, about, region, languages, updated_at) VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, about = excluded.about, region = excluded.region,
           languages = excluded.languages, updated_at = excluded.updated_at`,
      )
      .bind(name, about, region, JSON.stringify(languages), now()),
    markAllDirty(db, now()),
  ]);
}
