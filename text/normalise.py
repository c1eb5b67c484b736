"""The form in which text is stored: valid UTF-8, NFC, no control characters, single spaces."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from items import Article, LineKind, RemovedLine
from text.characters import normal_form


def squeeze(text: str) -> str:
    """Each run of white space of any kind becomes one space; none is left at the ends."""
    return " ".join(text.split())


# Controls and invisible characters without a use in stored text: all of the category Cf (soft hyphen,
# zero-width space, byte order mark, bidi embeddings, overrides and isolates, tags, …), lone surrogates,
# non-characters. U+200C and U+200D stay: Persian and Urdu spell with them. U+200E, U+200F and U+061C,
# which writers set next to numbers and Latin words, go at the ends only. Signs of numbers, years and
# verses (U+06DD) are of Cf as well, and are seen.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17)
)
_HIDDEN = (
    "\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\ud800-\udfff" + _NONCHARACTERS
)
_UNWANTED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{_HIDDEN}]")
_EDGE_MARKS = " \u200c\u200d\u200e\u200f\u061c"
_EDGE_SPACE = (
    "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_TEXT = re.compile(r"\w")


def tidy(line: str) -> str:
    """`line` as it is stored; empty when it has no letter or digit."""
    return tidy_each([line])[0]


def tidy_each(lines: Sequence[str]) -> list[str]:
    """`tidy` of each line. They are composed as one text: a call for each of a page's lines takes three
    times as long.
    """
    seen = [line if line.isprintable() else _UNWANTED.sub("", line) for line in lines]
    # In this order: what stood between a letter and its mark is gone when they are composed.
    # Of white space and invisible characters, only a space is printable.
    return [
        line
        if line[:1].isalnum() and line[-1] != " " and "  " not in line and line.isprintable()
        else _trimmed(line)
        for line in _composed(seen)
    ]


def _composed(lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    composed = text if text.isascii() else normal_form("NFC", text)
    if composed == text:
        return lines
    parts = composed.split("\n")
    # A line of several; its break is white space, as any other.
    return parts if len(parts) == len(lines) else [normal_form("NFC", x) for x in lines]


def _trimmed(line: str) -> str:
    line = squeeze(line).strip(_EDGE_MARKS)
    return line if line[:1].isalnum() or _TEXT.search(line) else ""


def tidy_lines(text: str) -> list[str]:
    """The lines of a text document that have a letter or digit. Spaces inside a line stay: an
    imported corpus keeps its own.
    """
    lines = (
        normal_form("NFC", _UNWANTED.sub("", line)).strip(_EDGE_MARKS + _EDGE_SPACE)
        for line in text.splitlines()
    )
    return [line for line in lines if _TEXT.search(line)]


# The same where a text has several lines: white space stays, which parts words and lines.
_CONTROLS = re.compile(f"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f{_HIDDEN}]")


def normalise_text(text: str) -> str:
    """`text` without controls and invisible characters, in NFC; surrogates are paired where possible,
    else U+FFFD.
    """
    return normal_form("NFC", _encodable(text))


def normalise_each(texts: Sequence[str]) -> list[str]:
    """`normalise_text` of each of them. At once: an article has a hundred, each of 2 µs."""
    found = normalise_text("\n".join(texts)).split("\n")
    return found if len(found) == len(texts) else [normalise_text(text) for text in texts]


def single_line(text: str | None) -> str | None:
    """`text` on one line; None when nothing is left of it."""
    return " ".join(normalise_text(text).split()) or None if text else None


def normalise_url(url: str | None) -> str | None:
    """A URL without controls and in its own spelling: NFC would make it another address."""
    return " ".join(_encodable(url).split()) or None if url else None


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` that are not blank: every line is a paragraph."""
    return tuple(_written_lines(normalise_text(text)))


def _written_lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := part.strip())]


def normalise_article(article: Article) -> Article:
    """`article` as the database gives it back. Raises ValueError where kinds and paragraphs differ in
    number.
    """
    one_liners: dict[str, Any] = {name: single_line(getattr(article, name)) for name in _ONE_LINERS}
    lines = list(map(_written_lines, normalise_each(article.paragraphs)))
    return replace(
        article,
        **one_liners,
        url=normalise_url(article.url),
        paragraphs=tuple(chain.from_iterable(lines)),
        kinds=_kinds_of_lines(article.kinds, lines),
        tags=tuple(tag for tag in map(single_line, article.tags) if tag),
        removed=_normalise_removed(article.removed),
    )


_ONE_LINERS = (
    *("site", "title", "section", "source", "agency", "author"),
    *("published", "modified", "language", "image", "access"),
)


def _encodable(text: str) -> str:
    # All that it changes is unprintable: of 40 000 words, the pattern takes 8 ms, the question .5.
    if all(map(str.isprintable, text.split("\n"))):
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROLS.sub("", text)


def _kinds_of_lines(
    kinds: Sequence[LineKind], lines: Sequence[Sequence[str]]
) -> tuple[LineKind, ...]:
    """A kind for each of the `lines` of each paragraph; none where all are paragraphs."""
    if not any(kind != "paragraph" for kind in kinds):
        return ()
    pairs = zip(kinds, lines, strict=True)
    return tuple(kind for kind, of_paragraph in pairs for _ in of_paragraph)


def _normalise_removed(lines: Sequence[RemovedLine]) -> tuple[RemovedLine, ...]:
    texts = normalise_each([line.text for line in lines])
    reasons = normalise_each([line.reason for line in lines])
    return tuple(map(RemovedLine, [line.position for line in lines], texts, reasons))
