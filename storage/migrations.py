"""The tables, in the order they came. A migration that has been released is never edited.

No view or trigger calls a function of ours: any SQLite opens all of them.
"""

from sqlite_utils import Database, Migrations

from storage import search
from storage.archive.tables import ANSWERS
from storage.archive.tables import TABLES as ARCHIVE
from storage.boilerplate.tables import TABLES as BOILERPLATE
from storage.duplicates.tables import TABLES as DUPLICATES
from storage.slices import TABLES as SLICES
from storage.templates.tables import TABLES as TEMPLATES

migrations = Migrations("warraq")


def unknown_migrations(db: Database) -> list[str]:
    """Migrations in the file that this version does not know: a newer one wrote it."""
    with Database(memory=True, execute_plugins=False) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    return [done.name for done in migrations.applied(db) if done.name not in known]


def is_foreign(db: Database) -> bool:
    """Whether the file holds tables, and none of them by us."""
    return bool(db.table_names()) and not migrations.applied(db)


@migrations()
def m001_articles(db: Database) -> None:
    db.executescript(
        """
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
    )


@migrations()
def m002_copies_and_revisions(db: Database) -> None:
    db.executescript(
        """
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
    )


@migrations()
def m003_crawling(db: Database) -> None:
    db.executescript(
        """
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
    )


@migrations()
def m004_boilerplate(db: Database) -> None:
    db.executescript(BOILERPLATE)


@migrations()
def m005_search(db: Database) -> None:
    db.executescript(search.TABLES)
    search.rebuild(db)


@migrations()
def m006_browsing(db: Database) -> None:
    """Facets, days and the state of sites are answered from an index, not from whole articles."""
    db.executescript(
        """
CREATE INDEX articles_by_time ON articles(published, site, language, section, agency);
CREATE INDEX crawls_by_time ON crawls(started, site, new, copies, rejected, failed);
"""
    )


@migrations()
def m007_service(db: Database) -> None:
    """What the service judges a site's health and its publishing rhythm by."""
    db.executescript(
        """
ALTER TABLE crawls ADD COLUMN read INTEGER NOT NULL DEFAULT 0;  -- feeds and section pages that came whole
ALTER TABLE crawls ADD COLUMN links INTEGER NOT NULL DEFAULT 0; -- what they listed
ALTER TABLE crawls ADD COLUMN refused INTEGER NOT NULL DEFAULT 0; -- sources that answered with something else
ALTER TABLE crawls ADD COLUMN trouble TEXT;                     -- what went wrong, for a person
CREATE INDEX articles_by_publishing ON articles(site, published, first_seen);
CREATE INDEX copies_by_publishing ON copies(site, published, first_seen);
CREATE TABLE _upkeep (
    task TEXT NOT NULL PRIMARY KEY,
    done TEXT NOT NULL
);
"""
    )


@migrations()
def m008_duplicates(db: Database) -> None:
    """The index starts empty: `warraq duplicates rebuild` takes in what was stored before."""
    db.executescript(DUPLICATES)


@migrations()
def m009_browsing_by_site(db: Database) -> None:
    """Facets within a site, and a document of the corpus by its name."""
    db.executescript(
        """
CREATE INDEX articles_by_facets ON articles(site, language, section, published);
CREATE INDEX articles_by_document ON articles(printf('%03d_%s.txt', number, id));
"""
    )


@migrations()
def m010_rechecks(db: Database) -> None:
    db.executescript(
        """
ALTER TABLE frontier ADD COLUMN recheck TEXT; -- when a stored article is to be looked at again
CREATE INDEX frontier_rechecks ON frontier(site, recheck) WHERE recheck IS NOT NULL;
"""
    )


@migrations()
def m011_crawls_with_pages(db: Database) -> None:
    """Most polls of a quiet site bring no page; the judgement of a site's pages skips them."""
    db.executescript(
        """
CREATE INDEX crawls_with_pages ON crawls(site, started)
    WHERE fetched + new + rejected + failed > 0;
"""
    )


@migrations()
def m012_sketched(db: Database) -> None:
    """How many of its shingles stand for a text in the index; until it is judged again, the least."""
    db.executescript("ALTER TABLE _entries ADD COLUMN sketched INTEGER NOT NULL DEFAULT 16;")


@migrations()
def m013_archive(db: Database) -> None:
    db.executescript(ARCHIVE)


@migrations()
def m014_slices(db: Database) -> None:
    """Archives read in slices, outlets known from archives alone, texts that our rules changed."""
    db.executescript(SLICES)


@migrations()
def m015_answers(db: Database) -> None:
    """A list of posts is archived once, and each post's page points into it."""
    db.executescript(ANSWERS)


@migrations()
def m016_templates(db: Database) -> None:
    db.executescript(TEMPLATES)
