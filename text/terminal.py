"""Text from the web, made safe for a terminal or a log line."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

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


def shorten(text: str, max_chars: int) -> str:
    """`text` as one line, cut after a word; of a word that is longer itself, the beginning."""
    text = printable(text)
    if len(text) <= max_chars:
        return text
    head = text[: max_chars - 1]
    if not text[max_chars - 1].isspace():
        head = head.rpartition(" ")[0].rstrip() or head
    return head.rstrip() + "…"


# Bytes of letters beyond ASCII. What is ASCII and encoded (`%2F`, `%20`) means something else as itself.
_ENCODED_LETTERS = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")


def readable_addresses(text: str) -> str:
    """`text` with the letters of its addresses as letters: `/أخبار` where it has `/%D8%A3%D8%AE…`. What is
    no UTF-8, or is not seen, stays as it is.
    """
    return _ENCODED_LETTERS.sub(_letters, text)


def _letters(match: re.Match[str]) -> str:
    try:
        letters = unquote_to_bytes(match.group()).decode()
    except UnicodeDecodeError:
        return match.group()
    return letters if letters.isprintable() and printable(letters) == letters else match.group()
