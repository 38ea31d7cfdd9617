CREATE TABLE `book_reset` (
	`generation` integer PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`begun_at` integer NOT NULL,
	`mirror` text,
	`mirror_next` integer,
	`entered` integer NOT NULL,
	`let_go` integer NOT NULL,
	`done_at` integer
);
