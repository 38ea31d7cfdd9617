/**
 * What suppliers are shown (docs/signals.md). It follows from the log and from the sizes at which it changed; written by
 * jobs/write-signals.ts only, and read by the public pages only.
 */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row per campaign: what is shown now, and everything that was, because a new number is held against it. */
export const signalRelease = sqliteTable("signal_release", {
  campaign: text().primaryKey(),
  /** log size at which the campaign was last looked at; NULL is refused, which fails the batch of whoever came late */
  size: integer().notNull(),
  /** the campaign's numbers as they were then: what differs is looked at again */
  seen: text().notNull(),
  /** the running month for which a row stands in `signal_month` */
  month: text().notNull(),
  /** of the catalogue */
  gtin: text(),
  category: text(),
  /** JSON: every region it had demand in */
  regions: text().notNull(),
  /** its first month in `signal_month`; null before it */
  since: text(),
  /** JSON of release and fulfilment */
  data: text().notNull(),
});

/** Cells of one campaign by month, JSON: the running month is written anew, earlier ones stay. */
export const signalMonth = sqliteTable(
  "signal_month",
  {
    month: text().notNull(),
    campaign: text().notNull(),
    data: text().notNull(),
  },
  // a month of a campaign is inserted once and then written anew: the index costs one row in its life
  (table) => [
    primaryKey({ columns: [table.month, table.campaign] }),
    index("signal_month_campaign").on(table.campaign),
  ],
);

/** What was shown of a campaign at the end of each UTC day on which it changed: `day` counts days since 1970. */
export const campaignDay = sqliteTable(
  "campaign_day",
  {
    campaign: text().notNull(),
    day: integer().notNull(),
    point: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaign, table.day] })],
);
