-- Terms are other numbers now: a related one is the neighbour of its own.
DELETE FROM posting;
UPDATE log_end SET indexed = 0;
