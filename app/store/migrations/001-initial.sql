-- One row: who this kiosk is.
CREATE TABLE identity (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    kiosk    TEXT NOT NULL,               -- UUID
    enrolled INTEGER NOT NULL             -- 0 or 1
) STRICT;

-- Records are only ever added; what became of one lives in `outbox`.
CREATE TABLE record (
    number        INTEGER PRIMARY KEY,    -- 1, 2, 3 … without a gap
    id            TEXT NOT NULL UNIQUE,   -- UUID
    hash          TEXT NOT NULL,          -- SHA-256 of the canonical bytes
    body          BLOB,                   -- canonical bytes; NULL: forgotten
    learner       TEXT NOT NULL,          -- opaque id, or ''
    badge         TEXT NOT NULL,          -- digits of an unknown badge, or ''
    prompt        TEXT NOT NULL,
    boot          TEXT NOT NULL,          -- raw clock, see app/base/clock.h
    since_boot_us INTEGER NOT NULL,       -- microseconds
    wall_us       INTEGER NOT NULL,       -- microseconds, Unix epoch
    trusted       INTEGER NOT NULL        -- 0 or 1
) STRICT;
CREATE INDEX record_learner ON record (learner, prompt);

CREATE TABLE medium (
    number INTEGER NOT NULL REFERENCES record (number),
    sha256 TEXT NOT NULL,
    size   INTEGER NOT NULL,              -- bytes
    PRIMARY KEY (number, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX medium_sha256 ON medium (sha256);

CREATE TABLE outbox (
    number      INTEGER PRIMARY KEY REFERENCES record (number),
    state       INTEGER NOT NULL,         -- OutboxState
    shown_us    INTEGER,                  -- NULL: never read yet
    about_us    INTEGER,                  -- NULL: never read yet
    receipted_us INTEGER,                 -- the district's time
    reason      TEXT                      -- why it was set aside
) STRICT;
CREATE INDEX outbox_state ON outbox (state, number);

CREATE TABLE draft (
    who  TEXT PRIMARY KEY,                -- learner's id or badge digits
    body BLOB NOT NULL
) STRICT;

CREATE TABLE anchor (
    boot      TEXT PRIMARY KEY,
    booted_us INTEGER NOT NULL            -- wall time at time since boot 0
) STRICT;

-- One row: what the agent last said.
CREATE TABLE link (
    only            INTEGER PRIMARY KEY CHECK (only = 1),
    state           INTEGER NOT NULL,     -- LinkState
    last_contact_us INTEGER NOT NULL,
    message         TEXT NOT NULL
) STRICT;

-- What the district sent: replaced whole.
CREATE TABLE bundle (
    only           INTEGER PRIMARY KEY CHECK (only = 1),
    etag           TEXT NOT NULL,
    district       TEXT NOT NULL,
    base           TEXT NOT NULL,
    retention_days INTEGER NOT NULL
) STRICT;

CREATE TABLE class (
    position INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    title    TEXT NOT NULL,
    grade    TEXT NOT NULL
) STRICT;

CREATE TABLE learner (
    position INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    class    TEXT NOT NULL,
    grade    TEXT NOT NULL,
    picture  TEXT NOT NULL
) STRICT;

CREATE TABLE badge (
    digits  TEXT PRIMARY KEY,
    learner TEXT NOT NULL REFERENCES learner (id)
) STRICT;

CREATE TABLE pack (
    path   TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    body   BLOB NOT NULL
) STRICT;

CREATE TABLE review (
    evidence TEXT PRIMARY KEY,
    learner  TEXT NOT NULL,
    prompt   TEXT NOT NULL,
    decision INTEGER NOT NULL,            -- Decision
    reason   TEXT NOT NULL,
    note     TEXT NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT;
CREATE INDEX review_learner ON review (learner, at_us);
