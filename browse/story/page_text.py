"""An archived page as text: all that it holds between its tags, and its source.

Read without a tree: a page that was refined in a process of its own, with a limit of time, is shown
here by the one that serves everybody. Time is linear in its length, whatever is in it.
"""

import re
from html import unescape

from items import Page
from text.charset import decode

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p"),
        *("pre", "section", "select", "summary", "table", "tbody", "tfoot", "thead", "title", "tr"),
        "ul",
    )
)
# What stands in these is no text.
_RAW = ("script", "style", "noscript", "template", "textarea", "svg", "iframe")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_IN_TAG = re.compile(r"[\"'>]")
# Characters of the source. Most pages have a tenth of it; it takes a second.
_MAX_CHARS = 3_000_000
_CUT = "[…]"
_LONG_NUMBERS = re.compile(r"&#[0-9]{8,}+")


def source_text(page: Page) -> str:
    """What was received, decoded."""
    return decode(page.body, page.charset)


def visible_text(page: Page) -> str:
    """All of the page's text: menus, article, comments; of a very long page the beginning, and `[…]`. A
    line for each block, ` | ` between cells.
    """
    source = source_text(page)
    lines = [" ".join(line.split()).strip("| ") for line in _plain(source[:_MAX_CHARS]).split("\n")]
    lines += [_CUT] if len(source) > _MAX_CHARS else []
    return "\n".join(line for line in lines if line) + "\n"


def _plain(source: str) -> str:
    """The text with a line break for each tag of a block."""
    lowered = source.lower() if len(source.lower()) == len(source) else source
    scanner = _TagScanner(source)
    parts: list[str] = []
    position = 0
    while (start := source.find("<", position)) >= 0:
        parts.append(_text(source[position:start]))
        name = _TAG_NAME.match(source, start)
        if name is None:
            position = _after_other(source, start)
            parts += ["<"] if position == start + 1 else []
            continue
        word = name[1].lower()
        parts.append("\n" if word in _BLOCKS else " | " if word in ("td", "th") else "")
        position = scanner.end_of_tag(name.end())
        if word in _RAW and source[start + 1] != "/":
            end = lowered.find(f"</{word}", position)
            position = end if end >= 0 else len(source)
    return "".join([*parts, _text(source[position:])])


def _after_other(source: str, start: int) -> int:
    """The end of a comment or a declaration; one more than `start` where it is neither."""
    for opening, closing in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
        if source.startswith(opening, start):
            end = source.find(closing, start + 2)
            return end + len(closing) if end >= 0 else len(source)
    return start + 1


class _TagScanner:
    """The ends of tags, from the first one to the last. What is not closed is looked for once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._unclosed: set[str] = set()

    def end_of_tag(self, position: int) -> int:
        """`>` in the value of an attribute ends nothing."""
        while found := _IN_TAG.search(self._source, position):
            mark, position = found[0], found.end()
            if mark == ">":
                return position
            is_value = self._source[max(0, position - 4) : position - 1].rstrip().endswith("=")
            if is_value and mark not in self._unclosed:
                end = self._source.find(mark, position)
                if end >= 0:
                    position = end + 1
                else:
                    self._unclosed.add(mark)
        return len(self._source)


def _text(piece: str) -> str:
    """On one line: only tags make lines."""
    if "&" in piece:
        piece = unescape(_LONG_NUMBERS.sub("\ufffd", piece))
    return piece.replace("\r", " ").replace("\n", " ")
