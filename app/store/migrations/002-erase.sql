-- What is left to do of an erasure that the district asked for: the row is
-- there until the free pages are gone, too.
CREATE TABLE erasing (
    only INTEGER PRIMARY KEY CHECK (only = 1)
) STRICT;

-- Media that are to go, if nothing that stays names them.
CREATE TABLE doomed (
    sha256 TEXT PRIMARY KEY
) STRICT;
