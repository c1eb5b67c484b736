"""Where a record lies, and the names of the archive's files."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from pathlib import Path

FOLDER = "archive"
OPEN = ".open"
SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A record that has been written: `file` is its name without `.open`, `offset` and `length`
    are of its gzip member, `uri` is its WARC-Target-URI. `refers`: the page that holds the payload
    of a revisit; `part`: the place in an answer that holds several.
    """

    file: str
    offset: int
    length: int
    digest: str
    uri: str
    refers: int | None = None
    part: int | None = None


def digest_of(payload: bytes) -> str:
    """As WARC writes it."""
    return f"sha1:{b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"


def archive_folder(data: Path) -> Path:
    """The archive of the database in `data`."""
    return data / FOLDER


def find_file(folder: Path, name: str) -> Path | None:
    """The file called `name`, finished or still being written; None where it is gone."""
    # It may be finished between the two looks: so the finished one is looked for twice.
    for path in (folder / name, folder / (name + OPEN), folder / name):
        if path.exists():
            return path
    return None
