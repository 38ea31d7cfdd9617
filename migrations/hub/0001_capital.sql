CREATE TABLE `account` (
	`currency` text NOT NULL,
	`path` text NOT NULL,
	`no_overdraft` integer NOT NULL,
	`balance` integer NOT NULL,
	PRIMARY KEY(`currency`, `path`),
	CONSTRAINT "account_no_overdraft" CHECK("account"."no_overdraft" = 0 OR "account"."balance" >= 0),
	CONSTRAINT "account_exact" CHECK(abs("account"."balance") <= 9007199254740991)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `account_path` ON `account` (`path`);--> statement-breakpoint
CREATE TABLE `allocation` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`fund` text NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `approval_limit` (
	`member_id` text NOT NULL,
	`currency` text NOT NULL,
	`limit_minor` integer NOT NULL,
	PRIMARY KEY(`member_id`, `currency`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `audit_event` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`member_id` text NOT NULL,
	`who` text NOT NULL,
	`role` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `award` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`fund` text NOT NULL,
	`funder` text,
	`recipient` text NOT NULL,
	`campaign` text,
	`parent` text,
	`currency` text NOT NULL,
	`instrument` text NOT NULL,
	`decided_on` text NOT NULL,
	`state` text NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `award_decided` ON `award` (`decided_on`,`id`);--> statement-breakpoint
CREATE INDEX `award_fund` ON `award` (`fund`,`decided_on`,`id`);--> statement-breakpoint
CREATE INDEX `award_campaign` ON `award` (`campaign`,`decided_on`);--> statement-breakpoint
CREATE INDEX `award_state` ON `award` (`state`,`decided_on`);--> statement-breakpoint
CREATE INDEX `award_invested` ON `award` (`currency`,`decided_on`) WHERE instrument IN ('loan', 'recoverable_grant', 'equity');--> statement-breakpoint
CREATE TABLE `award_text` (
	`award` text PRIMARY KEY NOT NULL,
	`text` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `capital` (
	`id` integer PRIMARY KEY NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `clearing` (
	`idx` integer NOT NULL,
	`event` integer NOT NULL,
	`on_day` text NOT NULL,
	`evidence` text NOT NULL,
	PRIMARY KEY(`idx`, `event`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `commitment` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`fund` text NOT NULL,
	`funder` text NOT NULL,
	`due_on` text,
	`open` integer NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `commitment_fund` ON `commitment` (`fund`);--> statement-breakpoint
CREATE INDEX `commitment_funder` ON `commitment` (`funder`);--> statement-breakpoint
CREATE TABLE `flow_month` (
	`currency` text NOT NULL,
	`month` text NOT NULL,
	`regranted` integer NOT NULL,
	`source` text NOT NULL,
	`target` text NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`currency`, `month`, `regranted`, `source`, `target`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `flow_view` (
	`key` text PRIMARY KEY NOT NULL,
	`transfers` integer NOT NULL,
	`json` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `fund` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`funder` text,
	`currency` text NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `funder` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `grant_import` (
	`id` text PRIMARY KEY NOT NULL,
	`file_sha256` text NOT NULL,
	`fund` text NOT NULL,
	`data` text NOT NULL,
	`grants` integer NOT NULL,
	`done` integer NOT NULL,
	`imported` integer NOT NULL,
	`skipped` integer NOT NULL,
	`total` integer NOT NULL,
	`started_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `grant_import_file_sha256_unique` ON `grant_import` (`file_sha256`);--> statement-breakpoint
CREATE TABLE `grant_import_note` (
	`import_id` text NOT NULL,
	`grant` integer NOT NULL,
	`code` text NOT NULL,
	`grant_id` text NOT NULL,
	`detail` text NOT NULL,
	`skipped` integer NOT NULL,
	PRIMARY KEY(`import_id`, `grant`, `code`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `import_token` (
	`id` text PRIMARY KEY NOT NULL,
	`member_id` text NOT NULL,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `proposal` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`state` text NOT NULL,
	`needs_approval` integer NOT NULL,
	`events` text NOT NULL,
	`texts` text NOT NULL,
	`amounts` text NOT NULL,
	`note` text NOT NULL,
	`proposed_by` text NOT NULL,
	`proposed_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`reason` text NOT NULL,
	`entry_idx` integer,
	`entry_leaf` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `proposal_key_unique` ON `proposal` (`key`);--> statement-breakpoint
CREATE INDEX `proposal_state` ON `proposal` (`state`,`proposed_at`);--> statement-breakpoint
CREATE TABLE `recipient` (
	`id` text PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stage_month` (
	`currency` text NOT NULL,
	`month` text NOT NULL,
	`codes` text NOT NULL,
	PRIMARY KEY(`currency`, `month`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `transfer` (
	`seq` integer PRIMARY KEY NOT NULL,
	`idx` integer NOT NULL,
	`event` integer NOT NULL,
	`currency` text NOT NULL,
	`from_path` text NOT NULL,
	`to_path` text NOT NULL,
	`amount` integer NOT NULL,
	`code` text NOT NULL,
	`on_day` text NOT NULL,
	`award` text,
	`commitment` text,
	`regranted` integer NOT NULL,
	`reverses` integer,
	`booked_at` integer NOT NULL,
	`chain` text NOT NULL,
	CONSTRAINT "transfer_amount" CHECK("transfer"."amount" > 0 AND "transfer"."amount" <= 9007199254740991),
	CONSTRAINT "transfer_accounts" CHECK("transfer"."from_path" <> "transfer"."to_path")
);
--> statement-breakpoint
CREATE INDEX `transfer_day` ON `transfer` (`currency`,`on_day`);--> statement-breakpoint
CREATE INDEX `transfer_award` ON `transfer` (`award`);--> statement-breakpoint
CREATE INDEX `transfer_from` ON `transfer` (`from_path`);--> statement-breakpoint
CREATE INDEX `transfer_to` ON `transfer` (`to_path`);--> statement-breakpoint
CREATE UNIQUE INDEX `transfer_reverses` ON `transfer` (`reverses`);--> statement-breakpoint
ALTER TABLE `campaign` ADD `watches` text;--> statement-breakpoint
CREATE INDEX `campaign_watched` ON `campaign` (`id`) WHERE watches IS NOT NULL;--> statement-breakpoint
ALTER TABLE `network` ADD `capital` text;--> statement-breakpoint
CREATE TRIGGER `transfer_once` BEFORE INSERT ON `transfer` WHEN EXISTS (SELECT 1 FROM `transfer` WHERE `seq` = NEW.`seq`)
BEGIN SELECT RAISE(ABORT, 'transfer-immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `transfer_kept` BEFORE UPDATE ON `transfer`
BEGIN SELECT RAISE(ABORT, 'transfer-immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `transfer_stays` BEFORE DELETE ON `transfer`
BEGIN SELECT RAISE(ABORT, 'transfer-immutable'); END;
--> statement-breakpoint
CREATE TRIGGER `transfer_ledger` BEFORE INSERT ON `transfer` WHEN EXISTS (SELECT 1 FROM `account` WHERE `path` IN (NEW.`from_path`, NEW.`to_path`) AND `currency` <> NEW.`currency` AND (`path` LIKE 'fund:%' OR `path` LIKE 'award:%' OR `path` LIKE 'pri:%'))
BEGIN SELECT RAISE(ABORT, 'ledger-mismatch'); END;
--> statement-breakpoint
CREATE TRIGGER `transfer_books` AFTER INSERT ON `transfer`
BEGIN
INSERT INTO `account` (`currency`, `path`, `no_overdraft`, `balance`) SELECT NEW.`currency`, NEW.`from_path`, NEW.`from_path` LIKE 'fund:%' OR NEW.`from_path` LIKE 'award:%' OR NEW.`from_path` LIKE 'pri:%' OR NEW.`from_path` LIKE 'recipient:%', 0 WHERE NOT EXISTS (SELECT 1 FROM `account` WHERE `currency` = NEW.`currency` AND `path` = NEW.`from_path`);
INSERT INTO `account` (`currency`, `path`, `no_overdraft`, `balance`) SELECT NEW.`currency`, NEW.`to_path`, NEW.`to_path` LIKE 'fund:%' OR NEW.`to_path` LIKE 'award:%' OR NEW.`to_path` LIKE 'pri:%' OR NEW.`to_path` LIKE 'recipient:%', 0 WHERE NOT EXISTS (SELECT 1 FROM `account` WHERE `currency` = NEW.`currency` AND `path` = NEW.`to_path`);
UPDATE `account` SET `balance` = `balance` - NEW.`amount` WHERE `currency` = NEW.`currency` AND `path` = NEW.`from_path`;
UPDATE `account` SET `balance` = `balance` + NEW.`amount` WHERE `currency` = NEW.`currency` AND `path` = NEW.`to_path`;
END;
