CREATE TABLE bare_entry (idx INTEGER PRIMARY KEY, data TEXT NOT NULL);
--> statement-breakpoint
CREATE TABLE bare_row (id INTEGER PRIMARY KEY, data TEXT NOT NULL);
