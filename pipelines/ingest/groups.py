"""The pages of all crawls of a process into the database, in groups: one transaction for all that came
within a moment. A commit takes as long as storing a page.
"""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from pipelines.ingest.rechecked import IngestResult
from storage.database import StorageError, savepoint, transaction
from storage.search import indexed_at_end
from text.timestamps import utc_now

# Seconds that the first page of a group waits for others: with those of the archive it is committed
# within .05.
_GATHER_SECONDS = 0.025
# Of work, after which the group is committed and the event loop has its turn.
_GROUP_SECONDS = 0.02
_MAX_GROUP = 50

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ArrivedPage:
    """A page that is to be stored, and what its crawl wants of its pages."""

    refined: RefinedPage
    policy: IngestPolicy


PageEnd = IngestResult | Exception


def ingest_group(db: Database, pages: Sequence[ArrivedPage], seconds: float) -> list[PageEnd]:
    """Ingest the pages in one transaction, one of them at least, and the next ones until `seconds` have
    passed; how each of these ended. One that cannot be stored leaves the others alone: what it raised is
    how it ended. Raises StorageError: none is stored.
    """
    try:
        # A savepoint for each page takes .5 ms of the 2.7 that storing one takes, and few ever fail.
        return _ingest_all(db, pages, seconds, _ingest)
    except StorageError:
        raise
    except Exception:
        logger.debug("a page of a group fails: each of them gets a savepoint", exc_info=True)
    try:
        return _ingest_all(db, pages, seconds, _ingest_apart)
    except sqlite3.DatabaseError:
        # What is checked at the commit alone: it is not known which of them it is.
        return [_ingest_alone(db, page) for page in pages]


def _ingest_all(
    db: Database,
    pages: Sequence[ArrivedPage],
    seconds: float,
    ingest: Callable[[Database, ArrivedPage], PageEnd],
) -> list[PageEnd]:
    ends: list[PageEnd] = []
    deadline = time.monotonic() + seconds
    with transaction(db), indexed_at_end(db):
        for page in pages:
            ends.append(ingest(db, page))
            if time.monotonic() >= deadline:
                break
    return ends


def _ingest(db: Database, page: ArrivedPage) -> PageEnd:
    """Inside a transaction, which is over where it raises."""
    return ingest_page(db, page.refined, page.policy, utc_now())


def _ingest_apart(db: Database, page: ArrivedPage) -> PageEnd:
    """Inside a transaction, which goes on without the page where that fails."""
    try:
        with savepoint(db):
            return _ingest(db, page)
    except StorageError:
        raise
    except Exception as error:
        return error


def _ingest_alone(db: Database, page: ArrivedPage) -> PageEnd:
    try:
        with transaction(db):
            return _ingest(db, page)
    except Exception as error:
        return error


class PageWriter:
    """What stores the pages of all crawls of a process, on their event loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: deque[tuple[ArrivedPage, asyncio.Future[IngestResult]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def ingest(self, refined: RefinedPage, policy: IngestPolicy) -> IngestResult:
        """Returns when the page is committed. Raises StorageError, and what `ingest_page` raises. A page
        whose caller is cancelled before its turn is not stored.
        """
        end: asyncio.Future[IngestResult] = asyncio.get_running_loop().create_future()
        self._waiting.append((ArrivedPage(refined, policy), end))
        self._plan(_GATHER_SECONDS)
        return await end

    def _plan(self, seconds: float) -> None:
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._write)

    def _write(self) -> None:
        self._timer = None
        group = self._taken()
        try:
            pages = [page for page, _ in group]
            ends = ingest_group(self._db, pages, _GROUP_SECONDS) if group else []
        except Exception as error:
            ends = [error] * len(group)
        self._waiting.extendleft(reversed(group[len(ends) :]))
        for (_, waiter), end in zip(group, ends, strict=False):
            if isinstance(end, Exception):
                waiter.set_exception(end)
            else:
                waiter.set_result(end)
        # After whatever else is due on the loop: a hundred posts of one answer would hold it for long.
        self._plan(0.0)

    def _taken(self) -> list[tuple[ArrivedPage, asyncio.Future[IngestResult]]]:
        group = [self._waiting.popleft() for _ in range(min(_MAX_GROUP, len(self._waiting)))]
        return [(page, end) for page, end in group if not end.done()]
