CREATE TABLE `rate_day` (
	`day` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`rates` text NOT NULL
) WITHOUT ROWID;
