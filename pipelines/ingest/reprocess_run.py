"""A run of reprocessing over the whole archive, and a dry run that changes nothing."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from scrapy.utils.project import get_project_settings

from items import Article, Site
from pipelines.ingest.reprocess import ArchiveSlice, Reprocessing, in_page_order
from pipelines.workers.refiner import SLICES, Refines, refiner_of
from pipelines.workers.slices import RefinesSlices, SliceBatch, refine_in_order
from storage import job_progress
from storage.article_rows import Row
from storage.boilerplate.apply import take_out
from storage.boilerplate.learn import learned, line_hash, short_lines
from storage.database import transaction
from storage.reprocessed_articles import (
    Decision,
    StoredArticle,
    empty,
    find_stored,
    stored_by,
)
from text.timestamps import utc_now


def slice_refiner() -> Refines:
    return refiner_of(get_project_settings(), tasks=SLICES)


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """A list that is not empty once Ctrl-C has been pressed; pressed twice, it acts as elsewhere."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


_MAX_SHOWN = 5


@dataclass(slots=True)
class ReprocessRun:
    """`counts` are of pages, by `storage.reprocessed_articles.ReprocessOutcome` or by why a slice
    skipped them. `on_progress` gets the position and a sentence.
    """

    pages: Reprocessing
    on_progress: Callable[[float, str], None]
    counts: Counter[str] = field(default_factory=Counter)
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)

    async def run(self, refiner: RefinesSlices) -> None:
        """Ctrl-C stops it between two transactions."""
        progress = self._begin()
        start = progress.done_until if progress else 0
        job = progress.job if progress else ""
        with interruptible() as stopped:
            async for part, batch in refine_in_order(refiner, self.pages.slices(start)):
                self.apply_batch(job, part, batch)
                self.on_progress(part.end, self._summary())
                if stopped:
                    break
            self.interrupted = bool(stopped)

    def apply_batch(self, job: str, part: ArchiveSlice, batch: SliceBatch) -> None:
        self.counts += self.pages.apply_batch(job, part, batch, utc_now())

    def _begin(self) -> job_progress.JobProgress | None:
        """A run that was interrupted is resumed; one that finished starts over."""
        db, scope = self.pages.db, self.pages.scope
        job = (
            f"reprocess {scope.site or '*'} {scope.since or '*'}"
            + " rebuild" * self.pages.from_start
        )
        with transaction(db):
            known = job_progress.state(db, job)
            if known and known.finished:
                job_progress.forget_job(db, job)
                known = None
            if known:  # positions count the pages that there were when it began
                scope = replace(scope, last=known.end // 2 - 1)
                self.pages = replace(self.pages, scope=scope)
            if self.pages.from_start and known is None:
                empty(db)
            return job_progress.begin_job(db, job, job, 0, self.pages.until, utc_now())

    def _summary(self) -> str:
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
    """Decides as a run does, and applies nothing. `shown`: some of the texts that would change.

    Lines are not learned from on the way, so that a run whose pages teach a new boilerplate line
    may change more.
    """

    shown: list[TextChange] = field(default_factory=list)
    _unapplied: dict[str, StoredArticle] = field(default_factory=dict)

    def _begin(self) -> None:
        return None

    def apply_batch(self, job: str, part: ArchiveSlice, batch: SliceBatch) -> None:
        for row, result in in_page_order(part, batch):
            decision = self.pages.decide(row, result, part.sites, self._clean, self._find)
            self.counts[decision.outcome] += 1
            self._note(decision)
        self.counts += batch.skipped + Counter(gone=part.gone)

    def _clean(self, article: Article, row: Row, site: Site) -> Article:
        if not article.site:
            return article
        boilerplate = learned(self.pages.db, article.site) - {line_hash(line) for line in site.text}
        return take_out(article, boilerplate, short_lines(article.paragraphs))

    def _find(self, article_id: str) -> StoredArticle | None:
        return self._unapplied.get(article_id) or find_stored(self.pages.db, article_id)

    def _note(self, decision: Decision) -> None:
        """What a run would have stored by now, for later pages of the same article; and a sample of
        the changes.
        """
        current, article = decision.current, decision.article
        if decision.outcome in ("restored", "revised", "found"):
            stored = stored_by(decision)
            # Of what is found only the id is looked up later, and much may be found: no texts.
            row = {} if decision.outcome == "found" else stored.row
            self._unapplied[stored.row["id"]] = replace(stored, row=row)
        elif decision.outcome == "changed" and len(self.shown) < _MAX_SHOWN:
            assert current is not None
            assert isinstance(article, Article)
            before = tuple(current.row["text"].split("\n\n"))
            number, title = current.row["number"], current.row["title"]
            self.shown.append(TextChange(number, title, before, article.paragraphs))
