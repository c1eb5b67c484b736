"""A run of reprocessing over the whole archive, and a dry run that changes nothing."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from scrapy.utils.project import get_project_settings

from items import Article, Rejected, Site
from pipelines.ingest.documents import refine_document
from pipelines.ingest.reprocess import ArchiveSlice, Reprocessing, apply_since, in_page_order
from pipelines.workers.refiner import SLICES, Refines, refiner_of
from pipelines.workers.slices import RefinesSlices, SliceBatch, SliceResult, refine_in_order
from storage import job_progress
from storage.article_rows import Row
from storage.boilerplate.apply import take_out
from storage.boilerplate.learn import learned, line_hash, short_lines
from storage.database import transaction
from storage.reprocessed_articles import changes_of, empty, stored
from text.normalise import normalise_article
from text.timestamps import utc_now


def slice_refiner() -> Refines:
    return refiner_of(get_project_settings(), tasks=SLICES)


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Holds something once Ctrl-C has been pressed; pressed twice, it acts as it does elsewhere."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


_SHOWN = 5


@dataclass(slots=True)
class ReprocessRun:
    """`counts` are of pages, by what came of them; see `storage.reprocessed_articles`."""

    pages: Reprocessing
    on_progress: Callable[[float, str], None]
    counts: Counter[str] = field(default_factory=Counter)
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)

    async def run(self, refiner: RefinesSlices) -> None:
        work = self._begun()
        start = work.done_until if work else 0
        name = work.job if work else ""
        with interruptible() as stopped:
            async for part, batch in refine_in_order(refiner, self.pages.slices(start)):
                self.apply_batch(name, part, batch)
                self.on_progress(part.end, self._said())
                if stopped:
                    break
            self.interrupted = bool(stopped)

    def apply_batch(self, work: str, part: ArchiveSlice, batch: SliceBatch) -> None:
        self.counts += self.pages.apply_batch(work, part, batch, utc_now())

    def _begun(self) -> job_progress.JobProgress | None:
        """A run that was interrupted goes on; one that came to its end begins anew."""
        db, scope = self.pages.db, self.pages.scope
        name = (
            f"reprocess {scope.site or '*'} {scope.since or '*'}"
            + " rebuild" * self.pages.from_start
        )
        with transaction(db):
            known = job_progress.state(db, name)
            if known and known.finished:
                job_progress.forget_job(db, name)
                known = None
            if known:  # the order is of the pages that were there when it began
                scope = replace(scope, last=known.end // 2 - 1)
                self.pages = replace(self.pages, scope=scope)
            if self.pages.from_start and known is None:
                empty(db)
            return job_progress.begin_job(db, name, name, 0, self.pages.until, utc_now())

    def _said(self) -> str:
        pages = self.counts.total()
        rate = pages / max(time.monotonic() - self.began, 0.001)
        return f"{rate:.0f} pages/s, {self.counts['changed']} texts changed"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text as it is, and as it would be."""

    number: int | None
    title: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class DryRun(ReprocessRun):
    """`shown`: some of the texts that would change."""

    shown: list[TextChange] = field(default_factory=list)

    def _begun(self) -> None:
        return None

    def apply_batch(self, work: str, part: ArchiveSlice, batch: SliceBatch) -> None:
        for row, outcome in in_page_order(part, batch):
            self.counts[self._would(row, outcome, part)] += 1
        self.counts += batch.skipped + Counter(gone=part.gone)

    def _would(self, row: Row, outcome: SliceResult | None, part: ArchiveSlice) -> str:
        if outcome is None:
            return self._document_would(row)
        result = apply_since(outcome, row, part.sites)
        if isinstance(result, Rejected):
            return "rejected" if row["article"] is None else "lost"
        return self._compared(row, self._cleaned(row, result, part.sites[row["site"]]))

    def _document_would(self, row: Row) -> str:
        document = self.pages.document(row)
        if document is None:
            return "gone"
        if document.kept:
            return "same" if stored(self.pages.db, row["article"]) else "restored"
        article = normalise_article(refine_document(document))
        return self._compared(row, article) if article.paragraphs else "lost"

    def _cleaned(self, row: Row, article: Article, site: Site) -> Article:
        known = learned(self.pages.db, row["site"]) - {line_hash(line) for line in site.text}
        return normalise_article(take_out(article, known, short_lines(article.paragraphs)))

    def _compared(self, row: Row, article: Article) -> str:
        current = stored(self.pages.db, row["article"] or article.id)
        if current is None:
            return "restored" if row["article"] else "found"
        if not row["article"]:
            return "same"
        if current["last_seen"] < row["ingested_at"]:
            return "revised"
        changes = changes_of(self.pages.db, current, article)
        if "text" not in changes:
            return "corrected" if changes else "same"
        if len(self.shown) < _SHOWN:
            before = tuple(current["text"].split("\n\n"))
            change = TextChange(current["number"], current["title"], before, article.paragraphs)
            self.shown.append(change)
        return "changed"
