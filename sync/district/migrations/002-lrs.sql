-- Tools that speak xAPI, what statements are found by, and documents.

-- A tool's key.
CREATE TABLE tool (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	secret_hash TEXT NOT NULL,       -- SHA-256 of the secret
	scopes INTEGER NOT NULL,         -- bits of ToolScopes
	made_us INTEGER NOT NULL
) STRICT;

ALTER TABLE statement ADD COLUMN tool INTEGER REFERENCES tool (key);
CREATE INDEX statement_stored ON statement (stored_us, seq);

-- One row: how far the log goes.  Whoever appends writes it first, so that
-- statements are stored one after the other, whoever they come from.
CREATE TABLE log_end (
	"only" INTEGER PRIMARY KEY CHECK ("only" = 1),
	stored_us INTEGER NOT NULL,      -- nothing is stored later than this
	indexed INTEGER NOT NULL         -- seq: up to here postings are made
) STRICT;
INSERT INTO log_end SELECT 1, coalesce(max(stored_us), 0), 0 FROM statement;

-- What statements are found by; made anew when log_end.indexed is set to 0.
-- term: 64 bits of a hash.  source: 0, or the statement with this term that
-- seq refers to.
CREATE TABLE posting (
	term INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	source INTEGER NOT NULL,
	PRIMARY KEY (term, seq, source)
) STRICT, WITHOUT ROWID;

-- Statements whose object is a StatementRef.
CREATE TABLE statement_ref (
	target TEXT NOT NULL,            -- a statement's id, perhaps to come
	seq INTEGER NOT NULL,
	voids INTEGER NOT NULL,          -- 1: the verb is voided
	PRIMARY KEY (target, seq)
) STRICT, WITHOUT ROWID;

-- Statements that a statement voids.
CREATE TABLE voided (
	seq INTEGER PRIMARY KEY
) STRICT;

-- What activities are, as tools last defined them.
CREATE TABLE activity (
	id TEXT PRIMARY KEY,
	definition TEXT NOT NULL         -- JSON
) STRICT, WITHOUT ROWID;

-- Attachments that statements name by another hash than SHA-256.
CREATE TABLE medium_name (
	sha2 TEXT PRIMARY KEY,
	sha256 TEXT NOT NULL REFERENCES medium (sha256)
) STRICT, WITHOUT ROWID;

-- kind: 1 state, 2 agent profile, 3 activity profile; texts that a kind does
-- not have are ''.
CREATE TABLE document (
	kind INTEGER NOT NULL,
	activity TEXT NOT NULL,
	agent TEXT NOT NULL,
	registration TEXT NOT NULL,
	id TEXT NOT NULL,
	type TEXT NOT NULL,              -- Content-Type
	etag TEXT NOT NULL,              -- SHA-1 of the body
	stored_us INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (kind, activity, agent, registration, id)
) STRICT;
