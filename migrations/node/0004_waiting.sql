CREATE TABLE `waiting` (
	`member` text NOT NULL,
	`campaign` text NOT NULL,
	`cm` text NOT NULL,
	`seq` integer NOT NULL,
	`document` text NOT NULL,
	`signature` text NOT NULL,
	`salt` text NOT NULL,
	`key_leaf` text NOT NULL,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`member`, `campaign`)
) WITHOUT ROWID;
