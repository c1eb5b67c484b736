"""The names of encodings as pages write them, misspelt ones too."""

import re

from w3lib.encoding import resolve_encoding

# Codecs that decode text (Python's list also has hex, zlib, rot13, unicode_escape, …).
_TEXT_CODEC = re.compile(
    r"utf-(?:8|16|32)(?:-[bl]e)?|cp(?:125\d|866|874|932|949)|iso8859-\d+|koi8-[rut]|"
    r"gb18030|big5(?:hkscs)?|euc_(?:j\w+|kr)|iso2022_(?:jp|kr)|mac-\w+"
)
_MISSPELT = (
    (re.compile(r"125(\d)"), "cp125{}"),
    (re.compile(r"8859\D{0,2}(1[0-6]|\d)"), "iso-8859-{}"),
    (re.compile(r"utf\D{0,2}(8)"), "utf-{}"),
    (re.compile(r"koi8?\D{0,2}([ru])"), "koi8-{}"),
    (re.compile(r"(gb)"), "gb18030"),
    (re.compile(r"(arab|asmo)"), "cp1256"),
)


def codec_of(label: str) -> str | None:
    """Python's codec for an encoding's name as browsers take it, misspelt or not."""
    label = label.strip(" \t\"';").lower()[:40]
    known = _codec(label)
    if known:
        return known
    for pattern, name in _MISSPELT:
        if match := pattern.search(label):
            return _codec(name.format(match[1]))
    return None


def _codec(label: str) -> str | None:
    name = resolve_encoding(label) if label.isascii() else None
    return name if name and _TEXT_CODEC.fullmatch(name) else None
