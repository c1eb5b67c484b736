"""The end of a crawl, wherever it was: what it has learned of the site's lines, and how it went."""

from collections.abc import Mapping

from sqlite_utils import Database

from items import Site
from storage import crawls
from storage.boilerplate.cleaning import clean_stored
from storage.boilerplate.pins import restore
from storage.clock import utc_now


def write_end(
    db: Database, site: Site, crawl: int, outcome: str, counts: Mapping[str, int], trouble: str
) -> None:
    restore(db, site.name, site.text)
    clean_stored(db, site.name, utc_now())
    crawls.finish(db, crawl, outcome, counts, utc_now(), trouble=trouble)
