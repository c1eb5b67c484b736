"""The seed format: a text file for each article, `NNN_<16 hex>.txt`, as the view `corpus` has it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from items import Article
from storage.article_rows import MAX_NUMBER, Row, article_from
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.documents import Document, DocumentError, check_format, too_long
from storage.formats.record_fields import checked_text
from text.limits import MAX_DOCUMENT_BYTES
from text.normalise import normalise_article

_NAME = re.compile(r"(?P<number>\d{3,18})_(?P<id>[0-9a-f]{16})\.txt")


def name(number: int, article_id: str) -> str:
    """The file name, made of number and id alone, so that nothing from the web gets into it."""
    return f"{number:03d}_{article_id}.txt"


def is_name(file: str) -> bool:
    return _NAME.fullmatch(file) is not None


def render(article: Article) -> str:
    """Section, title and source line, where known, and the paragraphs, separated by blank lines; NFC,
    LF, no final newline.
    """
    article = normalise_article(article)
    head = (article.section, article.title, article.source)
    return "\n\n".join([*filter(None, head), *article.paragraphs])


def files(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[tuple[str, list[bytes]]]:
    """A file for each row; the facts stand in none."""
    for row in rows:
        yield name(row["number"], row["id"]), [render(article_from(row)).encode()]


def read(path: Path) -> Document:
    """Any text file; number and id come from a name that `name` made. Raises DocumentError."""
    with path.open("rb") as stream:
        return document(stream.read(MAX_DOCUMENT_BYTES + 1), path)


def document(body: bytes, path: Path) -> Document:
    """The same from the bytes of `path`."""
    if len(body) > MAX_DOCUMENT_BYTES:
        raise DocumentError(path, None, too_long())
    check_format(path, body[:16])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, f"not UTF-8: byte 0x{body[error.start]:02x}") from None
    if not text.strip():
        raise DocumentError(path, None, "holds no text")
    try:
        checked_text(text)
    except ValueError as error:
        raise DocumentError(path, None, str(error)) from None
    named = _NAME.fullmatch(path.name)
    number, article_id = (int(named["number"]), named["id"]) if named else (None, None)
    left_out: tuple[str, ...] = ()
    if number is not None and number > MAX_NUMBER:
        left_out = (f"the number is left out: the last one is {MAX_NUMBER}",)
        number = None
    return Document(
        path, text, len(body), id=article_id, number=number, raw=body, left_out=left_out
    )
