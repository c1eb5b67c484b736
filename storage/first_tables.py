"""The tables of the first release, as they were then: `migrations` says how they went on."""

ARTICLES = """
CREATE TABLE sites (
    name TEXT NOT NULL PRIMARY KEY,
    title TEXT,
    homepage TEXT,
    language TEXT,
    last_crawl TEXT,
    last_success TEXT,
    last_new_article TEXT,
    failures_in_a_row INTEGER NOT NULL DEFAULT 0,
    next_poll TEXT,
    usual_yield REAL,   -- new articles a day
    recent_yield REAL,
    suspect TEXT        -- why; NULL when the site is as usual
);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 16 AND id NOT GLOB '*[^0-9a-f]*'),
    site TEXT REFERENCES sites(name),
    section TEXT,
    title TEXT,
    source TEXT,        -- the source line, as it stands in the text
    agency TEXT,
    author TEXT,
    published TEXT,     -- ISO 8601 UTC
    modified TEXT,
    language TEXT,
    tags TEXT,          -- JSON array
    image TEXT,
    url TEXT,
    text TEXT NOT NULL, -- the body: paragraphs, one blank line between any two
    words INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    found_by TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL
);
CREATE INDEX articles_by_site ON articles(site, first_seen);
CREATE INDEX articles_by_text ON articles(text_hash);
CREATE TABLE removed_lines (
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX removed_lines_by_article ON removed_lines(article, position);
CREATE VIEW corpus AS
SELECT
    printf('%03d_%s.txt', number, id) AS name,
    substr(
        coalesce(char(10, 10) || nullif(section, ''), '')
        || coalesce(char(10, 10) || nullif(title, ''), '')
        || coalesce(char(10, 10) || nullif(source, ''), '')
        || coalesce(char(10, 10) || nullif(text, ''), ''),
        3
    ) AS text
FROM articles;
"""

COPIES_AND_REVISIONS = """
CREATE TABLE copies (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16 AND id NOT GLOB '*[^0-9a-f]*'),
    of INTEGER NOT NULL REFERENCES articles(number) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    url TEXT,
    of_url TEXT,        -- the original's, as it stood when this was judged
    published TEXT,
    of_published TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    site TEXT REFERENCES sites(name),
    section TEXT,
    title TEXT,
    source TEXT,
    agency TEXT,
    author TEXT,
    modified TEXT,
    language TEXT,
    tags TEXT,
    image TEXT,
    text TEXT NOT NULL,
    words INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    found_by TEXT,
    removed TEXT,       -- JSON array of [position, reason, text]
    number INTEGER UNIQUE -- the one it had, if it was ever in the corpus
);
CREATE INDEX copies_by_original ON copies(of);
CREATE INDEX copies_by_site ON copies(site);
CREATE TABLE related (
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- variant, contains
    jaccard REAL NOT NULL,
    containment REAL NOT NULL,
    PRIMARY KEY (article, other)
);
CREATE INDEX related_by_other ON related(other);
CREATE TABLE revisions (
    revision INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
    seen TEXT NOT NULL,     -- from when this text was current
    replaced TEXT NOT NULL, -- until when
    section TEXT,
    title TEXT,
    source TEXT,
    modified TEXT,
    text TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    removed TEXT            -- JSON array of [position, reason, text]
);
CREATE INDEX revisions_by_article ON revisions(article, replaced);
"""

CRAWLING = """
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
"""
