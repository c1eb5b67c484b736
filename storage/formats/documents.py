"""What an import reads, before it is refined."""

from dataclasses import dataclass, field
from pathlib import Path

from items import Article
from text.limits import MAX_DOCUMENT_BYTES

# What files begin with that are none of ours, and what to do with them.
_OTHER_FORMATS = {
    b"\xff\xfe": "is UTF-16: convert it, as by `iconv -f UTF-16 -t UTF-8`",
    b"\xfe\xff": "is UTF-16: convert it, as by `iconv -f UTF-16 -t UTF-8`",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd: unpack it first, as by `zstd -d`",
    b"BZh": "is compressed by bzip2: unpack it first, as by `bunzip2`",
    b"\xfd7zXZ": "is compressed by xz: unpack it first, as by `unxz`",
    b"PK\x03\x04": "is a ZIP file: unpack it first",
    b"PAR1": "is Parquet, which is written and not read: export .jsonl",
    b"SQLite format 3": "is a database: open it with --data",
}


@dataclass(frozen=True, slots=True)
class ExportedArticle:
    """An article that our own export wrote: clean, and not to be refined again."""

    article: Article
    found_by: str = ""
    first_seen: str | None = None
    last_seen: str | None = None
    gone_at: str | None = None
    refined_by: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its metadata. `offset`: how far its file has been read, in bytes on the disk; `raw`:
    the file or the line that it was read from; `left_out`: a sentence for each field that was not taken.
    """

    path: Path
    text: str
    offset: int
    line: int | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None
    section: str | None = None
    source: str | None = None
    agency: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    id: str | None = None
    number: int | None = None
    kept: ExportedArticle | None = None
    raw: bytes = field(default=b"", repr=False)
    left_out: tuple[str, ...] = ()

    @property
    def is_line(self) -> bool:
        """Whether `raw` is JSON."""
        return self.line is not None


class DocumentError(Exception):
    """A file or a line that is not a document; the message names both."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {message}")


def check_format(path: Path, start: bytes) -> None:
    """Raises DocumentError for a file that begins as another format does."""
    for magic, advice in _OTHER_FORMATS.items():
        if start.startswith(magic):
            raise DocumentError(path, None, advice)


def too_long() -> str:
    return f"longer than {MAX_DOCUMENT_BYTES >> 20} MiB, which no article is"
