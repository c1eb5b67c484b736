"""A WARC file where it lies: a path, or a URL that fsspec opens."""

import hashlib
import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

from storage.warc.split import WarcError

_HEAD = 64 * 1024
_BUFFER = 256 * 1024


def open_warc(name: str) -> AbstractContextManager[BinaryIO]:
    """Raises OSError, and WarcError where what a URL needs is not installed."""
    if "://" not in name:
        return Path(name).open("rb", buffering=_BUFFER)
    try:
        import fsspec
    except ImportError:
        raise WarcError("a URL is read by fsspec: pip install fsspec") from None
    try:
        return cast(AbstractContextManager[BinaryIO], fsspec.open(name, "rb").open())
    except (ImportError, ValueError) as error:  # a protocol that nothing here knows
        raise WarcError(str(error)) from error


def absolute_path(name: str) -> str:
    """For who is elsewhere."""
    return name if "://" in name else str(Path(name).absolute())


def size_of(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def identity(file: BinaryIO) -> str:
    """16 hex digits of the file's size and beginning, the same wherever it lies."""
    size = size_of(file)
    file.seek(0)
    return hashlib.sha256(f"{size} ".encode() + file.read(_HEAD)).hexdigest()[:16]
