CREATE TABLE `promise` (
	`leaf` text PRIMARY KEY NOT NULL,
	`hub` text NOT NULL,
	`receipt` text NOT NULL,
	`next_at` integer NOT NULL,
	`broken_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `evidence_claim` (
	`accused` text NOT NULL,
	`sha256` text NOT NULL,
	`kind` text NOT NULL,
	`party` text NOT NULL,
	`hub` text NOT NULL,
	`document` text NOT NULL,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`accused`, `sha256`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `audit` ADD `answer` text;--> statement-breakpoint
ALTER TABLE `audit` ADD `receipt` text;