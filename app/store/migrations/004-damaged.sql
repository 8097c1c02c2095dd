-- Copies of what was damaged that may hold what the district has erased, and
-- so go: from when on they are held, microseconds, Unix epoch; 0: since the
-- time was not known.
CREATE TABLE damaged (
    name    TEXT PRIMARY KEY,
    held_us INTEGER NOT NULL
) STRICT;

-- One row: the SHA-256 of all that the last bundle said is erased, so that
-- what is new in it is told from what was carried out long ago.
CREATE TABLE tombstones (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    sha256 TEXT NOT NULL
) STRICT;
