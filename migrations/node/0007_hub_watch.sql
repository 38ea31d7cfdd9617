CREATE TABLE `hub_watch` (
	`hub` text PRIMARY KEY NOT NULL,
	`size` integer,
	`root` text,
	`codes` text NOT NULL,
	`since` integer NOT NULL,
	`checked_at` integer NOT NULL,
	`told` text NOT NULL
) WITHOUT ROWID;
