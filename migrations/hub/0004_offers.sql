CREATE TABLE `offer` (
	`idx` integer PRIMARY KEY NOT NULL,
	`supplier` text NOT NULL,
	`campaign` text NOT NULL,
	`valid_until` integer NOT NULL,
	`ended` text,
	`ended_idx` integer,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `offer_campaign` ON `offer` (`campaign`);--> statement-breakpoint
CREATE INDEX `offer_supplier` ON `offer` (`supplier`);--> statement-breakpoint
CREATE INDEX `offer_ended` ON `offer` (`ended`);--> statement-breakpoint
CREATE TABLE `supplier` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`domain` text NOT NULL,
	`country` text,
	`verified` text,
	`verified_by` text,
	`verified_note` text NOT NULL,
	`verified_at` integer,
	`domain_token` text NOT NULL,
	`checked_at` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `supplier_domain` ON `supplier` (`domain`);--> statement-breakpoint
ALTER TABLE `campaign` ADD `offers` text;