-- Keys that are made anew, and keys that end.  Times of 0: never.

ALTER TABLE tool ADD COLUMN used_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tool ADD COLUMN revoked_us INTEGER NOT NULL DEFAULT 0;
-- The secret before this one, and until when it is still good.
ALTER TABLE tool ADD COLUMN old_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE tool ADD COLUMN old_until_us INTEGER NOT NULL DEFAULT 0;

-- role: 1 teacher, 2 administrator.
ALTER TABLE staff ADD COLUMN role INTEGER NOT NULL DEFAULT 1;
ALTER TABLE staff ADD COLUMN made_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN used_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN revoked_us INTEGER NOT NULL DEFAULT 0;
UPDATE staff SET made_us = password_us;

-- The secret is good until then; 0: for good.
ALTER TABLE kiosk ADD COLUMN secret_until_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE kiosk ADD COLUMN revoked_us INTEGER NOT NULL DEFAULT 0;

-- A code that gives this kiosk a new secret, and no other anything.
ALTER TABLE enrol_code ADD COLUMN renews INTEGER REFERENCES kiosk (key);
