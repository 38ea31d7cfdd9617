CREATE TABLE `mirror_bundle` (
	`origin` text NOT NULL,
	`generation` integer NOT NULL,
	`idx` integer NOT NULL,
	`hash` text,
	`lines` text NOT NULL,
	PRIMARY KEY(`origin`, `generation`, `idx`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `mirror` ADD `bundled` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `mirror` ADD `kept_generation` integer;--> statement-breakpoint
ALTER TABLE `mirror` ADD `kept_size` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `mirror` ADD `kept_note` text;