ALTER TABLE `pledge` ADD `theme` text;--> statement-breakpoint
CREATE INDEX `pledge_theme` ON `pledge` (`campaign`,`theme`) WHERE theme IS NOT NULL AND band IS NOT NULL AND head IS NOT NULL;