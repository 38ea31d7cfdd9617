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
