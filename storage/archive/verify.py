"""Whether the archive is whole: every record's digests, and every row's record."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlite_utils import Database

from storage.archive.pointer import OPEN, archive_folder, digest_of, find_file
from storage.archive.read_pages import payload_of
from storage.archive.recovery import whole_length
from storage.archive.retention import sizes
from storage.article_rows import Row

OnBytesRead = Callable[[int], None]
RowsByOffset = dict[int, list[Row]]

# Record types that rows point to; those of requests they do not.
_HOLDERS = ("response", "resource", "revisit", "conversion")


@dataclass(slots=True)
class ArchiveReport:
    """`orphans`: records that no row points to; a kill between record and row leaves one. `gone`:
    revisits whose original went with its file. `problems` are sentences; without any it is sound.
    """

    files: int = 0
    records: int = 0
    pages: int = 0
    orphans: int = 0
    gone: int = 0
    problems: list[str] = field(default_factory=list)


def verify_archive(
    db: Database, data: Path, advance: OnBytesRead = lambda done: None
) -> ArchiveReport:
    """Reads every byte; `advance` gets how many have been read."""
    folder, report, done = archive_folder(data), ArchiveReport(), 0
    known = dict(db.execute("SELECT name, file FROM _archive_files").fetchall())
    for name, size in sorted(sizes(folder).items()):
        rows = _rows(db, known.pop(name.removesuffix(OPEN), None))
        if path := find_file(folder, name.removesuffix(OPEN)):
            _check_file(path, rows, report)
        advance(done := done + size)
    report.problems += [
        f"{name}: the file is not there, and {len(rows)} records in it are pointed to"
        for name, file in known.items()
        if (rows := _rows(db, file))
    ]
    report.gone = _count_gone(db)
    return report


def _check_file(path: Path, rows: RowsByOffset, report: ArchiveReport) -> None:
    report.files += 1
    report.pages += sum(map(len, rows.values()))
    sources: set[str] = set()
    with path.open("rb") as stream:
        for offset, record in _records(stream, sorted(rows), report, path.name):
            report.records += 1
            pointing = rows.pop(offset, [])
            if record.headers.get("WARC-Type") == "conversion":
                sources.add(record.headers.get("WARC-Refers-To") or "")
            report.orphans += not pointing and _is_holder(record, sources)
            report.problems += [
                f"{path.name} at {offset}: {problem}" for problem in _problems(record, pointing)
            ]
            if path.name.endswith(OPEN) and not rows:
                break  # what follows has no rows, and may be half written
    report.problems += [
        f"{path.name} at {offset}: no record can be read, and {row['url']} points to it"
        for offset, pointing in rows.items()
        for row in pointing
    ]


def _is_holder(record: WarcRecord, sources: set[str]) -> bool:
    """Whether a row points to it. `sources`: responses that a browser made something else of, which are
    kept beside it.
    """
    headers = record.headers
    if headers.get("WARC-Type") not in _HOLDERS or headers.get("WARC-Record-ID") in sources:
        return False
    return headers.get("WARC-Type") != "response" or "WARC-Concurrent-To" not in headers


def _records(
    stream: IO[bytes], pointed: list[int], report: ArchiveReport, name: str
) -> Iterator[tuple[int, WarcRecord]]:
    """After damage, goes on with the next record that a row points to."""
    start: int | None = 0
    while start is not None:
        stream.seek(start)
        position = start
        try:
            for record in ArchiveIterator(stream, parse_http=False):
                position = record.stream_pos
                yield position, record
            # The iterator ends without an error at a record that is cut off in its head.
            if (end := whole_length(stream, position)) != os.fstat(stream.fileno()).st_size:
                report.problems.append(f"{name}: breaks off after {end}")
            return
        except (OSError, ValueError, EOFError) as error:
            start = next((offset for offset in pointed if offset > position), None)
            report.problems.append(f"{name}: damaged after {position} ({error})")


def _problems(record: WarcRecord, pointing: list[Row]) -> Iterator[str]:
    block = record.reader.read()
    headers = record.headers
    if headers.get("WARC-Block-Digest") not in (None, digest_of(block)):
        yield "the record's digest is another"
    digest = headers.get("WARC-Payload-Digest")
    is_revisit = headers.get("WARC-Type") == "revisit"
    if digest and not is_revisit and digest != digest_of(payload_of(record, block)):
        yield "the payload's digest is another"
    for row in pointing:
        if headers.get("WARC-Target-URI") != row["target_uri"] or digest != row["digest"]:
            yield f"not the record of {row['url']}"
        if is_revisit != (row["revisit_of"] is not None):
            yield f"{row['url']} is a revisit, or should be"


def _rows(db: Database, file: int | None) -> RowsByOffset:
    sql = (
        "SELECT offset, url, target_uri, digest, revisit_of FROM _archived_pages WHERE file = ?1 "
        "UNION ALL SELECT offset, target_uri, target_uri, digest, NULL "
        "FROM _archived_responses WHERE file = ?1"
    )
    rows: RowsByOffset = {}
    for row in db.query(sql, [file]):
        rows.setdefault(row["offset"], []).append(row)
    return rows


def _count_gone(db: Database) -> int:
    gone: int = db.execute(
        "SELECT count(*) FROM _archived_pages AS revisit WHERE revisit_of IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM _archived_pages AS original WHERE original.page = revisit.revisit_of "
        "AND original.digest = revisit.digest)"
    ).fetchone()[0]
    return gone
