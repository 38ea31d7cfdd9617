/**
 * Why members who pledged would not take more (docs/signals.md §5): one theme a member and campaign. It is in no book; the
 * report carries numbers of accounts, only of themes that enough of them chose.
 */
import { type FeedbackTheme, MIN_FEEDBACK_ACCOUNTS } from "../../../shared/protocol/feedback.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";

/** One row and one of the partial index; nothing where the member has no live pledge. It travels with the next report. */
export function writeFeedback(
  db: D1Database,
  { member, campaign, theme }: { member: string; campaign: string; theme: FeedbackTheme | null },
): D1PreparedStatement {
  return db
    .prepare("UPDATE pledge SET theme = ? WHERE member = ? AND campaign = ? AND head IS NOT NULL AND band IS NOT NULL")
    .bind(theme, member, campaign);
}

/** By the partial index alone: as many rows as members who chose one. */
export function feedbackQuery(db: D1Database): D1PreparedStatement {
  return db
    .prepare(
      `SELECT campaign, theme, count(*) AS accounts FROM pledge
       WHERE theme IS NOT NULL AND band IS NOT NULL AND head IS NOT NULL
       GROUP BY campaign, theme HAVING count(*) >= ? ORDER BY campaign, theme`,
    )
    .bind(MIN_FEEDBACK_ACCOUNTS);
}

export function withFeedback(totals: readonly CampaignTotals[], rows: readonly unknown[]): CampaignTotals[] {
  const said = new Map<string, NonNullable<CampaignTotals["feedback"]>>();
  for (const { campaign, theme, accounts } of rows as { campaign: string; theme: FeedbackTheme; accounts: number }[]) {
    said.set(campaign, { ...said.get(campaign), [theme]: accounts });
  }
  return totals.map((one) => {
    const feedback = said.get(one.c);
    return feedback === undefined ? one : { ...one, feedback };
  });
}
