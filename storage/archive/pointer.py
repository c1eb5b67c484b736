"""Where a record is, and the names of the archive's files."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from pathlib import Path

FOLDER = "archive"
OPEN = ".open"
SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A record that has been written: `file` is the file's name without `.open`, `offset` and
    `length` (bytes) are of its gzip member, `uri` is its WARC-Target-URI. `revisit_of`: the page that
    has the payload of a revisit; `part`: the position in a response that holds several pages.
    """

    file: str
    offset: int
    length: int
    digest: str
    uri: str
    revisit_of: int | None = None
    part: int | None = None


def digest_of(payload: bytes) -> str:
    """SHA-1 as WARC writes it: `sha1:` and base 32."""
    return f"sha1:{b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"


def archive_folder(data: Path) -> Path:
    """The archive of the database in `data`."""
    return data / FOLDER


def find_file(folder: Path, name: str) -> Path | None:
    """The file called `name`, closed or still being written; None: it is gone."""
    # It may be renamed between two checks, so that its final name is checked twice.
    for path in (folder / name, folder / (name + OPEN), folder / name):
        if path.exists():
            return path
    return None
