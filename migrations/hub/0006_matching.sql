CREATE TABLE `matching_input` (
	`sha256` text PRIMARY KEY NOT NULL,
	`inputs` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `allocation_idx` ON `allocation` (`idx`);