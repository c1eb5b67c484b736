"""Texts that are kept for a time, or up to a number: what is beyond it is taken out as in a takedown, so that
a sitemap does not bring it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from storage.takedown.remove import forget
from storage.takedown.targets import beyond, of_rows, of_site
from storage.tombstones import RETENTION
from text.timestamps import add_seconds

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept of a site: texts of the last `days`, and the newest `texts`; None: all."""

    days: int | None = None
    texts: int | None = None

    def __bool__(self) -> bool:
        return self.days is not None or self.texts is not None


def expire(db: Database, sites: Mapping[str, Retention], now: str) -> int:
    """Take out what is beyond the sites' bounds, articles and copies; returns how many. Raises
    StorageError.
    """
    targets = {
        target.id: target
        for site, retention in sites.items()
        for target in [
            *(
                of_site(db, site, before=_oldest(retention.days, now)).targets
                if retention.days
                else ()
            ),
            *(beyond(db, site, retention.texts) if retention.texts is not None else ()),
        ]
    }
    if targets:
        takedown = of_rows(db, list(targets.values()))
        forget(db, takedown, RETENTION, now, compact=False)
    return len(targets)


def _oldest(days: int, now: str) -> str:
    return add_seconds(now, -days * _DAY)
