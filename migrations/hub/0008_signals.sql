CREATE TABLE `campaign_day` (
	`campaign` text NOT NULL,
	`day` integer NOT NULL,
	`point` text NOT NULL,
	PRIMARY KEY(`campaign`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `signal_month` (
	`month` text NOT NULL,
	`campaign` text NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`month`, `campaign`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `signal_month_campaign` ON `signal_month` (`campaign`);--> statement-breakpoint
CREATE TABLE `signal_release` (
	`campaign` text PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`seen` text NOT NULL,
	`month` text NOT NULL,
	`gtin` text,
	`category` text,
	`regions` text NOT NULL,
	`since` text,
	`data` text NOT NULL
) WITHOUT ROWID;
