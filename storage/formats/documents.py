"""What an import reads, before anything is made of it."""

from dataclasses import dataclass, field
from pathlib import Path

from items import Article

# Bytes. A longer text is a mistake, and would be held in memory several times over.
LONGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportedArticle:
    """An article as our own export wrote it: clean, and not to be refined again."""

    article: Article
    found_by: str = ""
    first_seen: str | None = None
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what was said of it. `offset` is how far its file has been read, in bytes as
    they lie on the disk; `raw` is what was read of it, a file or a line.
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
    """A file or a line that is no document; the message names both."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {message}")
