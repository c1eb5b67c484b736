"""Texts and addresses in XML: no character that it forbids, and none that its readers change."""

import re
from urllib.parse import quote

# XML 1.0, 2.2: what is none of its characters; a lone surrogate cannot be encoded either.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# In this order. Of an Arabic text, `str.translate` takes ten times as long.
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_ATTRIBUTE_ESCAPES = (('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;"))
# RFC 3986 has these in a path or a query as they are; `[` and `]` only around the address of a host.
_IN_ADDRESS = "!$&'()*+,;=:@/?-._~%#"
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def text(value: str) -> str:
    """`value` between tags. What XML forbids becomes U+FFFD."""
    value = FORBIDDEN.sub("\ufffd", value)
    for sign, escape in _ESCAPES:
        value = value.replace(sign, escape)
    return value


def attribute(value: str) -> str:
    """`value` between double quotes."""
    value = text(value)
    for sign, escape in _ATTRIBUTE_ESCAPES:
        value = value.replace(sign, escape)
    return value


def element(name: str, value: str | None, **attributes: str | None) -> str:
    """The element with a text in it; nothing where there is no text."""
    if not value:
        return ""
    return f"<{name}{attribute_list(**attributes)}>{text(value)}</{name}>"


def attribute_list(**attributes: str | None) -> str:
    """` name="value"` for each that has one; `xml_lang` is `xml:lang`."""
    return "".join(
        f' {name.replace("_", ":")}="{attribute(value)}"'
        for name, value in attributes.items()
        if value
    )


def ascii_address(url: str) -> str:
    """A URL of letters that every program takes for one: all others are percent-encoded."""
    url = FORBIDDEN.sub("\ufffd", url)
    start, mark, fragment = url.partition("#")
    encoded = quote(_PERCENT.sub("%25", start), safe=_IN_ADDRESS.replace("#", ""))
    return encoded + (mark and mark + quote(_PERCENT.sub("%25", fragment), safe=_IN_ADDRESS[:-1]))
