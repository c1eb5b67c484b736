-- The archive's files, and a row for each page that was refined from them.
CREATE TABLE _archive_files (
    file INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE   -- in the archive's folder; `.open` is added while it is written
);
CREATE TABLE _pages (
    page INTEGER PRIMARY KEY,
    url TEXT NOT NULL,          -- the frontier's
    final_url TEXT NOT NULL,    -- after redirects, canonical
    uri TEXT NOT NULL,          -- the record's WARC-Target-URI
    site TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'rest', 'import')),
    fetched TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES _archive_files(file),
    offset INTEGER NOT NULL,    -- of the record's gzip member
    length INTEGER NOT NULL,    -- of the same, compressed
    part INTEGER,               -- its place in an answer that holds several
    digest TEXT NOT NULL,       -- of the record's payload: sha1:BASE32
    refers INTEGER,             -- the page that has the payload, of a revisit
    found_by TEXT,
    hints TEXT,                 -- JSON object
    charset TEXT,
    fragment INTEGER NOT NULL DEFAULT 0,
    article TEXT,               -- the id of what it became
    number INTEGER,             -- and its number then
    outcome TEXT NOT NULL,      -- new, revised, unchanged, copy, rejected, failed
    reason TEXT NOT NULL DEFAULT '',
    settled TEXT NOT NULL       -- when it was kept
);
CREATE INDEX _pages_by_article ON _pages(article);
CREATE INDEX _pages_by_digest ON _pages(digest);
CREATE INDEX _pages_by_place ON _pages(file, offset);
