CREATE TABLE `evidence` (
	`accused` text NOT NULL,
	`kind` text NOT NULL,
	`party` text NOT NULL,
	`hub` text NOT NULL,
	`sha256` text NOT NULL,
	`document` text NOT NULL,
	`received_at` integer NOT NULL,
	`log_index` integer,
	`rounds` integer DEFAULT 0 NOT NULL,
	`offered_to` text DEFAULT '' NOT NULL,
	`next_at` integer NOT NULL,
	PRIMARY KEY(`accused`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `evidence_sha256` ON `evidence` (`sha256`);