"""Texts of feeds, sitemaps and REST answers as plain text: no tags, no entities, no controls."""

import html
import re

from text.terminal import plain

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
# A title is a line; what is longer was never one.
_LONGEST = 1000


def plain_text(markup: object) -> str | None:
    """One clean line, or None when nothing is left.

    Entities are resolved twice: `&amp;#8220;` is how a title looks that two systems escaped.
    """
    if not isinstance(markup, str):
        return None
    text = html.unescape(html.unescape(markup[: 4 * _LONGEST]))
    return plain(_TAG.sub("", text)).strip()[:_LONGEST] or None
