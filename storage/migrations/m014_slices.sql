-- Archives read in slices, outlets known from archives alone, texts that our rules changed.
CREATE TABLE _slices (
    work TEXT NOT NULL PRIMARY KEY, -- what was cut up, and what is wanted of it
    name TEXT NOT NULL,             -- the same, for a person
    settled INTEGER NOT NULL,       -- all that lies before this is done
    until INTEGER NOT NULL,
    counts TEXT NOT NULL,           -- JSON object
    began TEXT NOT NULL,
    finished TEXT
);
ALTER TABLE sites ADD COLUMN imported TEXT; -- since when it is known from an archive, and not by a site file
ALTER TABLE revisions ADD COLUMN why TEXT;  -- 'reprocessed': the same page, refined by later rules
