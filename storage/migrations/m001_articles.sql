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
