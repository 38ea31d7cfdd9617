CREATE TABLE `alert` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`data` text NOT NULL,
	`secret` text,
	`created_at` integer NOT NULL,
	`fired_at` integer,
	`above` integer NOT NULL,
	`paused` integer NOT NULL,
	`status` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alert_member` ON `alert` (`member_id`);--> statement-breakpoint
CREATE TABLE `delivery` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`member_id` text NOT NULL,
	`alert_id` text,
	`body` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `delivery_next` ON `delivery` (`next_at`);--> statement-breakpoint
CREATE TABLE `email_code` (
	`id` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`code` text NOT NULL,
	`browser` text NOT NULL,
	`introduction` text,
	`attempts` integer NOT NULL,
	`used_at` integer,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `email_code_address` ON `email_code` (`address`,`expires_at`);--> statement-breakpoint
CREATE TABLE `intention` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`funder` text NOT NULL,
	`fund` text NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`due_on` text,
	`note` text NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `intention_funder` ON `intention` (`funder`,`at`);--> statement-breakpoint
CREATE INDEX `intention_state` ON `intention` (`state`,`at`);--> statement-breakpoint
CREATE TABLE `member_email` (
	`member_id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `member_email_email_unique` ON `member_email` (`email`);--> statement-breakpoint
CREATE TABLE `party` (
	`member_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`party` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `party_invite` (
	`invite_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`party` text NOT NULL
) WITHOUT ROWID;
