/** Bounds of one request or one invocation of a hub, in one place. They keep a free plan inside its 50 queries and 10 ms. */

/** Statements in one POST /log/entries, whatever MAX_BATCH says. */
export const MAX_BATCH_LIMIT = 256;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** Book entries read from one node in one step of checking. */
export const SLICE_ENTRIES = 512;
/** Nodes whose books are read in one step of checking. */
export const SLICE_NODES = 6;
/** How long a book may be unreadable before its report fails. */
export const BOOK_UNAVAILABLE_AFTER_S = 24 * 3600;
/** Totals are signed anew at least this often. */
export const TOTALS_EVERY_S = 6 * 3600;
export const MAX_IMPORT_LINES = 500;
export const MAX_IMPORT_BYTES = 1024 * 1024;
/** A community that said nothing for this long is on the operator's list. */
export const SILENT_AFTER_S = 3 * 24 * 3600;
/** Reference rates older than this are on the operator's list. */
export const RATES_OLD_AFTER_S = 7 * 24 * 3600;
/** A report without a verdict for this long is on the operator's list. */
export const UNCHECKED_AFTER_S = 3600;
/** A head without its quorum for this long is on the operator's list. */
export const WITNESSES_LATE_AFTER_S = 3600;
/** Steps of checking in one invocation: each is about ten queries. */
export const CHECK_STEPS = 3;
export const MAX_PAGE = 100;
/** A quiet node is asked this often whether a report was missed. */
export const PULL_EVERY_S = 3600;
/** The nightly replay folds the whole log in one invocation up to this size; larger logs are verified from outside. */
export const MAX_REPLAY = 20_000;
/** Conditions settled by rule in one run: each is an entry of its own. */
export const MAX_RELEASES = 2;
/** Offers in one file, each a row or more. */
export const MAX_EXPORT_OFFERS = 1000;
/** Awards and transfers in one file; larger sets are asked for by fund. */
export const MAX_EXPORT_AWARDS = 2000;
export const MAX_EXPORT_TRANSFERS = 5000;
/** Campaigns, communities, funds in one file. */
export const MAX_EXPORT_ROWS = 1000;
/** Sums of a day that one converted flow picture is made of: bounds its processor time. */
export const MAX_CONVERTED_ROWS = 5_000;
/** Transfers these sums are made of: bounds what a refusal reads. */
export const MAX_CONVERTED_TRANSFERS = 10_000;
/** Communities a quadratic run may read, and totals of campaigns in their reports: rows, and CPU for roots. */
export const MATCHING_IN_PUBLIC = { communities: 100, totals: 250 };
export const MATCHING_AT_THE_DESK = { communities: 300, totals: 1000 };
/** Messages sent in one run, at three queries each. */
export const MAX_DELIVERIES = 6;
/** Alerts of one account. */
export const MAX_ALERTS = 20;
/** Alerts looked at in one run; with more, runs take turns. */
export const ALERTS_A_RUN = 200;
/** Campaigns whose signals are moved on in one portion of nine queries, at most, and what it may read of reports: CPU. */
export const SIGNAL_CAMPAIGNS = 8;
export const SIGNAL_PARTS = 1000;
/** Campaigns by month in one page of signals, and in the file. */
export const MAX_SIGNAL_PAGE = 60;
export const MAX_EXPORT_SIGNALS = 500;
/** Pledges drawn in an audit, in each currency. */
export const AUDIT_SAMPLES = 30;
/** Openings looked at in one run: two signatures and two proofs each. */
export const AUDIT_SLICE = 5;
/** A tick audits a community whose turn has come once in so many: half a day on average, and not to be foreseen. */
export const AUDIT_ODDS = 144;
/** Openings are kept this long after the question. */
export const KEEP_OPENINGS_S = 30 * 86_400;
/** Queries of one invocation of a free plan. */
export const FREE_PLAN_QUERIES = 50;
/** What asking witnesses takes when all goes well. */
export const COLLECT_QUERIES = 8;
/** After new entries witnesses are asked at most this often; the schedule asks besides. */
export const COLLECT_EVERY_S = 30;
