"""Our own archive in slices: pages that were settled once, to be refined again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from errno import ENOENT
from pathlib import Path

from items import Article, Page, Rejected, Site
from pipelines.workers.slices import Found, Outcome
from storage.archive.reading import ArchiveError, hints_read
from storage.held import Held, body_of
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class ArchiveSlice:
    """Some pages of the archive in `folder`. `start` and `end` are places in the work's order, of
    which every page has one. What is not for a worker: `documents`, rows of what was imported, and
    how many pages are `gone`.
    """

    folder: Path
    start: int
    end: int
    held: Sequence[Held]
    sites: Mapping[str, Site] = field(default_factory=dict)
    documents: Sequence[Row] = ()
    gone: int = 0

    def read(self) -> Iterator[Found | str]:
        if not self.folder.is_dir():
            # On another machine it is perhaps not to be seen: then no page is gone.
            raise FileNotFoundError(ENOENT, "the archive is not to be seen", str(self.folder))
        for held in self.held:
            try:
                yield Found(held.row["page"], _page(self.folder, held), self.sites[held.site])
            except ArchiveError:
                yield "gone"

    def refine(self, found: Found) -> Article | Rejected:
        from pipelines.refine import refine  # loads for a second, and only workers need it

        return refine(found.page, found.site)

    def apart(self) -> Iterator[tuple[Outcome, "ArchiveSlice"]]:
        for held in self.held:
            url = held.row["url"]
            unknown = Outcome(held.row["page"], url, held.row["fetched"], Rejected(url, "crashed"))
            yield unknown, replace(self, held=[held])


def _page(folder: Path, held: Held) -> Page:
    row = held.row
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=body_of(folder, held),
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_read(row["hints"]),
    )
