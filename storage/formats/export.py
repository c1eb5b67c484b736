"""The selected articles in a file, a folder or a stream."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from storage.article_rows import Row
from storage.database import StorageError
from storage.formats import warc
from storage.formats.corpus_facts import facts_of
from storage.formats.file_formats import FORMATS, FileFormat, FormatName
from storage.formats.finished_files import write_file, write_folder
from storage.selection import EVERYTHING, Selection, selected

_GZIP = 31  # what zlib calls its own format with gzip's header, in which no name or time stands


def export(
    db: Database,
    dest: Path,
    format: FormatName,
    *,
    replace: bool = False,
    selection: Selection = EVERYTHING,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write the selected articles; returns how many. `dest` is a folder for a format of folders, unless
    its name ends in `.zip`, else a file, gzipped where its name ends in `.gz`. Files in the folder that
    differ are overwritten only with `replace`. `progress` gets how many are written. Raises StorageError.
    """
    if dest.exists() and not (dest.is_file() or dest.is_dir()):
        # Renaming a finished file to it would replace the device.
        raise StorageError(f"{dest} is a device or a pipe, no file: `-` is standard output.")
    entry = FORMATS[format]
    rows = _CountedRows(db, progress, selection)
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        if entry.shape == "folder" and dest.suffix.lower() != ".zip":
            files = entry.files(rows, facts_of(db, selection, counted=entry.needs_count))
            write_folder(dest, files, entry.is_file_name, replace=replace)
        else:
            is_packed = dest.suffix.lower() == ".gz"
            write_file(dest, _chunks(db, rows, entry, selection, packed=is_packed))
    except OSError as error:
        raise StorageError(f"{dest} cannot be written: {error.strerror or error}.") from error
    return rows.count


def export_stream(
    db: Database,
    stream: BinaryIO,
    format: FormatName,
    *,
    selection: Selection = EVERYTHING,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write the selected articles to an open stream as one file; returns how many. The records of a WARC
    are compressed. Raises StorageError.
    """
    rows = _CountedRows(db, progress, selection)
    entry = FORMATS[format]
    for chunk in _chunks(db, rows, entry, selection, packed=entry.needs_archive):
        stream.write(chunk)
    return rows.count


class _CountedRows:
    """The rows of `articles` that are exported, counted."""

    def __init__(self, db: Database, progress: Callable[[int], None], selection: Selection) -> None:
        self.count = 0
        self._batches = selected(db, selection)
        self._progress = progress

    def __iter__(self) -> Iterator[Row]:
        for batch in self._batches:
            for row in batch:
                self.count += 1
                yield row
            self._progress(self.count)


def _chunks(
    db: Database, rows: _CountedRows, entry: FileFormat, selection: Selection, *, packed: bool
) -> Iterator[bytes]:
    if entry.needs_archive:
        return warc.write(db, rows, packed=packed)
    chunks = entry.write(rows, facts_of(db, selection, counted=entry.needs_count))
    return _gzipped(chunks) if packed else chunks


def _gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Without name and time inside, equal articles give equal bytes."""
    packer = zlib.compressobj(wbits=_GZIP)
    yield from map(packer.compress, chunks)
    yield packer.flush()
