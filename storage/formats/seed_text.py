"""The seed format: one article a text file, `NNN_<16 hex>.txt`, as the view `corpus` holds it."""

import re
from pathlib import Path

from items import Article
from storage.formats.documents import LONGEST, Document, DocumentError
from text.normalise import normalise_article

_NAME = re.compile(r"(?P<number>\d{3,9})_(?P<id>[0-9a-f]{16})\.txt")


def name(number: int, article_id: str) -> str:
    """The file name: of number and id alone, so that nothing from the web gets into it."""
    return f"{number:03d}_{article_id}.txt"


def is_name(file: str) -> bool:
    return _NAME.fullmatch(file) is not None


def render(article: Article) -> str:
    """Section, title, source line (each when known) and the paragraphs, a blank line between any
    two; NFC, LF, no final newline.
    """
    article = normalise_article(article)
    head = (article.section, article.title, article.source)
    return "\n\n".join([*filter(None, head), *article.paragraphs])


def read(path: Path) -> Document:
    """Any text file; the name gives number and id where it is one of ours. Raises DocumentError."""
    with path.open("rb") as stream:
        return document(stream.read(LONGEST + 1), path)


def document(body: bytes, path: Path) -> Document:
    """The same of bytes that were read from `path`."""
    if len(body) > LONGEST:
        raise DocumentError(path, None, f"longer than {LONGEST // 1024**2} MB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, f"not UTF-8: byte 0x{body[error.start]:02x}") from None
    if not text.strip():
        raise DocumentError(path, None, "holds no text")
    named = _NAME.fullmatch(path.name)
    number, article_id = (int(named["number"]), named["id"]) if named else (None, None)
    return Document(path, text, len(body), id=article_id, number=number, raw=body)
