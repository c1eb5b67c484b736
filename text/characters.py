"""Characters of strangers on which libraries stall or fail: endless runs of combining marks, and what
XML does not have.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

# Unicode's stream-safe text format (UAX 15) allows as many; no language has more than 5 in a row.
MAX_MARKS = 30
# Not marks themselves, but they become some: a Tibetan vowel sign, Japanese half-width voicing.
BECOME_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")


def normal_form(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """`unicodedata.normalize` of the stream-safe text: it sorts a run of marks at a cost quadratic in
    its length, 25 s for 360 kB.
    """
    return unicodedata.normalize(form, stream_safe(text))


def stream_safe(text: str) -> str:
    """`text` with at most MAX_MARKS combining marks in a row; the others are left out."""
    # Every longer run has a mark at one of these places.
    sample = "" if text.isascii() else text[MAX_MARKS :: MAX_MARKS + 1]
    if any(map(unicodedata.combining, sample)) or not BECOME_MARKS.isdisjoint(sample):
        return _long_runs().sub(r"\1", text)
    return text


@cache
def _long_runs() -> re.Pattern[str]:
    codes = (chr(code) for code in range(0x300, 0x20000))
    marks = "".join(c for c in codes if unicodedata.combining(c) or c in BECOME_MARKS)
    return re.compile(f"([{re.escape(marks)}]{{{MAX_MARKS}}})[{re.escape(marks)}]++")


_SPACES = re.compile("[\x0b\x0c]")
_NOT_XML = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The same in UTF-8, and what `charset.decode_utf_8` leaves of them.
_CONTROL_BYTES = bytes(code for code in range(32) if code not in b"\t\n\r")
_LEFT_BYTES = (b"\x0c", b"\x1b")
# And written as numbers, which a parser resolves. Without a flag for the case: that doubles the time.
_HEX = "[0-9a-fA-F]"
_SPACE_NUMBER = rf"(?:0*1[12]|[xX]0*[bBcC])(?:;|(?!{_HEX}))"
_NUMBER = (
    rf"(?:0*(?:[0-8]|1[4-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
    rf"|[xX]0*(?:[0-8eEfF]|1{_HEX}|[fF]{{3}}[eEfF])(?!{_HEX})"
    r"|0*5(?:529[6-9]|5[3-9][0-9]{2}|6[0-9]{3}|7[0-2][0-9]{2}|73[0-3][0-9]|734[0-3])(?![0-9])"
    rf"|[xX]0*[dD][89a-fA-F]{_HEX}{{2}}(?!{_HEX}));?"
)
_NUMBERED_SPACE = re.compile(f"&#{_SPACE_NUMBER}")
_NUMBERED = re.compile(f"&#{_NUMBER}")
_ANY_NUMBERED = re.compile(f"&#(?=[0-8xX])(?:{_SPACE_NUMBER}|{_NUMBER})")


def without_control_characters(markup: str) -> str:
    """The text of `clean_markup`."""
    return clean_markup(markup)[0]


def clean_markup(markup: str, utf_8: bytes | None = None) -> tuple[str, bytes]:
    """`markup` without the characters that lxml reads and refuses to write, as they are or as numeric
    references; vertical tabs and form feeds become spaces. Nothing of it would be stored. With it its
    UTF-8. `utf_8`: that of `markup` as `charset.decode_utf_8` gives it; made anew, and searched for all
    controls, it takes .25 ms of a page.
    """
    data = utf_8
    if _has_unwanted(markup, data):  # one page in a hundred
        markup, data = _NOT_XML.sub("", _SPACES.sub(" ", markup)), None
    if _ANY_NUMBERED.search(markup):
        markup, data = _NUMBERED.sub("", _NUMBERED_SPACE.sub(" ", markup)), None
    return markup, markup.encode() if data is None else data


def _has_unwanted(markup: str, utf_8: bytes | None) -> bool:
    """A search among characters takes twice as long as the same among bytes."""
    if "\ufffe" in markup or "\uffff" in markup:
        return True
    if utf_8 is not None:
        return any(byte in utf_8 for byte in _LEFT_BYTES)
    try:
        data = markup.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return True
    return len(data.translate(None, _CONTROL_BYTES)) < len(data)
