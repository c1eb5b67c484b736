CREATE TABLE tombstones (       -- what was taken out, and does not come back
    id TEXT NOT NULL PRIMARY KEY, -- as an article's: 16 hex digits of the hash of a canonical URL
    article TEXT NOT NULL,      -- the article's own id, where this is of another address of it
    forgotten_at TEXT NOT NULL,
    reason TEXT NOT NULL,       -- the operator's, or retention
    number INTEGER              -- that the article had; no other gets it
) WITHOUT ROWID;
CREATE INDEX tombstones_by_number ON tombstones(number) WHERE number IS NOT NULL;

CREATE TABLE _forget_queue (    -- taken out, but not yet everywhere
    id TEXT NOT NULL PRIMARY KEY, -- an article's, or the hash of an address
    site TEXT,
    step TEXT NOT NULL CHECK (step IN ('text', 'archive'))
) WITHOUT ROWID;

CREATE TABLE _erasures (        -- bytes of archive files that are to be overwritten
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    member BLOB,                -- the record to be there instead; NULL: none
    PRIMARY KEY (file, offset)
);
