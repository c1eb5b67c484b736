-- How many of its shingles stand for a text in the index; until it is compared once more, the least.
ALTER TABLE _entries ADD COLUMN sketched INTEGER NOT NULL DEFAULT 16;
