CREATE TABLE crawls (
    crawl INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    started TEXT NOT NULL,
    finished TEXT,
    outcome TEXT,
    queued INTEGER NOT NULL DEFAULT 0,
    fetched INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    revised INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    other TEXT          -- JSON object of every other count
);
CREATE INDEX crawls_by_site ON crawls(site, started);
CREATE TABLE frontier (
    url TEXT NOT NULL PRIMARY KEY,
    site TEXT REFERENCES sites(name),
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'done', 'failed', 'gone', 'denied', 'rejected')),
    reason TEXT NOT NULL DEFAULT '',
    article TEXT,       -- the id of what it became
    attempts INTEGER NOT NULL DEFAULT 0,
    due TEXT,           -- not before; NULL when settled
    found TEXT NOT NULL,
    found_by TEXT,
    settled TEXT,
    unchanged INTEGER NOT NULL DEFAULT 0, -- visits in a row that found the text as it was
    published TEXT,
    modified TEXT,      -- the newest that the site has said or the page has shown
    fetch_url TEXT NOT NULL,
    hints TEXT,         -- JSON object
    payload BLOB        -- zlib of the body, where discovery gave it
);
CREATE INDEX frontier_by_site ON frontier(site, state);
CREATE INDEX frontier_queue ON frontier(site, coalesce(published, modified, found))
    WHERE state = 'queued';
CREATE TABLE _validators (
    url TEXT NOT NULL PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    cursor TEXT,
    saved TEXT NOT NULL
);
CREATE TABLE _leases (
    site TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    expires TEXT NOT NULL
);
