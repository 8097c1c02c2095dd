-- Who was wrong lately, counted by every server on this archive.  Rows go
-- within an hour.
CREATE TABLE attempt (
	key TEXT PRIMARY KEY,            -- SHA-256 of what is counted by
	full_us INTEGER NOT NULL         -- when all of it is forgotten
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_full ON attempt (full_us);
