CREATE TABLE `book_audit` (
	`leaf` text PRIMARY KEY NOT NULL,
	`node` text NOT NULL,
	`asked_at` integer NOT NULL,
	`due` integer NOT NULL,
	`drawn` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer,
	`openings` text,
	`openings_sha256` text,
	`checked` integer NOT NULL,
	`found` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `community` ADD `audits` text;--> statement-breakpoint
ALTER TABLE `community` ADD `audit_due` integer;--> statement-breakpoint
CREATE INDEX `community_audit` ON `community` (`audit_due`) WHERE audit_due IS NOT NULL;