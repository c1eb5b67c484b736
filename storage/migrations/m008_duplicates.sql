-- The index of duplicates; nothing in it grows with how often it is asked. It starts empty:
-- `warraq duplicates rebuild` takes in what was stored before.
CREATE TABLE _entries (         -- a text of `articles` or `copies` that is compared
    entry INTEGER PRIMARY KEY,  -- counts up as texts come in
    id TEXT NOT NULL UNIQUE,
    fingerprint INTEGER NOT NULL, -- of the folded text
    size INTEGER NOT NULL,      -- different shingles
    pivot INTEGER NOT NULL      -- the entry its cluster stands around; itself, most of the time
);
CREATE INDEX _entries_by_pivot ON _entries(pivot) WHERE pivot <> entry;
CREATE TABLE _sketches (
    hash INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (hash, entry)
) WITHOUT ROWID;
CREATE TABLE _stop_shingles (   -- in so many texts that they tell nothing
    hash INTEGER PRIMARY KEY,
    clusters INTEGER NOT NULL   -- in how many stories when it was stopped
);
CREATE TABLE _crowded_shingles (hash INTEGER PRIMARY KEY); -- to be looked at
CREATE TABLE _likeness (        -- pairs that the rule calls copy, variant, contains; both ways round
    entry INTEGER NOT NULL,
    other INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- what `entry` is to `other`: copy, variant, contains, part
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    PRIMARY KEY (entry, other)
) WITHOUT ROWID;
CREATE TABLE _unjudged (        -- texts that changed since they were compared
    id TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL          -- as it was then
) WITHOUT ROWID;
CREATE TRIGGER articles_reworded AFTER UPDATE OF text, published ON articles
WHEN old.text IS NOT new.text OR old.published IS NOT new.published BEGIN
    INSERT INTO _unjudged (id, text) SELECT old.id, old.text
    WHERE NOT EXISTS (SELECT 1 FROM _unjudged WHERE id = old.id);
END;
CREATE TRIGGER copies_reworded AFTER UPDATE OF text, published ON copies
WHEN old.text IS NOT new.text OR old.published IS NOT new.published BEGIN
    INSERT INTO _unjudged (id, text) SELECT old.id, old.text
    WHERE NOT EXISTS (SELECT 1 FROM _unjudged WHERE id = old.id);
END;
CREATE TABLE _rebuild (         -- one row while the verdicts are made anew
    last INTEGER NOT NULL,      -- the entry to end with
    done INTEGER NOT NULL       -- the entry that was done last
);
CREATE TABLE _before_rebuild (
    id TEXT NOT NULL PRIMARY KEY,
    original TEXT               -- the id of what it was a copy of; NULL for an article
) WITHOUT ROWID;
ALTER TABLE copies ADD COLUMN evidence TEXT;  -- what else speaks for it, in words
ALTER TABLE copies ADD COLUMN revisions TEXT; -- JSON array: its rows of `revisions`
CREATE INDEX copies_by_text ON copies(text_hash);
