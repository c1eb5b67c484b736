"""The archive of one process: records written in a thread of its own, one after another."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlite_utils import Database

from items import Page
from storage.archive import budget, pages, recovery
from storage.archive.capture import Original, write_page
from storage.archive.places import Pointer, archive_folder, digest_of
from storage.archive.writer import FILE_BYTES, Writer

BUDGET = 10_000_000_000
# The file being written is never removed: it must not be the whole budget.
_SHARE = 4


class Archive:
    """`about` is said in each file's first record. Close it after the last page."""

    def __init__(
        self,
        data: Path,
        *,
        about: Mapping[str, str] | None = None,
        budget: int = BUDGET,
        file_bytes: int = FILE_BYTES,
    ) -> None:
        self.data = data
        self.budget = budget
        size = min(file_bytes, max(budget // _SHARE, 1))
        self.writer = Writer(archive_folder(data), about or {}, size)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")

    async def add(self, db: Database, page: Page) -> Pointer:
        """The page's record: it is on the disk when this returns, so that a transaction may point to
        it. Raises ArchiveError.
        """
        before = pages.original(db, page.key, digest_of(page.body))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._add, page, before)

    def _add(self, page: Page, before: Original | None) -> Pointer:
        pointer = write_page(self.writer, page, before)
        self.writer.sync()
        return pointer

    def look_after(self, db: Database) -> str:
        """Bring files of the dead to their end and keep to the budget; what there is to say."""
        ended = recovery.end_dead(db, self.data)
        removed = budget.trim(db, self.data, self.budget)
        said = [f"{ended} archive files that a kill left open are closed" if ended else ""]
        said += [f"{removed} archive files are gone, to keep to the budget" if removed else ""]
        return "; ".join(filter(None, said))

    def finish_old(self) -> None:
        """Yesterday's file, where nothing has been written since."""
        self._thread.submit(self.writer.finish_old).result()

    def close(self) -> None:
        """The file gets its name. Raises ArchiveError."""
        try:
            self._thread.submit(self.writer.finish).result()
        finally:
            self._thread.shutdown()
