"""The size of the archive: its files, its budget, and which files are removed beyond it."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from storage.archive.pointer import OPEN, SUFFIX, archive_folder
from storage.database import transaction


def enforce_budget(db: Database, data: Path, budget: int, room: int = 0) -> int:
    """Remove the oldest closed files until the rest fits in `budget` bytes and `room` bytes of the disk
    are free, so that on a small disk the archive gives way before the database; returns how many.

    A file with pages that are still to be refined stays. A kill between rows and file leaves a file
    without rows; it is still the oldest, and goes the next time.
    """
    folder = archive_folder(data)
    total, removed = sum(sizes(folder).values()), 0
    budget = min(budget, total + shutil.disk_usage(data).free - room)
    for name, size in sorted(sizes(folder).items()):
        if total <= budget:
            break
        if name.endswith(SUFFIX) and _delete_rows(db, name):
            (folder / name).unlink(missing_ok=True)
            total, removed = total - size, removed + 1
    return removed


def sizes(folder: Path) -> dict[str, int]:
    """Bytes by file name, of files that are being written too."""
    files = {}
    for path in folder.glob(f"warraq-*{SUFFIX}*"):
        # It may be renamed or removed at any moment.
        with suppress(FileNotFoundError):
            files[path.name] = path.stat().st_size
    return files


def _delete_rows(db: Database, name: str) -> bool:
    """False: the file is still needed."""
    with transaction(db):
        file = db.execute("SELECT file FROM _archive_files WHERE name = ?", [name]).fetchone()
        if file and _is_needed(db, file[0]):
            return False
        if file:
            for sql in _DELETE:
                db.execute(sql, file)
    return True


_DELETE = (
    "DELETE FROM _archived_pages WHERE file = ?",
    "DELETE FROM _response_parts WHERE response IN "
    "(SELECT response FROM _archived_responses WHERE file = ?)",
    "DELETE FROM _archived_responses WHERE file = ?",
    "DELETE FROM _archive_files WHERE file = ?",
)


def _is_needed(db: Database, file: int) -> bool:
    """Whether it has a page that is still to be refined: its worker was killed, say, or it is part of
    a response with more pages than a crawl takes.
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
    """One site's part of the archive; `bytes` are compressed."""

    site: str | None
    pages: int
    revisits: int
    bytes: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Extent:
    """The whole archive; `since`: the day of its oldest file, `writing`: the number of open files."""

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
    files = sizes(archive_folder(data))
    digits = min(files, default="").partition("-")[2][:8]
    return Extent(
        files=len(files),
        bytes=sum(files.values()),
        writing=sum(name.endswith(OPEN) for name in files),
        since=f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if files else None,
    )


def site_summaries(db: Database) -> list[SiteSummary]:
    """By site; None for imported documents. The records of requests are not in `bytes`."""
    rows = db.execute(
        "SELECT site, sum(pages), sum(revisits), sum(bytes), min(fetched), max(fetched) FROM ("
        "SELECT site, 1 AS pages, revisit_of IS NOT NULL AS revisits, "
        "iif(response_part IS NULL, length, 0) AS bytes, fetched FROM _archived_pages "
        "UNION ALL SELECT site, 0, 0, length, fetched FROM _archived_responses) "
        "GROUP BY site ORDER BY site"
    ).fetchall()
    return [SiteSummary(*row) for row in rows]
