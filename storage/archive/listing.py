"""What is archived, in figures."""

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from storage.archive.pointer import OPEN, archive_folder
from storage.archive.retention import sizes


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one site; `bytes` are compressed."""

    site: str | None
    pages: int
    revisits: int
    bytes: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Extent:
    """Of all of the archive; `since` is the day of its oldest file, `writing` how many are open."""

    files: int
    bytes: int
    writing: int
    since: str | None

    def in_words(self) -> str:
        if not self.files:
            return "Nothing is archived."
        return (
            f"{self.files} archive file{'s' if self.files > 1 else ''}, {self.bytes / 1e6:.1f} MB, "
            f"since {self.since}; {self.writing} being written."
        )


def extent(data: Path) -> Extent:
    found = sizes(archive_folder(data))
    digits = min(found, default="").partition("-")[2][:8]
    return Extent(
        files=len(found),
        bytes=sum(found.values()),
        writing=sum(name.endswith(OPEN) for name in found),
        since=f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if found else None,
    )


def summary(db: Database) -> list[Summary]:
    """Site by site; what was imported has none. Requests beside the pages are not in `bytes`."""
    rows = db.execute(
        "SELECT site, sum(pages), sum(again), sum(bytes), min(fetched), max(fetched) FROM ("
        "SELECT site, 1 AS pages, refers IS NOT NULL AS again, iif(part IS NULL, length, 0) AS bytes, "
        "fetched FROM _pages UNION ALL SELECT site, 0, 0, length, fetched FROM _answers) "
        "GROUP BY site ORDER BY site"
    ).fetchall()
    return [Summary(*row) for row in rows]
