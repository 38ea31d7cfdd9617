ALTER TABLE `community` ADD `keys` text;--> statement-breakpoint
ALTER TABLE `community` ADD `recovery_due` integer;--> statement-breakpoint
CREATE INDEX `community_recovery` ON `community` (`recovery_due`) WHERE recovery_due IS NOT NULL;--> statement-breakpoint
ALTER TABLE `network` ADD `hub_keys` text;