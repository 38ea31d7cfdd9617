CREATE TABLE `campaign` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`closes` integer NOT NULL,
	`ended` integer NOT NULL,
	`terms` text NOT NULL,
	`closing` text,
	`sums` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `campaign_idx` ON `campaign` (`idx`);--> statement-breakpoint
CREATE INDEX `campaign_closes` ON `campaign` (`ended`,`closes`);--> statement-breakpoint
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
CREATE TABLE `community` (
	`origin` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`reason` text NOT NULL,
	`since` integer,
	`url` text NOT NULL,
	`join_leaf` text NOT NULL,
	`join_index` integer NOT NULL,
	`report_jwk` text NOT NULL,
	`book_vkey` text NOT NULL,
	`profile` text NOT NULL,
	`last_seq` integer NOT NULL,
	`last_leaf` text NOT NULL,
	`last_at` integer NOT NULL,
	`pulled_at` integer DEFAULT 0 NOT NULL,
	`counted_leaf` text,
	`counted_iat` integer,
	`fresh` integer NOT NULL,
	`counted` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `community_counted` ON `community` (`fresh`,`counted_iat`);--> statement-breakpoint
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
CREATE TABLE `history` (
	`idx` integer PRIMARY KEY NOT NULL,
	`point` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `history_day` (
	`day` integer PRIMARY KEY NOT NULL,
	`point` text NOT NULL
);
--> statement-breakpoint
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
CREATE TABLE `join_key` (
	`key` text PRIMARY KEY NOT NULL,
	`origin` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `join_request` (
	`origin` text PRIMARY KEY NOT NULL,
	`leaf` text NOT NULL,
	`jws` text NOT NULL,
	`status` text NOT NULL,
	`reason` text NOT NULL,
	`received_at` integer NOT NULL,
	`confirmed` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
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
CREATE TABLE `mirror` (
	`origin` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`size` integer NOT NULL,
	`frontier` text NOT NULL,
	`genesis` text,
	`day` text,
	`tallies` text NOT NULL,
	`verified_size` integer NOT NULL,
	`verified_root` text NOT NULL,
	`consistent` integer NOT NULL,
	`bad_index` integer,
	`bad_code` text,
	`reread_for` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `mirror_chain` (
	`origin` text NOT NULL,
	`head` text NOT NULL,
	`chain` text NOT NULL,
	PRIMARY KEY(`origin`, `head`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `mirror_key` (
	`origin` text NOT NULL,
	`leaf` text NOT NULL,
	`ended` integer NOT NULL,
	PRIMARY KEY(`origin`, `leaf`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `network` (
	`id` integer PRIMARY KEY NOT NULL,
	`log_time` integer NOT NULL,
	`policy` text,
	`rates` text,
	`sums` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `product` (
	`id` integer PRIMARY KEY NOT NULL,
	`gtin` text NOT NULL,
	`name` text NOT NULL,
	`brand` text,
	`data` text NOT NULL,
	`hash` text NOT NULL,
	`search` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `recovery_code` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`member_id`) REFERENCES `member`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `recovery_code_member` ON `recovery_code` (`member_id`);--> statement-breakpoint
CREATE TABLE `report` (
	`idx` integer NOT NULL,
	`origin` text NOT NULL,
	`seq` integer NOT NULL,
	`leaf` text NOT NULL,
	`at` integer NOT NULL,
	`book_size` integer NOT NULL,
	PRIMARY KEY(`origin`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_todo` (
	`report_idx` integer PRIMARY KEY NOT NULL,
	`origin` text NOT NULL,
	`seq` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`unreadable_since` integer
);
--> statement-breakpoint
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
CREATE TABLE `totals` (
	`size` integer PRIMARY KEY NOT NULL,
	`iat` integer NOT NULL,
	`jws` text NOT NULL,
	`network` text NOT NULL,
	`etag` text NOT NULL,
	`logged` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `verdict` (
	`report_idx` integer PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`ok` integer NOT NULL,
	`code` text,
	`bad_index` integer
);
