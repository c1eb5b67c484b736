"""The corpus as files. Nothing half-written is ever seen under the name that was asked for."""

import csv
import filecmp
import gzip
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

from sqlite_utils import Database

from storage import jsonlines, seedfile
from storage.database import StorageError
from storage.reading import batches
from storage.rows import Row, article_from

Format = Literal["txt", "jsonl", "csv"]

_CSV = (
    *("number", "id", "url", "site", "section", "title", "source", "agency", "author"),
    *("published", "modified", "language", "tags", "image", "words", "text"),
)


def export(db: Database, dest: Path, format: Format, *, replace: bool = False) -> int:
    """Write every article; returns how many. `dest` is a folder for `txt`, else a file, gzipped
    where its name ends in `.gz`. A folder's files of other content are overwritten only with
    `replace`. Raises StorageError.
    """
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        if format == "txt":
            return _export_folder(db, dest, replace=replace)
        return _export_file(db, dest, {"jsonl": _jsonl, "csv": _csv}[format])
    except OSError as error:
        raise StorageError(f"{dest} cannot be written: {error.strerror or error}.") from error


def _rows(db: Database) -> Iterator[Row]:
    for batch in batches(db):
        yield from batch


def _jsonl(db: Database, stream: TextIO) -> int:
    count = 0
    for count, row in enumerate(_rows(db), 1):  # noqa: B007
        stream.write(jsonlines.write(row))
    return count


def _csv(db: Database, stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV)
    count = 0
    for count, row in enumerate(_rows(db), 1):  # noqa: B007
        writer.writerow([row[name] for name in _CSV])
    return count


def _export_file(db: Database, dest: Path, write: Callable[[Database, TextIO], int]) -> int:
    with _unfinished(dest) as part:
        with part.open("wb") as file:
            # Without name and time inside, equal articles give equal bytes.
            zipped = gzip.GzipFile("", "wb", fileobj=file, mtime=0)
            binary = zipped if dest.suffix == ".gz" else file
            with io.TextIOWrapper(binary, "utf-8", newline="") as stream:
                count = write(db, stream)
        part.replace(dest)
    return count


def _export_folder(db: Database, dest: Path, *, replace: bool) -> int:
    count = 0
    with _unfinished(dest) as part:
        part.mkdir()
        for count, row in enumerate(_rows(db), 1):  # noqa: B007
            text = seedfile.render(article_from(row))
            (part / seedfile.name(row["number"], row["id"])).write_bytes(text.encode())
        _place(part, dest, replace=replace)
    return count


def _place(part: Path, dest: Path, *, replace: bool) -> None:
    """The finished folder under its name; into a folder that is in use, file by file."""
    if not dest.is_dir() or not any(dest.iterdir()):
        part.replace(dest)
        return
    lost = [path for path in dest.iterdir() if seedfile.is_name(path.name) and _differs(path, part)]
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
    ours = part / path.name
    return not ours.exists() or not filecmp.cmp(path, ours, shallow=False)


@contextmanager
def _unfinished(dest: Path) -> Iterator[Path]:
    """A name beside `dest` to write under; what is still there at the end is removed."""
    part = dest.parent / f".{dest.name}.{os.getpid()}.part"
    try:
        yield part
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
