-- Each event of the audit log has the hash of itself and of the one before:
-- one that is changed or gone is found.

ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT ''; -- '': of before

-- One row: where the chain begins and ends.
CREATE TABLE audit_end (
	"only" INTEGER PRIMARY KEY CHECK ("only" = 1),
	seq INTEGER NOT NULL,            -- of the last event
	hash TEXT NOT NULL,              -- its hash
	chain_from INTEGER NOT NULL,     -- seq of the first that is chained
	chain_before TEXT NOT NULL       -- hash of what was dropped before it
) STRICT;
INSERT INTO audit_end SELECT 1, coalesce(max(seq), 0),
	'0000000000000000000000000000000000000000000000000000000000000000',
	coalesce(max(seq), 0) + 1,
	'0000000000000000000000000000000000000000000000000000000000000000'
	FROM audit;
