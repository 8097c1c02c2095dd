-- When the bundle was taken in, as well as that was known; 0: not known.
ALTER TABLE bundle ADD COLUMN at_us INTEGER NOT NULL DEFAULT 0;
