-- The district's record.  Times are UTC microseconds.  The statement log is
-- the truth; entry, entry_medium and usage are drawn from it.

-- One row: what the district says of itself.
CREATE TABLE district (
	"only" INTEGER PRIMARY KEY CHECK ("only" = 1),
	name TEXT NOT NULL,
	base TEXT NOT NULL,              -- IRI base, no slash at the end
	retention_days INTEGER NOT NULL,
	roster_version INTEGER NOT NULL, -- counts imports
	pack_version INTEGER NOT NULL
) STRICT;
INSERT INTO district VALUES (1, 'Cairn', 'https://district.example', 30, 0, 0);

-- An identity that sends a chain.
CREATE TABLE kiosk (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	public_key TEXT NOT NULL,
	secret_hash TEXT NOT NULL,       -- SHA-256 of the secret
	enrolled_us INTEGER NOT NULL,
	seen_us INTEGER NOT NULL,        -- 0: never
	forked_from INTEGER REFERENCES kiosk (key),
	forked_after INTEGER NOT NULL,   -- up to here the chain is forked_from's
	held INTEGER NOT NULL,           -- 1 … held are durable or set aside
	held_hash TEXT NOT NULL          -- of record `held`
) STRICT;
CREATE UNIQUE INDEX kiosk_fork ON kiosk (forked_from, public_key)
	WHERE forked_from IS NOT NULL;

CREATE TABLE enrol_code (
	code_hash TEXT PRIMARY KEY,      -- SHA-256 of the digits
	name TEXT NOT NULL,
	made_us INTEGER NOT NULL,
	kiosk INTEGER REFERENCES kiosk (key) -- who used it
) STRICT, WITHOUT ROWID;

-- What was received, as it was received; append-only.
CREATE TABLE statement (
	seq INTEGER PRIMARY KEY,         -- order of arrival
	id TEXT NOT NULL UNIQUE,
	kiosk INTEGER REFERENCES kiosk (key), -- whose chain; NULL: our own
	number INTEGER,                  -- on that chain
	hash TEXT NOT NULL,              -- of the record's canonical bytes
	stored_us INTEGER NOT NULL,
	body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX statement_chain ON statement (kiosk, number)
	WHERE kiosk IS NOT NULL;

-- Numbers of a chain that the kiosk keeps because we refused them.
CREATE TABLE aside (
	kiosk INTEGER NOT NULL REFERENCES kiosk (key),
	number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	reason TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	PRIMARY KEY (kiosk, number)
) STRICT, WITHOUT ROWID;

-- A medium's file is media/<first two digits>/<sha256>; it is durable before
-- the row is.
CREATE TABLE medium (
	sha256 TEXT PRIMARY KEY,
	size INTEGER NOT NULL,
	stored_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE class (
	id TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	grade TEXT NOT NULL,
	position INTEGER NOT NULL,
	gone INTEGER NOT NULL            -- 1: no longer in the roster
) STRICT, WITHOUT ROWID;

CREATE TABLE learner (
	id TEXT PRIMARY KEY,             -- opaque, ours, never used twice
	source_id TEXT NOT NULL UNIQUE,  -- the student system's
	name TEXT NOT NULL,
	class TEXT NOT NULL REFERENCES class (id),
	grade TEXT NOT NULL,
	picture TEXT NOT NULL,
	position INTEGER NOT NULL,
	gone INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX learner_class ON learner (class, position);

CREATE TABLE badge (
	digits TEXT PRIMARY KEY,
	learner TEXT NOT NULL REFERENCES learner (id),
	given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX badge_learner ON badge (learner, given_us);

-- What the review queue shows; state: 1 waiting, 2 later, 3 decided.
CREATE TABLE entry (
	seq INTEGER PRIMARY KEY REFERENCES statement (seq),
	kiosk INTEGER NOT NULL REFERENCES kiosk (key),
	learner TEXT NOT NULL,           -- '': a badge that nobody knows yet
	badge TEXT NOT NULL,             -- '': the learner was known
	prompt TEXT NOT NULL,
	shown_us INTEGER NOT NULL,
	state INTEGER NOT NULL,
	review INTEGER                   -- the decision in force
) STRICT;
CREATE INDEX entry_learner ON entry (learner, state);
CREATE INDEX entry_badge ON entry (badge) WHERE badge <> '';

CREATE TABLE entry_medium (
	sha256 TEXT NOT NULL REFERENCES medium (sha256),
	entry INTEGER NOT NULL REFERENCES entry (seq),
	type TEXT NOT NULL,
	PRIMARY KEY (sha256, entry)
) STRICT, WITHOUT ROWID;

-- Which learners have recorded at which kiosk.
CREATE TABLE usage (
	kiosk INTEGER NOT NULL REFERENCES kiosk (key),
	learner TEXT NOT NULL,
	PRIMARY KEY (kiosk, learner)
) STRICT, WITHOUT ROWID;

-- Whose queue an entry is in: the learner's class; for a badge that nobody
-- knows, the classes that use its kiosk, or every class if none does.
CREATE VIEW kiosk_class AS
	SELECT DISTINCT usage.kiosk, learner.class
	FROM usage JOIN learner ON learner.id = usage.learner;
CREATE VIEW entry_class AS
	SELECT entry.seq, entry.state, learner.class
	FROM learner JOIN entry ON entry.learner = learner.id
	UNION ALL
	SELECT entry.seq, entry.state, kiosk_class.class
	FROM entry JOIN kiosk_class ON kiosk_class.kiosk = entry.kiosk
	WHERE entry.learner = ''
	UNION ALL
	SELECT entry.seq, entry.state, class.id
	FROM entry CROSS JOIN class
	WHERE entry.learner = '' AND NOT EXISTS
		(SELECT 1 FROM kiosk_class WHERE kiosk = entry.kiosk);

CREATE TABLE staff (
	key INTEGER PRIMARY KEY,
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	password TEXT NOT NULL,          -- argon2id, as libsodium writes it
	must_change INTEGER NOT NULL,
	password_us INTEGER NOT NULL,
	all_classes INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_class (
	staff INTEGER NOT NULL REFERENCES staff (key),
	class TEXT NOT NULL REFERENCES class (id),
	PRIMARY KEY (staff, class)
) STRICT, WITHOUT ROWID;

-- Teachers as the roster names them: whose classes an account is given.
CREATE TABLE roster_staff (
	source_id TEXT PRIMARY KEY,
	login TEXT NOT NULL,
	name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE roster_staff_class (
	source_id TEXT NOT NULL REFERENCES roster_staff (source_id),
	class TEXT NOT NULL REFERENCES class (id),
	PRIMARY KEY (source_id, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
	token_hash TEXT PRIMARY KEY,     -- SHA-256; the token is the browser's
	staff INTEGER NOT NULL REFERENCES staff (key),
	made_us INTEGER NOT NULL,
	used_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_staff ON session (staff);

-- Append-only; decision: 1 confirmed, 2 returned, 3 later, 4 withdrawn.
CREATE TABLE review (
	seq INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL REFERENCES entry (seq),
	staff INTEGER NOT NULL REFERENCES staff (key),
	decision INTEGER NOT NULL,
	reason TEXT NOT NULL,
	note TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	withdraws INTEGER REFERENCES review (seq)
) STRICT;
CREATE INDEX review_entry ON review (entry);

CREATE TABLE pack_file (
	path TEXT PRIMARY KEY,
	sha256 TEXT NOT NULL,
	bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pack_file_sha256 ON pack_file (sha256);
