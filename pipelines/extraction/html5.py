"""A document as a browser without scripts would read it: parsed by the HTML standard's rules, and written
out again with every element closed.

libxml2 nests an article inside a `button`, a `header` or a `noscript` that the page leaves open.
"""

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

# Left open, each is made again in every paragraph that follows; an open `a` ends at the next. Each letter
# in both cases: with a flag, twice the time.
_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_NAME = re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", _NAMES).encode()
_FORMATTING = re.compile(rb"<(/?)(?:" + _NAME + rb")(?=[\s/>])")
_TAG = re.compile(rb"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# Without an end tag, or with one that is usually left out: the next one closes them.
_CLOSED_BY_ITSELF = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option "
    b"thead tbody tfoot colgroup html head body".split()
)
# lexbor looks up the open elements at some tags: 20 000 levels of `div` take a second, 100 000 half a
# minute. 500 open `font` before 500 paragraphs become 250 000 elements.
_MAX_DEPTH, _MAX_FORMATTING = 5_000, 100


def close_elements(text: bytes) -> str | None:
    """The document, which is UTF-8, with what a browser would add to it; None for one that is made to
    take for ever.
    """
    if _is_bomb(text):
        return None
    document = LexborHTMLParser(text).html
    return document or None


def _is_bomb(text: bytes) -> bool:
    """Linear in the length of `text`."""
    tags, formatting = _most_opened(text)
    if formatting > _MAX_FORMATTING:  # one page in thirty
        steps = (-1 if end else 1 for end in _FORMATTING.findall(text))
        if _highest(steps) > _MAX_FORMATTING:
            return True
    if tags <= _MAX_DEPTH:
        return False
    levels = (
        -1 if end else 1
        for end, name in _TAG.findall(text)
        if name.lower() not in _CLOSED_BY_ITSELF
    )
    return _highest(levels) > _MAX_DEPTH


def _most_opened(text: bytes) -> tuple[int, int]:
    """As many as there are start tags, and such of formatting elements, or more. With a pattern and a
    count, it takes three times as long.
    """
    codes = np.frombuffer(text, np.uint8)
    at = np.flatnonzero(codes[:-2] == ord("<"))
    first, second = codes[1:][at], codes[2:][at]
    tags = len(at) - np.count_nonzero(first == ord("/"))
    return int(tags) + 1, int(np.count_nonzero(_formatting_begins()[first, second]))


@cache
def _formatting_begins() -> NDArray[np.bool_]:
    """By two characters behind a "<", whether a formatting element's name may begin with them."""
    begins = np.zeros((256, 256), np.bool_)
    for name in _NAMES.split("|"):
        second = name[1:2] + name[1:2].upper() or " \t\n\r\f\v/>"
        begins[np.ix_(list(f"{name[0]}{name[0].upper()}".encode()), list(second.encode()))] = True
    return begins


def _highest(steps: Iterable[int]) -> int:
    """Of a sum that never falls below 0."""
    highest = level = 0
    for step in steps:
        level = max(0, level + step)
        highest = max(highest, level)
    return highest
