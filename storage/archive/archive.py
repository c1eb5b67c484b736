"""The archive of one process: records written in a thread of its own, one after another, and what
falls due now and then.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from items import Page
from storage.archive import page_rows, rest_responses
from storage.archive.page_records import write_page
from storage.archive.pointer import Pointer, archive_folder, digest_of
from storage.archive.read_pages import ArchiveError
from storage.archive.recovery import close_abandoned
from storage.archive.rest_responses import RestResponse, write_response
from storage.archive.retention import enforce_budget
from storage.archive.warc_file import FILE_BYTES, WarcWriter
from storage.database import StorageError


def maintain(db: Database, data: Path, budget: int, room: int) -> str:
    """Bring the files of dead writers to their end and keep to the budget, with `room` left on
    the disk (both in bytes); what there is to say of it.
    """
    ended, removed = close_abandoned(db, data), enforce_budget(db, data, budget, room)
    said = [f"closed {ended} files that a kill left open"] if ended else []
    said += (
        [f"removed the {removed} oldest files, to keep to the budget or to leave room on the disk"]
        if removed
        else []
    )
    return ", ".join(said)


logger = logging.getLogger(__name__)

BUDGET = 10_000_000_000
# The file being written is never removed: it must not be the whole budget.
_SHARE = 4


class Archive:
    """`about` is said in each file's first record; `budget` and `room` as `trim` has them. Close it after the last page."""

    def __init__(
        self,
        data: Path,
        *,
        about: Mapping[str, str] | None = None,
        budget: int = BUDGET,
        room: int = 0,
        file_bytes: int = FILE_BYTES,
    ) -> None:
        self.data = data
        self.budget = budget
        self.room = room
        size = min(file_bytes, max(budget // _SHARE, 1))
        self.writer = WarcWriter(archive_folder(data), about or {}, size)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")

    async def add(self, db: Database, page: Page) -> Pointer:
        """The page's record: it is on the disk when this returns, so that a transaction may point to
        it. Raises ArchiveError.
        """
        digest = digest_of(page.body)
        if page.fragment and (known := rest_responses.response_part_of(db, page, digest)):
            return known
        before = page_rows.original(db, page.key, digest)
        return await self._written(partial(write_page, self.writer, page, digest, before))

    async def add_response(self, answer: RestResponse) -> Pointer:
        """The same for an answer that holds many pages."""
        return await self._written(partial(write_response, self.writer, answer))

    async def _written(self, write: Callable[[], Pointer]) -> Pointer:
        def act() -> Pointer:
            pointer = write()
            self.writer.sync()
            return pointer

        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    def run_maintenance(self, db: Database) -> None:
        """What upkeep would do, where no service does it."""
        try:
            said = maintain(db, self.data, self.budget, self.room)
        except (OSError, StorageError) as error:
            logger.error("archive: %s", error)
        else:
            if said:
                logger.info("archive: %s", said)

    def rotate(self) -> None:
        """Yesterday's file, where nothing has been written since."""
        self._do(self.writer.rotate)

    def close(self, db: Database) -> None:
        """The file gets its name; the database must still be open."""
        self._do(self.writer.finish)
        self._thread.shutdown()
        self.run_maintenance(db)

    def _do(self, act: Callable[[], None]) -> None:
        """What fails here is made up for by upkeep."""
        try:
            self._thread.submit(act).result()
        except ArchiveError as error:
            logger.error("%s", error)
