"""Text from the web as the database holds it: valid UTF-8, NFC, no control characters."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

from items import Article, RemovedLine

# C0 and C1 controls say nothing in a text, and act in a terminal. White space among them stays.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


def storable(text: str) -> str:
    """`text` without controls, in NFC; surrogates are paired where possible, else U+FFFD."""
    return unicodedata.normalize("NFC", _encodable(text))


def one_line(text: str | None) -> str | None:
    """`text` on one line, None when nothing is left of it."""
    return " ".join(storable(text).split()) or None if text else None


def address(url: str | None) -> str | None:
    """A URL as it was given: another spelling of its letters would be another address."""
    return " ".join(_encodable(url).split()) or None if url else None


def lines(text: str) -> tuple[str, ...]:
    """The lines of `text` that hold something: every line is a paragraph."""
    return tuple(line.strip() for line in storable(text).splitlines() if line.strip())


def storable_article(article: Article) -> Article:
    """`article` as it comes back from the database."""
    one_liners: dict[str, Any] = {name: one_line(getattr(article, name)) for name in _ONE_LINERS}
    return replace(
        article,
        **one_liners,
        url=address(article.url),
        paragraphs=lines("\n".join(article.paragraphs)),
        tags=tuple(tag for tag in map(one_line, article.tags) if tag),
        removed=tuple(_storable_line(line) for line in article.removed),
    )


_ONE_LINERS = (
    *("site", "title", "section", "source", "agency", "author"),
    *("published", "modified", "language", "image"),
)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROLS.sub("", text)


def _storable_line(line: RemovedLine) -> RemovedLine:
    return RemovedLine(line.position, storable(line.text), storable(line.reason))
