"""Text from the web, made safe for a terminal or a log line."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# Persian and Indic words need these two; all other format characters hide or reorder text.
_JOINERS = "\u200c\u200d"
# Format characters that are seen: Arabic signs of numbers, years and verses, and others' like them.
_SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
_HIDDEN = {"Cc", "Cf"}


def printable(text: str) -> str:
    """`text` as one line without control, bidi or other invisible characters.

    Line breaks become spaces, so that a title cannot forge a log line; lone surrogates become
    U+FFFD, so that printing cannot fail. Markup of `rich` is not escaped.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_shown, text))
    return _SPACES.sub(" ", text)


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category in _HIDDEN and character not in _JOINERS + _SIGNS:
        return ""
    return "" if _is_noncharacter(ord(character)) else character


# Between these two, a line keeps its own direction, whatever the terminal's is.
_ISOLATE, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def isolated(text: str) -> str:
    """The same, for a line that others stand beside: its direction does not reorder them."""
    return f"{_ISOLATE}{printable(text)}{_POP}"


def printable_lines(text: str) -> str:
    """The same for text of several lines, such as a traceback: its line feeds and indents stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(character if character in "\n\t" else _shown(character) for character in text)


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
