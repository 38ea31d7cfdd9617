CREATE INDEX `recipient_newest` ON `recipient` (`idx`);--> statement-breakpoint
CREATE INDEX `transfer_rare` ON `transfer` (`code`) WHERE code NOT IN ('receipt', 'award', 'disbursement');