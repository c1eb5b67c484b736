"""The tables, in the order they came. A migration that has been released is never edited.

No view or trigger calls a function of ours: any SQLite opens all of them.
"""

from sqlite_utils import Database, Migrations

from storage import search
from storage.archive.tables import ANSWERS
from storage.archive.tables import TABLES as ARCHIVE
from storage.boilerplate.tables import TABLES as BOILERPLATE
from storage.duplicates.tables import TABLES as DUPLICATES
from storage.first_tables import ARTICLES, COPIES_AND_REVISIONS, CRAWLING
from storage.job_progress import TABLES as SLICES

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
    db.executescript(ARTICLES)


@migrations()
def m002_copies_and_revisions(db: Database) -> None:
    db.executescript(COPIES_AND_REVISIONS)


@migrations()
def m003_crawling(db: Database) -> None:
    db.executescript(CRAWLING)


@migrations()
def m004_boilerplate(db: Database) -> None:
    db.executescript(BOILERPLATE)


@migrations()
def m005_search(db: Database) -> None:
    db.executescript(search.TABLES)
    search.rebuild_search(db)


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
    db.executescript(
        """
CREATE TABLE templates (
    template INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    path TEXT NOT NULL,         -- from the page's body to what holds title and text
    state TEXT NOT NULL,        -- trial: compared with the full extraction, page by page; learned;
                                -- dropped
    reason TEXT,                -- why it was dropped
    learned TEXT NOT NULL,
    dropped TEXT,
    rests INTEGER NOT NULL DEFAULT 0,   -- dropped for differing: not learned anew at once
    articles INTEGER NOT NULL,  -- that it was learned from
    used INTEGER NOT NULL DEFAULT 0,    -- articles that were cut by it alone
    agreed INTEGER NOT NULL DEFAULT 0,  -- that were refined both ways, and came out the same
    differed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,  -- that it did not fit
    recent TEXT NOT NULL DEFAULT '',    -- the last comparisons, the newest last: a agreed, d differed
    failing INTEGER NOT NULL DEFAULT 0, -- articles of its kind in a row that it did not fit
    missing INTEGER NOT NULL DEFAULT 0, -- articles of the site in a row that had no known container
    version INTEGER NOT NULL DEFAULT 0  -- of the data
);
CREATE INDEX templates_by_site ON templates(site, state);
CREATE TABLE _template_data (
    template INTEGER PRIMARY KEY REFERENCES templates(template) ON DELETE CASCADE,
    data TEXT NOT NULL          -- JSON object
);
CREATE TABLE _places (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    seen TEXT NOT NULL,
    places TEXT NOT NULL,       -- JSON object
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
"""
    )


@migrations()
def m017_regions(db: Database) -> None:
    """What tells kinds of pages apart is compared without what else was noted of them: what follows
    long columns is read through all of them.
    """
    db.executescript(
        """
ALTER TABLE _places RENAME TO _old_places;
CREATE TABLE _places (
    site TEXT NOT NULL,
    article TEXT NOT NULL,
    seen TEXT NOT NULL,
    region TEXT NOT NULL,       -- JSON array: the way down to the article
    places TEXT NOT NULL,       -- JSON object
    PRIMARY KEY (site, article)
) WITHOUT ROWID;
INSERT INTO _places
    SELECT site, article, seen, json_extract(places, '$.region'), places FROM _old_places;
DROP TABLE _old_places;
"""
    )


@migrations()
def m018_without_templates(db: Database) -> None:
    """Every page is refined in full: what was learned of a site's pages has no reader any more."""
    db.executescript(
        """
DROP TABLE _places;
DROP TABLE _template_data;
DROP TABLE templates;
"""
    )
