-- A backfill of a site: the pages of its sources, of which each is read once, back to a time.
CREATE TABLE _backfills (
    site TEXT NOT NULL PRIMARY KEY REFERENCES sites(name),
    since TEXT NOT NULL,        -- ISO 8601 UTC
    began TEXT NOT NULL,
    finished TEXT
);
CREATE TABLE _source_pages (
    page INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    kind TEXT NOT NULL,         -- of the source
    url TEXT NOT NULL,
    position TEXT,              -- where its source stands with it, JSON
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'read', 'failed', 'refused')),
    attempts INTEGER NOT NULL DEFAULT 0,
    note TEXT,                  -- a limit that was reached, or why it was not read, for a person
    UNIQUE (site, kind, url)
);
CREATE INDEX _source_pages_due ON _source_pages(site, attempts, page) WHERE state = 'due';
