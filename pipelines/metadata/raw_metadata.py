"""What one source inside a page says of its article, as it says it: nothing is checked yet."""

import re
from dataclasses import dataclass, field
from html import unescape

from text.normalise import tidy

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_BEYOND = "\u2026"


@dataclass(slots=True)
class RawMetadata:
    """Each list runs from the most to the least trusted."""

    titles: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    site_names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def one_line(text: str, longest: int) -> str:
    """One line of stored text from anything: entities decoded, tags dropped, cut at a word."""
    text = text[: 8 * longest]
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = tidy(text)
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0][: longest - 1] + _BEYOND
