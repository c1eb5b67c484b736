"""The archive refined again: what to read, in slices, and what came of a slice into the database."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from errno import ENOENT
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from items import Article, Reason, Rejected, Site
from pipelines.ingest.documents import refine_document
from pipelines.workers.slices import PAGES, PageInSlice, SliceBatch, SliceResult
from storage import job_progress
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import (
    REJECTED,
    STORED,
    ArchivedPage,
    ArchiveError,
    ReprocessScope,
    is_needed,
    locate_page,
    page_of,
    pages_after,
)
from storage.article_rows import Row
from storage.boilerplate.apply import clean_new
from storage.database import transaction
from storage.formats.documents import Document, DocumentError
from storage.formats.import_records import read_document
from storage.prepared_articles import as_stored, prepare
from storage.reprocessed_articles import (
    Decision,
    FindArticle,
    apply_decision,
    decide,
    decide_export,
    decide_of_many,
    find_stored,
)
from storage.tombstones import tombstone_of
from storage.unfolding import has_later_page, is_of_many_addresses, own_url
from text.timestamps import is_before


@dataclass(frozen=True, slots=True)
class ArchiveSlice:
    """Some pages of the archive in `folder`. `start` and `end` are positions in the job's order, of
    which every page has one. Not for a worker: `documents`, rows of imported texts, and how many
    pages are `gone`.
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
            # A worker on another machine may not have it mounted: then no page is gone.
            raise FileNotFoundError(ENOENT, "the archive is not to be seen", str(self.folder))
        for archived in self.pages:
            try:
                page = page_of(self.folder, archived)
            except ArchiveError:
                yield "gone"
            else:
                yield PageInSlice(archived.row["page"], page, self.sites[archived.site])

    def refine(self, item: PageInSlice) -> Article | Rejected:
        from pipelines.refine import refine  # takes a second to load, and only workers need it

        outcome = refine(item.page, item.site)
        return outcome if isinstance(outcome, Rejected) else prepare(outcome)

    def split_single(self) -> Iterator[tuple[SliceResult, "ArchiveSlice"]]:
        for archived in self.pages:
            row = archived.row
            unknown = SliceResult(
                row["page"], row["url"], row["fetched"], Rejected(row["url"], Reason.CRASHED)
            )
            yield unknown, replace(self, pages=[archived])


CleanArticle = Callable[[Article, Row, Site], Article]


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """`sites` are the configured ones by name; the scope has no pages of others. `data` is the
    database's folder. `from_start`: the database was emptied, so that every page counts as a visit.
    """

    db: Database
    data: Path
    sites: Mapping[str, Site]
    scope: ReprocessScope
    from_start: bool = False

    @property
    def until(self) -> int:
        """Every page has two positions: among those that became articles, and, behind all of these,
        among the rejected ones.
        """
        return 2 * (self.scope.last + 1)

    def slices(self, start: int) -> Iterator[ArchiveSlice]:
        """The slices from a position on. The last one ends at `until`."""
        half = self.scope.last + 1
        while start < self.until:
            kind, base = (STORED, 0) if start < half else (REJECTED, half)
            rows = pages_after(self.db, self.scope, kind, start - base, PAGES)
            end = base + rows[-1]["page"] if len(rows) == PAGES else base + half
            yield self._slice(start, end, rows, kind)
            start = end

    def _slice(self, start: int, end: int, rows: list[Row], kind: str) -> ArchiveSlice:
        every = self.from_start or kind == REJECTED
        needed = [row for row in rows if every or is_needed(self.db, row)]
        documents = [row for row in needed if row["kind"] == "import"]
        located = [locate_page(self.db, row) for row in needed if row["kind"] != "import"]
        pages = [page for page in located if page is not None]
        sites = {name: self.sites[name] for name in {page.site for page in pages}}
        folder = archive_folder(self.data.absolute())
        return ArchiveSlice(
            folder, start, end, pages, sites, documents, gone=len(located) - len(pages)
        )

    def apply_batch(
        self, job: str, part: ArchiveSlice, batch: SliceBatch, now: str
    ) -> Counter[str]:
        """Pages by outcome, applied in one transaction with the job's progress; empty where the slice
        was done before.
        """
        counts: Counter[str] = Counter()
        with transaction(self.db):
            if not job_progress.advance(self.db, job, part.start, part.end):
                return counts
            find = partial(find_stored, self.db)
            for row, result in in_page_order(part, batch):
                decision = self.decide(row, result, part.sites, self._clean, find)
                apply_decision(self.db, decision, now)
                counts[decision.outcome] += 1
            counts += batch.skipped + Counter(gone=part.gone)
            job_progress.count_for_job(self.db, job, counts, now)
        return counts

    def decide(
        self,
        row: Row,
        result: SliceResult | None,
        sites: Mapping[str, Site],
        clean: CleanArticle,
        find: FindArticle,
    ) -> Decision:
        """What a page's result means for the articles; without one, the row is an imported text,
        which is refined here. Writes nothing but what `clean` does.
        """
        if result is None:
            return self._decide_document(row, find)
        article = apply_since(result, row, sites)
        if isinstance(article, Rejected):
            return Decision("rejected" if row["article"] is None else "lost", row)
        if tombstone_of(self.db, row["url"], article.id, article.url, article.address):
            return Decision("rejected", row)
        article = clean(article, row, sites[row["site"] or ""])
        own = own_url(self.db, row, as_stored(article), from_start=self.from_start)
        if own is None and is_of_many_addresses(self.db, row) and not self.from_start:
            return decide_of_many(row, article, find, later=has_later_page(self.db, row))
        return decide(row, article, find, from_start=self.from_start, own_url=own)

    def _decide_document(self, row: Row, find: FindArticle) -> Decision:
        document = self._document(row)
        if document is None:
            return Decision("gone", row)
        if document.kept:
            return decide_export(row, document.kept, find)
        article = as_stored(refine_document(document))
        if not article.paragraphs:
            return Decision("lost", row)
        return decide(row, article, find, from_start=self.from_start)

    def _document(self, row: Row) -> Document | None:
        try:
            return read_document(self.db, self.data, row)
        except (ArchiveError, DocumentError):
            return None

    def _clean(self, article: Article, row: Row, site: Site) -> Article:
        """Its lines are counted and learned from as those of a new article."""
        return clean_new(self.db, article, row["ingested_at"], site.text)


def in_page_order(
    part: ArchiveSlice, batch: SliceBatch
) -> Iterator[tuple[Row, SliceResult | None]]:
    """The pages of a slice in the order in which they were archived, with their results; imported
    texts have none.
    """
    results = {result.record: result for result in batch.results}
    rows = [page.row for page in part.pages if page.row["page"] in results]
    for row in sorted([*rows, *part.documents], key=lambda row: int(row["page"])):
        yield row, results.get(row["page"])


def apply_since(result: SliceResult, row: Row, sites: Mapping[str, Site]) -> Article | Rejected:
    """The article of a page that was rejected stays rejected if it is from before the site's `since`,
    and so does a later page of one.
    """
    article = result.result
    if isinstance(article, Rejected) or row["article"]:
        return article
    if article.first_page:
        return Rejected(result.key, Reason.LATER_PAGE, f"begins at {article.first_page}")
    if is_before(article.published, sites[row["site"] or ""].starts_at()):
        return Rejected(result.key, Reason.TOO_OLD, f"published {article.published}")
    return article
