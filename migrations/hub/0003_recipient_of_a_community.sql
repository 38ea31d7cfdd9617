ALTER TABLE `recipient` ADD `origin` text;--> statement-breakpoint
CREATE INDEX `recipient_origin` ON `recipient` (`origin`) WHERE origin IS NOT NULL;--> statement-breakpoint
CREATE INDEX `award_funder` ON `award` (`funder`,`decided_on`,`id`);--> statement-breakpoint
CREATE INDEX `award_recipient` ON `award` (`recipient`,`decided_on`,`id`);--> statement-breakpoint
CREATE INDEX `award_instrument` ON `award` (`instrument`,`decided_on`,`id`);