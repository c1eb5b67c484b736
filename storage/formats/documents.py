"""What an import reads, before it is refined."""

from dataclasses import dataclass, field
from pathlib import Path

from items import Article

# Bytes. A longer text is a mistake, and would be in memory several times.
LONGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportedArticle:
    """An article that our own export wrote: clean, and not to be refined again."""

    article: Article
    found_by: str = ""
    first_seen: str | None = None
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its metadata. `offset`: how far its file has been read, in bytes on the disk; `raw`:
    the file or the line that it was read from.
    """

    path: Path
    text: str
    offset: int
    line: int | None = None
    url: str | None = None
    title: str | None = None
    section: str | None = None
    source: str | None = None
    published: str | None = None
    language: str | None = None
    id: str | None = None
    number: int | None = None
    kept: ExportedArticle | None = None
    raw: bytes = field(default=b"", repr=False)

    @property
    def is_line(self) -> bool:
        """Whether `raw` is JSON."""
        return self.line is not None


class DocumentError(Exception):
    """A file or a line that is not a document; the message names both."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {message}")
