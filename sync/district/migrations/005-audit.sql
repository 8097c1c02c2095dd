-- Who read or changed what.  Rows are only ever added, and dropped whole when
-- they are older than the settings say.  No child's name: opaque ids.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	who_kind INTEGER NOT NULL,       -- AuditWho
	who TEXT NOT NULL,               -- their id; '': not known
	address TEXT NOT NULL,           -- ''
	action TEXT NOT NULL,            -- a route or a command
	object TEXT NOT NULL,            -- kind:id; ''
	about TEXT NOT NULL,             -- the learner, or a whole class; ''
	n INTEGER NOT NULL,              -- how many times, or of how many
	status INTEGER NOT NULL          -- as HTTP has it; 200: done
) STRICT;
CREATE INDEX audit_at ON audit (at_us);
CREATE INDEX audit_about ON audit (about) WHERE about <> '';
