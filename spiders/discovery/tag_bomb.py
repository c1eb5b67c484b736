"""A tag with thousands of attributes, which holds libxml2's HTML parser for hours.

It compares each attribute with all before it: 40 000 of one tag take 1.3 s, 2 million (8 MB) an
hour. Read here as the HTML standard's tokenizer reads, where quotes count only after `=`.
"""

import re

# 1 500 attributes take 2 ms; 8 MB of such tags 3 s.
_MOST = 1500
_RAW = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = r"[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_TAG = re.compile(rf"<[a-z](?:{_ATTRIBUTE}|[\s/=]++)*+", re.IGNORECASE)
_ATTRIBUTES = re.compile(_ATTRIBUTE)


def has_tag_bomb(text: str) -> bool:
    """Linear in the length of `text`."""
    for tag in _TAG.finditer(_RAW.sub(" ", text)):
        if tag.end() - tag.start() > 2 * _MOST and _count(tag[0]) > _MOST:
            return True
    return False


def _count(tag: str) -> int:
    return sum(1 for _ in _ATTRIBUTES.finditer(tag))
