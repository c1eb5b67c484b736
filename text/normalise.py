"""The form in which text is stored: valid UTF-8, NFC, no control characters, single spaces."""

import re
from dataclasses import replace
from typing import Any

from items import Article, RemovedLine
from text.characters import normal_form

_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# Characters that `str.split` takes for white space and `_SPACE` does not.
_OTHER_SPACE = re.compile("[\x1c-\x1f\x85\u1680\u2028\u2029]")


def squeeze(text: str) -> str:
    """Each run of white space of any kind becomes one space; none is left at the ends."""
    if _OTHER_SPACE.search(text):
        return _SPACE.sub(" ", text).strip()
    return " ".join(text.split())


# Controls and invisible characters without a use in stored text: soft hyphen, zero-width space, word
# joiner, byte order mark, bidi embeddings and overrides, isolates, lone surrogates, non-characters.
# U+200C and U+200D stay: Persian and Urdu spell with them. U+200E and U+200F, which writers set next
# to numbers and Latin words, go at the ends only.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060-\u2069\u202a-\u202e\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_EDGE_MARKS = " \u200c\u200d\u200e\u200f\u061c"
_EDGE_SPACE = (
    "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_TEXT = re.compile(r"\w")


def tidy(line: str) -> str:
    """`line` as it is stored; empty when it has no letter or digit."""
    if not (line.isascii() and line.isprintable()):  # those have nothing to remove
        line = _UNWANTED.sub("", normal_form("NFC", line))
    line = squeeze(line).strip(_EDGE_MARKS)
    return line if _TEXT.search(line) else ""


def tidy_lines(text: str) -> list[str]:
    """The lines of a text document that have a letter or digit. Spaces inside a line stay: an
    imported corpus keeps its own.
    """
    lines = (
        _UNWANTED.sub("", normal_form("NFC", line)).strip(_EDGE_MARKS + _EDGE_SPACE)
        for line in text.splitlines()
    )
    return [line for line in lines if _TEXT.search(line)]


# C0 and C1 controls, which act in a terminal. White space among them stays.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


def normalise_text(text: str) -> str:
    """`text` without controls, in NFC; surrogates are paired where possible, else U+FFFD."""
    return normal_form("NFC", _encodable(text))


def single_line(text: str | None) -> str | None:
    """`text` on one line; None when nothing is left of it."""
    return " ".join(normalise_text(text).split()) or None if text else None


def normalise_url(url: str | None) -> str | None:
    """A URL without controls and in its own spelling: NFC would make it another address."""
    return " ".join(_encodable(url).split()) or None if url else None


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` that are not blank: every line is a paragraph."""
    return tuple(line.strip() for line in normalise_text(text).splitlines() if line.strip())


def normalise_article(article: Article) -> Article:
    """`article` as the database gives it back."""
    one_liners: dict[str, Any] = {name: single_line(getattr(article, name)) for name in _ONE_LINERS}
    return replace(
        article,
        **one_liners,
        url=normalise_url(article.url),
        paragraphs=split_lines("\n".join(article.paragraphs)),
        tags=tuple(tag for tag in map(single_line, article.tags) if tag),
        removed=tuple(_normalise_removed(line) for line in article.removed),
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


def _normalise_removed(line: RemovedLine) -> RemovedLine:
    return RemovedLine(line.position, normalise_text(line.text), normalise_text(line.reason))
