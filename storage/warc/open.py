"""Opening a WARC file by its path, or by a URL that fsspec opens."""

import hashlib
import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

from storage.warc.split import WarcError

# Of the names of WARC files.
ENDINGS = (".warc.gz", ".warc")
_HEAD = 64 * 1024
_BUFFER = 256 * 1024


def open_warc(name: str) -> AbstractContextManager[BinaryIO]:
    """Raises OSError, and WarcError where a package that the URL needs is not installed."""
    if "://" not in name:
        return Path(name).open("rb", buffering=_BUFFER)
    try:
        import fsspec
    except ImportError:
        raise WarcError("a URL is read by fsspec: pip install fsspec") from None
    try:
        return cast(AbstractContextManager[BinaryIO], fsspec.open(name, "rb").open())
    except (ImportError, ValueError) as error:  # an unknown protocol
        raise WarcError(str(error)) from error


def absolute_path(name: str) -> str:
    """The name for another process, with another working folder."""
    return name if "://" in name else str(Path(name).absolute())


def size_of(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def identity(file: BinaryIO) -> str:
    """16 hex digits made of the file's size and beginning, the same wherever it is."""
    size = size_of(file)
    file.seek(0)
    return hashlib.sha256(f"{size} ".encode() + file.read(_HEAD)).hexdigest()[:16]
