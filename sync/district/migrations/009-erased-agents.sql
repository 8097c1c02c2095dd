-- What other tools called somebody who was erased is no business of kiosks:
-- hash is then of an agent in its normal form, and agent is 1.
ALTER TABLE erased_who ADD COLUMN agent INTEGER NOT NULL DEFAULT 0;
