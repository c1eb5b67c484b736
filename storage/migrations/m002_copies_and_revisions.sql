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
