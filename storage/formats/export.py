"""The corpus as files. Nothing half-written is ever seen under the final name."""

import csv
import filecmp
import gzip
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TextIO, cast

from sqlite_utils import Database

from storage.article_rows import Row, article_from
from storage.database import StorageError
from storage.formats import json_lines, parquet, seed_text, warc
from storage.formats.csv_cells import harmless_cell
from storage.selection import EVERYTHING, Selection, selected

ExportFormat = Literal["txt", "jsonl", "csv", "parquet", "warc"]

_CSV = (
    *("number", "id", "url", "site", "section", "title", "source", "agency", "author"),
    *(
        "published",
        "modified",
        "language",
        "tags",
        "image",
        "access",
        "gone_at",
        "reserved",
        "rights",
        "words",
        "text",
    ),
)


def export(
    db: Database,
    dest: Path,
    format: ExportFormat,
    *,
    replace: bool = False,
    selection: Selection = EVERYTHING,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write the selected articles; returns how many. `dest` is a folder for `txt`, else a file, gzipped
    where its name ends in `.gz`. Texts in the folder that differ are overwritten only with `replace`.
    `progress` gets how many are written. Raises StorageError.
    """
    if dest.exists() and not (dest.is_file() or dest.is_dir()):
        # Renaming a finished file to it would replace the device.
        raise StorageError(f"{dest} is a device or a pipe, no file: `-` is standard output.")
    rows = _Rows(db, progress, selection)
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        if format == "txt":
            _export_folder(rows, dest, replace=replace)
        elif format == "parquet":
            with _finished(dest) as part:
                parquet.write(rows, part)
        elif format == "warc":
            with _finished(dest) as part, part.open("wb") as file:
                warc.write(db, rows, file, packed=dest.suffix == ".gz")
        else:
            _export_file(rows, dest, {"jsonl": _jsonl, "csv": _csv}[format])
    except OSError as error:
        raise StorageError(f"{dest} cannot be written: {error.strerror or error}.") from error
    return rows.count


def export_stream(
    db: Database,
    stream: BinaryIO,
    format: Literal["jsonl", "csv"],
    *,
    selection: Selection = EVERYTHING,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write the selected articles to an open stream; returns how many."""
    rows = _Rows(db, progress, selection)
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    write = _jsonl if format == "jsonl" else _csv
    try:
        write(rows, text)
    finally:
        text.detach()
    return rows.count


class _Rows:
    """The rows of `articles` that are exported, counted."""

    def __init__(self, db: Database, progress: Callable[[int], None], selection: Selection) -> None:
        self.count = 0
        self._batches = selected(db, selection)
        self._progress = progress

    def __iter__(self) -> Iterator[Row]:
        for batch in self._batches:
            yield from batch
            self.count += len(batch)
            self._progress(self.count)


def _jsonl(rows: _Rows, stream: TextIO) -> None:
    stream.writelines(map(json_lines.write, rows))


def _csv(rows: _Rows, stream: TextIO) -> None:
    """For spreadsheets: they know UTF-8 by the mark in front, and find no formula."""
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV)
    writer.writerows([harmless_cell(row[name]) for name in _CSV] for row in rows)


def _export_file(rows: _Rows, dest: Path, write: Callable[[_Rows, TextIO], None]) -> None:
    with (
        _finished(dest) as part,
        part.open("wb") as file,
        io.TextIOWrapper(_zipped(file, dest), "utf-8", newline="") as stream,
    ):
        write(rows, stream)


def _zipped(file: BinaryIO, dest: Path) -> BinaryIO:
    if dest.suffix != ".gz":
        return file
    # Without name and time inside, equal articles give equal bytes.
    return cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=file, mtime=0))


def _export_folder(rows: _Rows, dest: Path, *, replace: bool) -> None:
    with _unfinished(dest) as part:
        part.mkdir()
        for row in rows:
            text = seed_text.render(article_from(row))
            (part / seed_text.name(row["number"], row["id"])).write_bytes(text.encode())
        os.sync()  # once, instead of an fsync for each of a hundred thousand files
        _place(part, dest, replace=replace)


def _place(part: Path, dest: Path, *, replace: bool) -> None:
    """Give the finished folder its name; move file by file into a folder that is not empty."""
    if not dest.is_dir() or not any(dest.iterdir()):
        part.replace(dest)
        return
    lost = [
        path for path in dest.iterdir() if seed_text.is_name(path.name) and _differs(path, part)
    ]
    if lost and not replace:
        raise StorageError(
            f"{dest} holds other texts, which would be lost ({len(lost)}, such as {lost[0].name}): "
            "choose an empty folder, or add --replace."
        )
    for path in lost:
        path.unlink()
    for path in part.iterdir():
        path.replace(dest / path.name)


def _differs(path: Path, part: Path) -> bool:
    written = part / path.name
    return not written.exists() or not filecmp.cmp(path, written, shallow=False)


@contextmanager
def _finished(dest: Path) -> Iterator[Path]:
    """A temporary name for one file, which is flushed to the disk and renamed to `dest` at the end."""
    with _unfinished(dest) as part:
        yield part
        _sync(part)
        part.replace(dest)
        _sync(dest.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unfinished(dest: Path) -> Iterator[Path]:
    """A temporary name beside `dest`; what still has it at the end is removed."""
    part = dest.parent / f".{dest.name}.{os.getpid()}.part"
    try:
        yield part
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
