CREATE INDEX `offer_standing` ON `offer` (`valid_until`) WHERE ended IS NULL;--> statement-breakpoint
CREATE INDEX `offer_standing_campaign` ON `offer` (`campaign`,`valid_until`) WHERE ended IS NULL;--> statement-breakpoint
CREATE INDEX `offer_standing_supplier` ON `offer` (`supplier`,`valid_until`) WHERE ended IS NULL;