"""Web archives into the database: anyone's WARC files, read in slices by all cores."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlite_utils import Database

from items import Rejected
from pipelines.ingest.reprocess_run import interruptible
from pipelines.ingest.web_archive import (
    FAILURES,
    ImportFilter,
    WarcSlice,
    cut_archive,
    ingest_slice,
)
from pipelines.site_lookup import SiteLookup
from pipelines.workers.slices import RefinesSlices, SliceBatch, refine_in_order
from storage import job_progress
from storage.database import transaction
from storage.warc.open import absolute_path, identity, open_warc, size_of
from storage.warc.split import WarcError, check_warc
from text.timestamps import utc_now

ENDINGS = (".warc.gz", ".warc")


def is_archive(name: str) -> bool:
    """By its name; a URL is always one."""
    return name.lower().endswith(ENDINGS) or "://" in name


def describe_rejected(counts: Counter[str]) -> Counter[str]:
    """By reason, of the counts of an import."""
    return Counter({name[1:]: count for name, count in counts.items() if name[0] == "-"})


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file that can be read. `work` is what it holds and what is wanted of it, for the record."""

    name: str
    work: str
    size: int


def open_archive_file(
    names: Sequence[str], wanted: ImportFilter, complain: Callable[[str], None]
) -> Iterator[ArchiveFile]:
    """Those of the files that can be read."""
    filters = [sorted(wanted.languages), sorted(wanted.hosts), wanted.since]
    scope = hashlib.sha256(repr(filters).encode()).hexdigest()[:8]
    for name in names:
        try:
            with open_warc(name) as file:
                check_warc(file)
                yield ArchiveFile(name, f"import {identity(file)} {scope}", size_of(file))
        except OSError as error:
            complain(f"{name}: cannot be read: {error.strerror or error}")
        except WarcError as error:
            complain(f"{name}: {error}")


@dataclass(slots=True)
class ImportRun:
    """A run. `counts` are of pages, by verdict, or by `-` and the reason; `known`: files that had
    been read before; `told` is how far it has come, in bytes, and a word on it.
    """

    db: Database
    wanted: ImportFilter
    hosts: SiteLookup
    on_progress: Callable[[float, str], None]
    on_problem: Callable[[str], None]
    again: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    known: int = 0
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)

    async def run(self, refiner: RefinesSlices, files: Sequence[ArchiveFile]) -> None:
        """Read the files in their order, each from where an earlier run was stopped. Ctrl-C stops
        this one, between two transactions.
        """
        read = 0
        with interruptible() as stopped:
            for file in files:
                work = self._begun(file)
                self.known += work.finished is not None
                if not work.finished and not stopped:
                    try:
                        await self._one(refiner, file, work.done_until, read, stopped)
                    except (OSError, WarcError) as error:
                        self.on_problem(f"{file.name}: cannot be read any more: {error}")
                read += file.size
            self.interrupted = bool(stopped)

    def _begun(self, file: ArchiveFile) -> job_progress.JobProgress:
        with transaction(self.db):
            if self.again:
                job_progress.forget_job(self.db, file.work)
            return job_progress.begin_job(self.db, file.work, file.name, 0, file.size, utc_now())

    async def _one(
        self, refiner: RefinesSlices, file: ArchiveFile, start: int, read: int, stopped: list[int]
    ) -> None:
        with open_warc(file.name) as stream:
            parts = cut_archive(
                stream, absolute_path(file.name), start, file.size, self.wanted, self.hosts
            )
            async for part, batch in refine_in_order(refiner, parts):
                self.counts += ingest_slice(self.db, file.work, part, batch, utc_now())
                self._complain(part, batch)
                self.on_progress(read + part.end, self._said())
                if stopped:
                    return

    def _said(self) -> str:
        away, pages = describe_rejected(self.counts), self.counts.total()
        rate = pages / max(time.monotonic() - self.began, 0.001)
        most = ", ".join(f"{count} {reason}" for reason, count in away.most_common(3))
        said = f"{rate:.0f} pages/s, {pages - away.total()} articles"
        return f"{said}, {away.total()} turned away ({most})" if away else said

    def _complain(self, part: WarcSlice, batch: SliceBatch) -> None:
        for outcome in batch.results:
            result = outcome.result
            if isinstance(result, Rejected) and result.reason in FAILURES:
                said = f"{outcome.key}: {result.reason}: {result.detail}"
                self.on_problem(f"{part.file}: {said}")
        if broken := batch.skipped["broken"]:
            place = f"between bytes {part.offset} and {part.end}"
            self.on_problem(f"{part.file}: {broken} broken records {place}")
