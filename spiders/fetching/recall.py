"""A long rest that a site asked for outlasts the crawl: kept in the database, under its homepage."""

import time
from datetime import UTC, datetime

from sqlite_utils import Database

from items import Validators
from spiders.fetching.retry_after import Rests
from spiders.recorder import Ledger
from storage.http_validators import validators
from text.timestamps import utc_now, written


def moment(seconds: float) -> str:
    """Unix time as the database writes times."""
    return written(datetime.fromtimestamp(seconds, UTC))


def recall(db: Database, homepage: str, rests: Rests) -> None:
    """What an earlier crawl was told holds for this one."""
    known = validators(db, _key(homepage))
    if known and known.cursor and known.cursor > utc_now():
        rests.rest(homepage, datetime.fromisoformat(known.cursor).timestamp())


def remember(ledger: Ledger, homepage: str, rests: Rests) -> None:
    until = rests.until(homepage)
    if until > time.time():
        ledger.save(Validators(_key(homepage), cursor=moment(until)), now=utc_now())


def _key(homepage: str) -> str:
    return f"{homepage}#rest"
