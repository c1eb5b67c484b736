"""The one form of text that is stored: valid UTF-8, NFC, no control characters, one space at a time."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

from items import Article, RemovedLine

_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# What `str.split` parts at and the pattern does not.
_ODD_SPACE = re.compile("[\x1c-\x1f\x85\u1680\u2028\u2029]")


def squeeze(text: str) -> str:
    """White space of every kind becomes one space; none at the ends."""
    if _ODD_SPACE.search(text):
        return _SPACE.sub(" ", text).strip()
    return " ".join(text.split())


# Controls, and the invisible that only disturbs: soft hyphen, zero-width space, word joiner, byte
# order mark, bidi embeddings and overrides, isolates, lone surrogates, non-characters.
# U+200C and U+200D stay: Persian and Urdu spell with them. U+200E and U+200F are marks the
# writer set beside numbers and Latin words; they are cut at the ends only.
_DISTURBING = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060-\u2069\u202a-\u202e\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_EDGE_MARKS = " \u200c\u200d\u200e\u200f\u061c"
_EDGE_SPACE = (
    "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_TEXT = re.compile(r"\w")


def tidy(line: str) -> str:
    """One stored line of `line`; empty when nothing in it can be read."""
    if not (line.isascii() and line.isprintable()):  # else there is nothing to mend
        line = _DISTURBING.sub("", unicodedata.normalize("NFC", line))
    line = squeeze(line).strip(_EDGE_MARKS)
    return line if _TEXT.search(line) else ""


def tidy_lines(text: str) -> list[str]:
    """The lines of a text document that hold something. Spaces inside a line stay as they are: a
    corpus that was text before is not ours to re-space.
    """
    lines = (
        _DISTURBING.sub("", unicodedata.normalize("NFC", line)).strip(_EDGE_MARKS + _EDGE_SPACE)
        for line in text.splitlines()
    )
    return [line for line in lines if _TEXT.search(line)]


# C0 and C1 controls say nothing in a text, and act in a terminal. White space among them stays.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


def normalise_text(text: str) -> str:
    """`text` without controls, in NFC; surrogates are paired where possible, else U+FFFD."""
    return unicodedata.normalize("NFC", _encodable(text))


def single_line(text: str | None) -> str | None:
    """`text` on one line, None when nothing is left of it."""
    return " ".join(normalise_text(text).split()) or None if text else None


def normalise_url(url: str | None) -> str | None:
    """A URL as it was given: another spelling of its letters would be another address."""
    return " ".join(_encodable(url).split()) or None if url else None


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` that hold something: every line is a paragraph."""
    return tuple(line.strip() for line in normalise_text(text).splitlines() if line.strip())


def normalise_article(article: Article) -> Article:
    """`article` as it comes back from the database."""
    one_liners: dict[str, Any] = {name: single_line(getattr(article, name)) for name in _ONE_LINERS}
    return replace(
        article,
        **one_liners,
        url=normalise_url(article.url),
        paragraphs=split_lines("\n".join(article.paragraphs)),
        tags=tuple(tag for tag in map(single_line, article.tags) if tag),
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
    return RemovedLine(line.position, normalise_text(line.text), normalise_text(line.reason))
