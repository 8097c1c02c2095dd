-- What the law has had deleted.  A statement that was erased keeps its row,
-- with nothing in its body: so order, chain and hash stay what they were, and
-- no number is given twice.

-- reason: EraseReason of archive-erased.h.
CREATE TABLE erased (
	seq INTEGER PRIMARY KEY,         -- of the statement
	kiosk INTEGER NOT NULL,          -- whose chain; 0: a tool's
	at_us INTEGER NOT NULL,
	reason INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_kiosk ON erased (kiosk, at_us);

-- Of whom nothing more is taken in: SHA-256 of a learner's id, or of a
-- badge's digits.
CREATE TABLE erased_who (
	hash TEXT PRIMARY KEY,
	at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each act of erasing; done: 1 when the files are gone, too, and its
-- certificate is in its folder.
CREATE TABLE erasure (
	id TEXT PRIMARY KEY,
	at_us INTEGER NOT NULL,
	certificate TEXT NOT NULL,       -- signed
	done INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files that are to be removed, if nothing names them again meanwhile.
CREATE TABLE medium_gone (
	sha256 TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Learners whose record must stay, whoever asks for its erasure.
CREATE TABLE hold (
	key INTEGER PRIMARY KEY,
	learner TEXT NOT NULL,
	why TEXT NOT NULL,
	since_us INTEGER NOT NULL,
	lifted_us INTEGER NOT NULL       -- 0: in force
) STRICT;
CREATE INDEX hold_learner ON hold (learner, lifted_us);

-- What is deleted is looked for by these.
CREATE INDEX entry_medium_entry ON entry_medium (entry);
CREATE INDEX medium_name_medium ON medium_name (sha256);
