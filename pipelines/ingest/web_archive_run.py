"""Web archives into the database: WARC files from anywhere, read in slices by all cores."""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from sqlite_utils import Database

from items import Rejected
from pipelines.ingest.reprocess_run import interruptible
from pipelines.ingest.web_archive import (
    FAILURES,
    ImportCounts,
    ImportFilter,
    WarcSlice,
    cut_archive,
    ingest_slice,
)
from pipelines.site_lookup import SiteLookup
from pipelines.workers.slices import RefinesSlices, SliceBatch, refine_ahead
from storage import job_progress
from storage.database import transaction
from storage.warc.open import ENDINGS, absolute_path, identity, open_warc, size_of
from storage.warc.split import WarcError, check_warc
from text.timestamps import utc_now


def is_archive(name: str) -> bool:
    """By its name; a URL always is."""
    return name.lower().endswith(ENDINGS) or "://" in name


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file that can be read; `size` in bytes. `job` identifies its content and the filter."""

    name: str
    job: str
    size: int


def open_archive_file(
    names: Sequence[str], wanted: ImportFilter, on_problem: Callable[[str], None]
) -> Iterator[ArchiveFile]:
    """Those of the files that can be read."""
    filters = [sorted(wanted.languages), sorted(wanted.hosts), wanted.since]
    digest = hashlib.sha256(repr(filters).encode()).hexdigest()[:8]
    for name in names:
        try:
            with open_warc(name) as file:
                check_warc(file)
                yield ArchiveFile(name, f"import {identity(file)} {digest}", size_of(file))
        except OSError as error:
            on_problem(f"{name}: cannot be read: {error.strerror or error}")
        except WarcError as error:
            on_problem(f"{name}: {error}")


@dataclass(slots=True)
class ImportRun:
    """`known`: files that were imported before; `reimport`: import them nevertheless. `on_progress` gets
    the bytes that are done and a sentence.
    """

    db: Database
    wanted: ImportFilter
    hosts: SiteLookup
    on_progress: Callable[[float, str], None]
    on_problem: Callable[[str], None]
    reimport: bool = False
    counts: ImportCounts = field(default_factory=ImportCounts)
    known: int = 0
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)
    _files: deque[ArchiveFile] = field(default_factory=deque)
    _unreadable: set[str] = field(default_factory=set)
    _done: int = 0

    async def run(self, refiner: RefinesSlices, files: Sequence[ArchiveFile]) -> None:
        """The files in order, each from where an earlier run was stopped; the next one is begun while
        the last slices of one are refined. Ctrl-C stops the run, between two transactions.
        """
        with interruptible() as stopped:
            async with aclosing(refine_ahead(refiner, self._parts(files))) as refining:
                async for part, task in refining:
                    await self._ingest(self._files.popleft(), part, task)
                    if stopped:
                        break
            self.interrupted = bool(stopped)

    def _parts(self, files: Sequence[ArchiveFile]) -> Iterator[WarcSlice]:
        """The slices of all files; the file of each that is under way is in `_files`."""
        jobs = set[str]()
        for file in files:
            progress = self._begin(file)
            is_known = progress.finished is not None or file.job in jobs
            jobs.add(file.job)
            self.known += is_known
            self._done += file.size if is_known else progress.done_until
            if not is_known:
                for part in self._slices(file, progress.done_until):
                    self._files.append(file)
                    yield part

    def _slices(self, file: ArchiveFile, start: int) -> Iterator[WarcSlice]:
        """From the byte `start` on, until it cannot be read."""
        name = absolute_path(file.name)
        try:
            with open_warc(file.name) as stream:
                for part in cut_archive(stream, name, start, file.size, self.wanted, self.hosts):
                    if file.name in self._unreadable:
                        return
                    yield part
        except (OSError, WarcError) as error:
            self._cannot_read(file, error)

    def _cannot_read(self, file: ArchiveFile, error: Exception) -> None:
        if file.name not in self._unreadable:
            self._unreadable.add(file.name)
            self.on_problem(f"{file.name}: cannot be read any more: {error}")

    async def _ingest(
        self, file: ArchiveFile, part: WarcSlice, task: asyncio.Task[SliceBatch]
    ) -> None:
        try:
            batch = await task
        except (OSError, WarcError) as error:
            self._cannot_read(file, error)
            return
        # Without the slices before it, a slice is not ingested: its file's progress is at their begin.
        self.counts += ingest_slice(self.db, file.job, part, batch, utc_now())
        self._report_problems(part, batch)
        self._done += part.end - part.offset
        self.on_progress(self._done, self._summary())

    def _begin(self, file: ArchiveFile) -> job_progress.JobProgress:
        with transaction(self.db):
            if self.reimport:
                job_progress.forget_job(self.db, file.job)
            return job_progress.begin_job(self.db, file.job, file.name, 0, file.size, utc_now())

    def _summary(self) -> str:
        stored, rejected = self.counts.stored, self.counts.rejected
        rate = self.counts.total() / max(time.monotonic() - self.began, 0.001)
        summary = f"{rate:.0f} pages/s, {stored.total()} articles"
        if not rejected:
            return summary
        reasons = ", ".join(f"{count} {reason}" for reason, count in rejected.most_common(3))
        return f"{summary}, {rejected.total()} turned away ({reasons})"

    def _report_problems(self, part: WarcSlice, batch: SliceBatch) -> None:
        for outcome in batch.results:
            result = outcome.result
            if isinstance(result, Rejected) and result.reason in FAILURES:
                problem = f"{outcome.key}: {result.reason}: {result.detail}"
                self.on_problem(f"{part.file}: {problem}")
        if broken := batch.skipped["broken"]:
            where = f"between bytes {part.offset} and {part.end}"
            self.on_problem(f"{part.file}: {broken} broken records {where}")
