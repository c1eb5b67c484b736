"""The `sites` table: what the database knows of each outlet."""

from sqlite_utils import Database

from items import Site


def ensure(db: Database, name: str) -> None:
    """A row for the site, for articles and addresses to refer to."""
    db.execute("INSERT INTO sites (name) VALUES (?) ON CONFLICT DO NOTHING", [name])


def describe(db: Database, site: Site) -> None:
    """The row says what the site's file says. What is remembered of another homepage goes."""
    ensure(db, site.name)
    db.execute(
        "DELETE FROM _site_state WHERE site = ?1 "
        "AND EXISTS (SELECT 1 FROM sites WHERE name = ?1 AND homepage <> ?2)",
        [site.name, site.homepage],
    )
    db.execute(
        "UPDATE sites SET title = ?, homepage = ?, language = ? WHERE name = ?",
        [site.title or None, site.homepage or None, site.language, site.name],
    )


def known_from_archive(db: Database, name: str, homepage: str, now: str) -> None:
    """An outlet that no site file names: its pages are read, nobody polls it."""
    db.execute(
        "INSERT INTO sites (name, homepage, imported_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [name, homepage, now],
    )
