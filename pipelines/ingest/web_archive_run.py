"""Web archives into the database: WARC files from anywhere, read in slices by all cores."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
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
from pipelines.workers.slices import RefinesSlices, SliceBatch, refine_in_order
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

    async def run(self, refiner: RefinesSlices, files: Sequence[ArchiveFile]) -> None:
        """The files in order, each from where an earlier run was stopped. Ctrl-C stops this one,
        between two transactions.
        """
        done = 0
        with interruptible() as stopped:
            for file in files:
                progress = self._begin(file)
                self.known += progress.finished is not None
                if not progress.finished and not stopped:
                    try:
                        await self._import(refiner, file, progress.done_until, done, stopped)
                    except (OSError, WarcError) as error:
                        self.on_problem(f"{file.name}: cannot be read any more: {error}")
                done += file.size
            self.interrupted = bool(stopped)

    def _begin(self, file: ArchiveFile) -> job_progress.JobProgress:
        with transaction(self.db):
            if self.reimport:
                job_progress.forget_job(self.db, file.job)
            return job_progress.begin_job(self.db, file.job, file.name, 0, file.size, utc_now())

    async def _import(
        self, refiner: RefinesSlices, file: ArchiveFile, start: int, done: int, stopped: list[int]
    ) -> None:
        """From the byte `start` on; `done` are the bytes of the files before it."""
        with open_warc(file.name) as stream:
            parts = cut_archive(
                stream, absolute_path(file.name), start, file.size, self.wanted, self.hosts
            )
            async for part, batch in refine_in_order(refiner, parts):
                self.counts += ingest_slice(self.db, file.job, part, batch, utc_now())
                self._report_problems(part, batch)
                self.on_progress(done + part.end, self._summary())
                if stopped:
                    return

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
