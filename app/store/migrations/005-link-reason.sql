-- Why the link is as it is: a word of store-link.h; '' if none is known, as
-- of an agent of before.
ALTER TABLE link ADD COLUMN reason TEXT NOT NULL DEFAULT '';
