"""The archive of one process: its records are written in order by a thread of its own. Also the
maintenance of all files.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from items import Page
from storage.archive import page_rows, rest_responses
from storage.archive.page_records import PageRecord, write_page, write_record
from storage.archive.pointer import Pointer, archive_folder, digest_of
from storage.archive.read_pages import ArchiveError
from storage.archive.recovery import close_abandoned
from storage.archive.rest_responses import RestResponse, write_response
from storage.archive.retention import enforce_budget
from storage.archive.warc_file import FILE_BYTES, WarcWriter
from storage.database import StorageError
from text.counted import counted

logger = logging.getLogger(__name__)

BUDGET = 10_000_000_000  # bytes
# Files to a budget at least: the one being written is never removed.
_MIN_FILES = 4
# Seconds that a record may wait for others: a sync and a way to the thread and back take .4 ms.
_GROUP_SECONDS = 0.015

WriteRecord = Callable[[], Pointer]


def maintain(db: Database, data: Path, budget: int, room: int) -> str:
    """Close the files of dead writers and keep to the budget, with `room` left on the disk (both in
    bytes); returns what was done in words, empty for nothing.
    """
    closed, removed = close_abandoned(db, data), enforce_budget(db, data, budget, room)
    messages = [f"closed {counted(closed, 'file')} that a kill left open"] if closed else []
    if removed:
        messages.append(
            f"removed the {removed} oldest files, to keep to the budget or to leave room on the disk"
        )
    return ", ".join(messages)


def write_and_sync(writer: WarcWriter, writes: Sequence[WriteRecord]) -> list[Pointer | Exception]:
    """What became of each; all have failed where they cannot be synced."""
    results = [_attempt(write) for write in writes]
    try:
        writer.sync()
    except ArchiveError as error:
        return [error] * len(writes)
    return results


def _attempt(write: WriteRecord) -> Pointer | Exception:
    try:
        return write()
    except Exception as error:
        return error


class Archive:
    """`about`: fields of each file's warcinfo record; `budget` and `room`: as in `enforce_budget`.
    Close it after the last page.
    """

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
        size = min(file_bytes, max(budget // _MIN_FILES, 1))
        self.writer = WarcWriter(archive_folder(data), about or {}, size)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._waiting: list[tuple[WriteRecord, asyncio.Future[Pointer]]] = []
        self._group: asyncio.Task[None] | None = None

    async def add(self, db: Database, page: Page, record: PageRecord | None = None) -> Pointer:
        """Write the page's record, made by a worker or here. It is on the disk when this returns, so that a
        transaction may point to it. Raises ArchiveError.
        """
        digest = record.digest if record else digest_of(page.body)
        if page.fragment and (known := rest_responses.response_part_of(db, page, digest)):
            return known
        original = page_rows.original(db, page.key, digest)
        if record and not original:
            return await self._write(partial(write_record, self.writer, record))
        return await self._write(partial(write_page, self.writer, page, digest, original))

    async def add_response(self, response: RestResponse) -> Pointer:
        """The same for a response that holds many pages."""
        return await self._write(partial(write_response, self.writer, response))

    async def _write(self, write: WriteRecord) -> Pointer:
        written: asyncio.Future[Pointer] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, written))
        if self._group is None or self._group.done():
            self._group = asyncio.ensure_future(self._write_waiting())
        return await written

    async def _write_waiting(self) -> None:
        """In one go of the thread, with one sync, what has come within a short while."""
        await asyncio.sleep(_GROUP_SECONDS)
        while self._waiting:
            group, self._waiting = self._waiting, []
            results = await self._run_in_thread([write for write, _ in group])
            for (_, written), result in zip(group, results, strict=True):
                if written.done():
                    continue  # who waited for it was cancelled
                if isinstance(result, Pointer):
                    written.set_result(result)
                else:
                    written.set_exception(result)

    async def _run_in_thread(self, writes: Sequence[WriteRecord]) -> list[Pointer | Exception]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, write_and_sync, self.writer, writes)
        except RuntimeError as error:  # the archive has been closed
            return [error] * len(writes)

    def run_maintenance(self, db: Database) -> None:
        """What the service's maintenance does, for crawls without a service."""
        try:
            message = maintain(db, self.data, self.budget, self.room)
        except (OSError, StorageError) as error:
            logger.error("archive: %s", error)
        else:
            if message:
                logger.info("archive: %s", message)

    def rotate(self) -> None:
        """Close yesterday's file, if nothing has been written since."""
        self._run(self.writer.rotate)

    def close(self, db: Database) -> None:
        """Give the file its final name; the database must still be open."""
        self._run(self.writer.finish)
        self._thread.shutdown()
        self.run_maintenance(db)

    def _run(self, action: Callable[[], None]) -> None:
        """What fails here is left to maintenance."""
        try:
            self._thread.submit(action).result()
        except ArchiveError as error:
            logger.error("%s", error)
