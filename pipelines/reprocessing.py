"""The archive refined again: what to read, in slices, and what came of a slice into the database."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from items import Article, Rejected, Site
from pipelines.archived import ArchiveSlice
from pipelines.slices import PAGES, Batch, Outcome
from storage import reprocessed, slices
from storage.archive.places import archive_folder
from storage.boilerplate.cleaning import clean_new
from storage.database import transaction
from storage.held import REJECTED, STORED, Held, Scope, after, held, is_needed
from storage.reading import one
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """`sites` are the configured ones by name, `data` is the database's folder."""

    db: Database
    data: Path
    sites: Mapping[str, Site]
    scope: Scope

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
        wanted = [row for row in rows if kind == REJECTED or is_needed(self.db, row)]
        found = [one for row in wanted if (one := held(self.db, row))]
        sites = {page.site: self._site(page) for page in found}
        return ArchiveSlice(archive_folder(self.data.absolute()), start, end, found, sites)

    def _site(self, page: Held) -> Site:
        if page.site in self.sites:
            return self.sites[page.site]
        row = one(self.db, "sites", "name", page.site) or {}
        parts = urlsplit(page.row["final_url"])
        origin = f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
        return Site(page.site, homepage=row.get("homepage") or origin, title=row.get("title") or "")

    def settle(self, work: str, part: ArchiveSlice, batch: Batch, now: str) -> Counter[str]:
        """How many pages came to which end, in one transaction with the work's progress; nothing,
        where that has been done before.
        """
        counts: Counter[str] = Counter()
        rows = {page.row["page"]: page.row for page in part.held}
        with transaction(self.db):
            if not slices.advance(self.db, work, part.start, part.end):
                return counts
            for outcome in batch.outcomes:
                counts[self._settle(rows[outcome.record], outcome, part, now)] += 1
            counts += batch.passed
            slices.count(self.db, work, counts, now)
        return counts

    def _settle(self, row: Row, outcome: Outcome, part: ArchiveSlice, now: str) -> str:
        article = judged(outcome, row, part.sites)
        if isinstance(article, Rejected):
            return "rejected" if row["article"] is None else "lost"
        text = part.sites[row["site"] or ""].text
        article = clean_new(self.db, article, row["settled"], text)
        return reprocessed.settle(self.db, row, article, now)


def judged(outcome: Outcome, row: Row, sites: Mapping[str, Site]) -> Article | Rejected:
    """What a page that was turned away is now; one from before its site's `since` still is."""
    article, since = outcome.result, sites[row["site"] or ""].since
    if isinstance(article, Rejected) or row["article"] or not since:
        return article
    if (article.published or since) < since:
        return Rejected(outcome.key, "too_old", f"published {article.published}")
    return article
