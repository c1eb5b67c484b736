"""The metadata of an article as one source inside its page has it, unchecked."""

import re
from dataclasses import dataclass, field
from html import unescape

from text.normalise import tidy

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_ELLIPSIS = "\u2026"


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


def plain_text(text: str, max_chars: int) -> str:
    """`text` as one line: entities decoded, tags dropped, cut at a word's end."""
    text = text[: 8 * max_chars]
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = tidy(text)
    if len(text) <= max_chars:
        return text
    return text[: max_chars - 1].rsplit(" ", 1)[0][: max_chars - 1] + _ELLIPSIS
