"""What the archive may hold: its files, their sizes, and which go when it is over its budget."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from storage.archive.pointer import OPEN, SUFFIX, archive_folder
from storage.database import transaction


def enforce_budget(db: Database, data: Path, budget: int, room: int = 0) -> int:
    """Remove the oldest finished files until what is left fits in `budget` bytes and `room` bytes of
    the disk are free: on a small one the archive gives way before the database has to. How many went.

    One whose pages have not all been refined stays. A kill between the rows and the file leaves a
    file that no row knows; it is still the oldest, and goes the next time.
    """
    folder = archive_folder(data)
    total, gone = sum(sizes(folder).values()), 0
    budget = min(budget, total + shutil.disk_usage(data).free - room)
    for name, size in sorted(sizes(folder).items()):
        if total <= budget:
            break
        if name.endswith(SUFFIX) and _forget(db, name):
            (folder / name).unlink(missing_ok=True)
            total, gone = total - size, gone + 1
    return gone


def sizes(folder: Path) -> dict[str, int]:
    """The archive's files and their sizes in bytes, those still being written as well."""
    found = {}
    for path in folder.glob(f"warraq-*{SUFFIX}*"):
        # It may be given its name, or go, at any moment.
        with suppress(FileNotFoundError):
            found[path.name] = path.stat().st_size
    return found


def _forget(db: Database, name: str) -> bool:
    with transaction(db):
        found = db.execute("SELECT file FROM _archive_files WHERE name = ?", [name]).fetchone()
        if found and _is_needed(db, found[0]):
            return False
        if found:
            for sql in _FORGET:
                db.execute(sql, found)
    return True


_FORGET = (
    "DELETE FROM _archived_pages WHERE file = ?",
    "DELETE FROM _response_parts WHERE response IN "
    "(SELECT response FROM _archived_responses WHERE file = ?)",
    "DELETE FROM _archived_responses WHERE file = ?",
    "DELETE FROM _archive_files WHERE file = ?",
)


def _is_needed(db: Database, file: int) -> bool:
    """Whether it holds a page that is still to be refined: its worker was killed, say, or it is
    part of an answer that holds more than a crawl takes.
    """
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM _archived_pages JOIN frontier USING (url) "
            "WHERE file = ?1 AND outcome = 'failed' AND state = 'queued') OR EXISTS ("
            "SELECT 1 FROM _archived_responses JOIN _response_parts USING (response) "
            "JOIN frontier USING (url) WHERE file = ?1 AND state = 'queued')",
            [file],
        ).fetchone()[0]
    )


@dataclass(frozen=True, slots=True)
class SiteSummary:
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


def site_summaries(db: Database) -> list[SiteSummary]:
    """Site by site; what was imported has none. Requests beside the pages are not in `bytes`."""
    rows = db.execute(
        "SELECT site, sum(pages), sum(again), sum(bytes), min(fetched), max(fetched) FROM ("
        "SELECT site, 1 AS pages, revisit_of IS NOT NULL AS again, "
        "iif(response_part IS NULL, length, 0) AS bytes, fetched FROM _archived_pages "
        "UNION ALL SELECT site, 0, 0, length, fetched FROM _archived_responses) "
        "GROUP BY site ORDER BY site"
    ).fetchall()
    return [SiteSummary(*row) for row in rows]
