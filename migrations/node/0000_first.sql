CREATE TABLE `campaign` (
	`id` text PRIMARY KEY NOT NULL,
	`hub` text NOT NULL,
	`idx` integer NOT NULL,
	`name` text NOT NULL,
	`text` text NOT NULL,
	`product` text NOT NULL,
	`unit` text NOT NULL,
	`currency` text NOT NULL,
	`reference_price_minor` text NOT NULL,
	`bands_minor` text NOT NULL,
	`max_qty` text NOT NULL,
	`goal_qty` text NOT NULL,
	`closes` integer NOT NULL,
	`terms_sha256` text NOT NULL,
	`jws` text NOT NULL,
	`close_leaf` text,
	`close_outcome` text,
	`close_band` integer,
	`close_reason` text,
	`closed_at` integer,
	`network` text,
	`adopted_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `campaign_by_hub` ON `campaign` (`hub`,`idx`);--> statement-breakpoint
CREATE TABLE `community` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`about` text NOT NULL,
	`region` text NOT NULL,
	`languages` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hub` (
	`origin` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`name` text NOT NULL,
	`vkey` text NOT NULL,
	`statement_jwk` text NOT NULL,
	`status` text NOT NULL,
	`reason` text NOT NULL,
	`join_jws` text NOT NULL,
	`join_leaf` text NOT NULL,
	`requested_at` integer NOT NULL,
	`campaign_cursor` text,
	`counted_seq` integer NOT NULL,
	`counted_book_size` integer NOT NULL,
	`counted_at` integer,
	`failed_code` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `outbox` (
	`hub` text PRIMARY KEY NOT NULL,
	`rev` integer NOT NULL,
	`dirty_since` integer,
	`attempts` integer NOT NULL,
	`next_at` integer,
	`last_error` text,
	`last_seq` integer NOT NULL,
	`last_leaf` text NOT NULL,
	`last_delivered_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pledge` (
	`member` text NOT NULL,
	`campaign` text NOT NULL,
	`head` text,
	`idx` integer,
	`qty` text,
	`band` integer,
	`draft_id` text,
	`draft_document` text,
	`draft_expires` integer,
	PRIMARY KEY(`member`, `campaign`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `receipt` (
	`member` text NOT NULL,
	`idx` integer NOT NULL,
	`leaf` text NOT NULL,
	`campaign` text NOT NULL,
	`seq` integer NOT NULL,
	`document` text NOT NULL,
	`signature` text NOT NULL,
	`salt` text NOT NULL,
	`key_leaf` text NOT NULL,
	`signed_at` integer NOT NULL,
	PRIMARY KEY(`member`, `idx`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report` (
	`hub` text NOT NULL,
	`seq` integer NOT NULL,
	`leaf` text NOT NULL,
	`jws` text NOT NULL,
	`book_size` integer NOT NULL,
	`iat` integer NOT NULL,
	`delivered_at` integer,
	`counted_at` integer,
	PRIMARY KEY(`hub`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `report_by_size` ON `report` (`hub`,`book_size`);--> statement-breakpoint
CREATE TABLE `tally` (
	`campaign` text PRIMARY KEY NOT NULL,
	`units` text NOT NULL,
	`chains` text NOT NULL,
	`interest` text NOT NULL,
	`purchased` text NOT NULL,
	`locked` text NOT NULL,
	`ended` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `challenge` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`challenge` text NOT NULL,
	`member_id` text,
	`browser` text NOT NULL,
	`data` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `credential` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`public_key` blob NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`multi_device` integer NOT NULL,
	`backed_up` integer NOT NULL,
	`rp_id` text NOT NULL,
	`label` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`ended_at` integer,
	`key_leaf` text,
	`key_salt` text,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `credential_member` ON `credential` (`member_id`);--> statement-breakpoint
CREATE TABLE `invite` (
	`id` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`note` text NOT NULL,
	`inviter_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`inviter_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `member` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`state` text DEFAULT 'active' NOT NULL,
	`user_handle` text NOT NULL,
	`invite_id` text NOT NULL,
	`inviter_id` text,
	`joined_at` integer NOT NULL,
	`ended_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `member_invite_id_unique` ON `member` (`invite_id`);--> statement-breakpoint
CREATE TABLE `recovery_code` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `recovery_code_member` ON `recovery_code` (`member_id`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`recovered` integer NOT NULL,
	`credential_id` text,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `session_member` ON `session` (`member_id`);--> statement-breakpoint
CREATE TABLE `log_entry` (
	`idx` integer PRIMARY KEY NOT NULL,
	`leaf` text NOT NULL,
	`kind` text NOT NULL,
	`iss` text,
	`seq` integer,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_entry_leaf_unique` ON `log_entry` (`leaf`);--> statement-breakpoint
CREATE TABLE `log_head` (
	`id` integer PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`root` text NOT NULL,
	`frontier` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log_tile` (
	`id` integer PRIMARY KEY NOT NULL,
	`hashes` blob NOT NULL
);
