CREATE TABLE `audit` (
	`hub` text NOT NULL,
	`leaf` text NOT NULL,
	`asked` integer NOT NULL,
	`drawn` integer NOT NULL,
	`answered_at` integer NOT NULL,
	PRIMARY KEY(`hub`, `asked`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `receipt` ADD `audited_at` integer;