"""The one form of text that is stored: NFC, no control characters, one space at a time."""

import re
import unicodedata

from pipelines.extraction.blocks import squeeze

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
