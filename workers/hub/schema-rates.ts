/**
 * Reference rates by day, as published: what conversions at the rate of a day read. Not part of the log's view: the log
 * has the rates in force, and everybody can compare these days with their publisher's.
 */
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const rateDay = sqliteTable("rate_day", {
  /** UTC day of publication */
  day: text().primaryKey(),
  source: text().notNull(),
  /** JSON object: units of each currency for one euro, as decimal text */
  rates: text().notNull(),
});
