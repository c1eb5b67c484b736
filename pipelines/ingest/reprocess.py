"""The archive refined again: what to read, in slices, and what came of a slice into the database."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from errno import ENOENT
from pathlib import Path

from sqlite_utils import Database

from items import Article, Page, Rejected, Site
from pipelines.ingest.documents import refine_document
from pipelines.workers.slices import PAGES, PageInSlice, SliceBatch, SliceResult
from storage import job_progress, reprocessed_articles
from storage.archive.import_records import read_document
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import (
    REJECTED,
    STORED,
    ArchivedPage,
    ArchiveError,
    ReprocessScope,
    hints_read,
    is_needed,
    locate_page,
    pages_after,
    read_body,
)
from storage.article_rows import Row
from storage.boilerplate.apply import clean_new
from storage.database import transaction
from storage.formats.documents import Document, DocumentError
from text.normalise import normalise_article


@dataclass(frozen=True, slots=True)
class ArchiveSlice:
    """Some pages of the archive in `folder`. `start` and `end` are places in the work's order, of
    which every page has one. What is not for a worker: `documents`, rows of what was imported, and
    how many pages are `gone`.
    """

    folder: Path
    start: int
    end: int
    pages: Sequence[ArchivedPage]
    sites: Mapping[str, Site] = field(default_factory=dict)
    documents: Sequence[Row] = ()
    gone: int = 0

    def read(self) -> Iterator[PageInSlice | str]:
        if not self.folder.is_dir():
            # On another machine it is perhaps not to be seen: then no page is gone.
            raise FileNotFoundError(ENOENT, "the archive is not to be seen", str(self.folder))
        for held in self.pages:
            try:
                yield PageInSlice(held.row["page"], _page(self.folder, held), self.sites[held.site])
            except ArchiveError:
                yield "gone"

    def refine(self, found: PageInSlice) -> Article | Rejected:
        from pipelines.refine import refine  # loads for a second, and only workers need it

        return refine(found.page, found.site)

    def split_single(self) -> Iterator[tuple[SliceResult, "ArchiveSlice"]]:
        for held in self.pages:
            url = held.row["url"]
            unknown = SliceResult(
                held.row["page"], url, held.row["fetched"], Rejected(url, "crashed")
            )
            yield unknown, replace(self, pages=[held])


def _page(folder: Path, held: ArchivedPage) -> Page:
    row = held.row
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=read_body(folder, held),
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_read(row["hints"]),
    )


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """`sites` are the configured ones by name, and the scope has no pages of others; `data` is the database's folder. `anew`: the database
    was emptied, so every page is a visit again.
    """

    db: Database
    data: Path
    sites: Mapping[str, Site]
    scope: ReprocessScope
    from_start: bool = False

    @property
    def until(self) -> int:
        """Every page has two places in the order: with the stored ones, behind them with the rest."""
        return 2 * (self.scope.last + 1)

    def slices(self, start: int) -> Iterator[ArchiveSlice]:
        """The slices from a place in the order. The last one ends at `until`."""
        half = self.scope.last + 1
        while start < self.until:
            kind, base = (STORED, 0) if start < half else (REJECTED, half)
            rows = pages_after(self.db, self.scope, kind, start - base, PAGES)
            end = base + rows[-1]["page"] if len(rows) == PAGES else base + half
            yield self._slice(start, end, rows, kind)
            start = end

    def _slice(self, start: int, end: int, rows: list[Row], kind: str) -> ArchiveSlice:
        every = self.from_start or kind == REJECTED
        wanted = [row for row in rows if every or is_needed(self.db, row)]
        found = [
            one for row in wanted if row["kind"] != "import" and (one := locate_page(self.db, row))
        ]
        gone = sum(row["kind"] != "import" for row in wanted) - len(found)
        documents = [row for row in wanted if row["kind"] == "import"]
        sites = {name: self.sites[name] for name in {page.site for page in found}}
        return ArchiveSlice(
            archive_folder(self.data.absolute()), start, end, found, sites, documents, gone
        )

    def apply_batch(
        self, work: str, part: ArchiveSlice, batch: SliceBatch, now: str
    ) -> Counter[str]:
        """How many pages came to which end, in one transaction with the work's progress; nothing,
        where that has been done before.
        """
        counts: Counter[str] = Counter()
        with transaction(self.db):
            if not job_progress.advance(self.db, work, part.start, part.end):
                return counts
            for row, outcome in in_page_order(part, batch):
                counts[self._settle(row, outcome, part, now)] += 1
            counts += batch.skipped + Counter(gone=part.gone)
            job_progress.count_for_job(self.db, work, counts, now)
        return counts

    def _settle(self, row: Row, outcome: SliceResult | None, part: ArchiveSlice, now: str) -> str:
        if outcome is None:
            return self._settle_document(row, now)
        article = apply_since(outcome, row, part.sites)
        if isinstance(article, Rejected):
            return "rejected" if row["article"] is None else "lost"
        text = part.sites[row["site"] or ""].text
        article = clean_new(self.db, article, row["ingested_at"], text)
        return reprocessed_articles.reprocess_page(self.db, row, article, now, anew=self.from_start)

    def _settle_document(self, row: Row, now: str) -> str:
        """An imported text. One that our own export wrote is not refined: it is put back where it is
        missing.
        """
        document = self.document(row)
        if document is None:
            return "gone"
        if document.kept:
            return reprocessed_articles.restore(self.db, document.kept, row)
        article = normalise_article(refine_document(document))
        if not article.paragraphs:
            return "lost"
        return reprocessed_articles.reprocess_page(self.db, row, article, now, anew=self.from_start)

    def document(self, row: Row) -> Document | None:
        try:
            return read_document(self.db, self.data, row)
        except (ArchiveError, DocumentError):
            return None


def in_page_order(
    part: ArchiveSlice, batch: SliceBatch
) -> Iterator[tuple[Row, SliceResult | None]]:
    """The pages of a slice as they came, with what became of them; documents are refined here: that
    takes no time.
    """
    outcomes = {outcome.record: outcome for outcome in batch.results}
    rows = [page.row for page in part.pages if page.row["page"] in outcomes]
    for row in sorted([*rows, *part.documents], key=lambda row: int(row["page"])):
        yield row, outcomes.get(row["page"])


def apply_since(outcome: SliceResult, row: Row, sites: Mapping[str, Site]) -> Article | Rejected:
    """What a page that was turned away is now; one from before its site's `since` still is."""
    article, since = outcome.result, sites[row["site"] or ""].since
    if isinstance(article, Rejected) or row["article"] or not since:
        return article
    if (article.published or since) < since:
        return Rejected(outcome.key, "too_old", f"published {article.published}")
    return article
