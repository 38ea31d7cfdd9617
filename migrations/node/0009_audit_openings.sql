CREATE TABLE `audit_opening` (
	`audit` text NOT NULL,
	`leaf` text NOT NULL,
	`member` text,
	`idx` integer,
	`opening` text,
	PRIMARY KEY(`audit`, `leaf`)
) WITHOUT ROWID;
