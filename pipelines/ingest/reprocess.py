"""The archive refined again: what to read, in slices, and what came of a slice into the database."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from items import Article, Rejected, Site
from pipelines.archived import ArchiveSlice
from pipelines.refine_text import refine_document
from pipelines.workers.slices import PAGES, Batch, Outcome
from storage import reprocessed, slices
from storage.archive.documents import read_document
from storage.archive.places import archive_folder
from storage.archive.reading import ArchiveError
from storage.boilerplate.cleaning import clean_new
from storage.database import transaction
from storage.documents import Document, DocumentError
from storage.held import REJECTED, STORED, Scope, after, held, is_needed
from storage.rows import Row
from text.normalise import storable_article


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """`sites` are the configured ones by name, and the scope has no pages of others; `data` is the database's folder. `anew`: the database
    was emptied, so every page is a visit again.
    """

    db: Database
    data: Path
    sites: Mapping[str, Site]
    scope: Scope
    anew: bool = False

    @property
    def until(self) -> int:
        """Every page has two places in the order: with the stored ones, behind them with the rest."""
        return 2 * (self.scope.last + 1)

    def cut(self, start: int) -> Iterator[ArchiveSlice]:
        """The slices from a place in the order. The last one ends at `until`."""
        half = self.scope.last + 1
        while start < self.until:
            kind, base = (STORED, 0) if start < half else (REJECTED, half)
            rows = after(self.db, self.scope, kind, start - base, PAGES)
            end = base + rows[-1]["page"] if len(rows) == PAGES else base + half
            yield self._slice(start, end, rows, kind)
            start = end

    def _slice(self, start: int, end: int, rows: list[Row], kind: str) -> ArchiveSlice:
        every = self.anew or kind == REJECTED
        wanted = [row for row in rows if every or is_needed(self.db, row)]
        found = [one for row in wanted if row["kind"] != "import" and (one := held(self.db, row))]
        gone = sum(row["kind"] != "import" for row in wanted) - len(found)
        documents = [row for row in wanted if row["kind"] == "import"]
        sites = {name: self.sites[name] for name in {page.site for page in found}}
        return ArchiveSlice(
            archive_folder(self.data.absolute()), start, end, found, sites, documents, gone
        )

    def settle(self, work: str, part: ArchiveSlice, batch: Batch, now: str) -> Counter[str]:
        """How many pages came to which end, in one transaction with the work's progress; nothing,
        where that has been done before.
        """
        counts: Counter[str] = Counter()
        with transaction(self.db):
            if not slices.advance(self.db, work, part.start, part.end):
                return counts
            for row, outcome in in_turn(part, batch):
                counts[self._settle(row, outcome, part, now)] += 1
            counts += batch.passed + Counter(gone=part.gone)
            slices.count(self.db, work, counts, now)
        return counts

    def _settle(self, row: Row, outcome: Outcome | None, part: ArchiveSlice, now: str) -> str:
        if outcome is None:
            return self._settle_document(row, now)
        article = judged(outcome, row, part.sites)
        if isinstance(article, Rejected):
            return "rejected" if row["article"] is None else "lost"
        text = part.sites[row["site"] or ""].text
        article = clean_new(self.db, article, row["settled"], text)
        return reprocessed.settle(self.db, row, article, now, anew=self.anew)

    def _settle_document(self, row: Row, now: str) -> str:
        """An imported text. One that our own export wrote is not refined: it is put back where it is
        missing.
        """
        document = self.document(row)
        if document is None:
            return "gone"
        if document.kept:
            return reprocessed.restore(self.db, document.kept, row)
        article = storable_article(refine_document(document))
        if not article.paragraphs:
            return "lost"
        return reprocessed.settle(self.db, row, article, now, anew=self.anew)

    def document(self, row: Row) -> Document | None:
        try:
            return read_document(self.db, self.data, row)
        except (ArchiveError, DocumentError):
            return None


def in_turn(part: ArchiveSlice, batch: Batch) -> Iterator[tuple[Row, Outcome | None]]:
    """The pages of a slice as they came, with what became of them; documents are refined here: that
    takes no time.
    """
    outcomes = {outcome.record: outcome for outcome in batch.outcomes}
    rows = [page.row for page in part.held if page.row["page"] in outcomes]
    for row in sorted([*rows, *part.documents], key=lambda row: int(row["page"])):
        yield row, outcomes.get(row["page"])


def judged(outcome: Outcome, row: Row, sites: Mapping[str, Site]) -> Article | Rejected:
    """What a page that was turned away is now; one from before its site's `since` still is."""
    article, since = outcome.result, sites[row["site"] or ""].since
    if isinstance(article, Rejected) or row["article"] or not since:
        return article
    if (article.published or since) < since:
        return Rejected(outcome.key, "too_old", f"published {article.published}")
    return article
