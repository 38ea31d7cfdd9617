CREATE TABLE `witness_log` (
	`origin` text PRIMARY KEY NOT NULL,
	`vkey` text NOT NULL,
	`added_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `cosigner` (
	`vkey` text PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`root` text,
	`line` text,
	`at` integer,
	`attempts` integer NOT NULL,
	`next_at` integer,
	`error` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `log_guard` (
	`id` integer PRIMARY KEY NOT NULL,
	`checked_at` integer NOT NULL,
	`halted_by` text,
	`halted_note` text,
	`halted_at` integer
);
--> statement-breakpoint
CREATE TABLE `witness_refusal` (
	`origin` text NOT NULL,
	`code` text NOT NULL,
	`count` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`held` text,
	`refused` text NOT NULL,
	PRIMARY KEY(`origin`, `code`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `witnessed` (
	`id` text PRIMARY KEY NOT NULL,
	`origin` text NOT NULL,
	`size` integer NOT NULL,
	`root` text NOT NULL,
	`note` text NOT NULL,
	`cosignature` text NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
