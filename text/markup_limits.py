"""What of a page's markup an HTML parser is given: libxml2 compares each attribute of a tag with all
before it (40 000 take 4 s), and each element costs refinement some 60 µs. Linear in the text's length.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from text.limits import MAX_ATTRIBUTES_A_PAGE, MAX_TAGS_A_PAGE

# As the HTML standard has them: a name may begin with "=", and quotes count after "=" alone. White space
# is ASCII's: others belong to a name or value.
_SPACE = r" \t\n\r\f"
_ATTRIBUTE = (
    rf"[^{_SPACE}/>][^{_SPACE}/>=]*+"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_SPACE}>]*+))?+"
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"<[a-zA-Z][^{_SPACE}/>]*+((?:{_ATTRIBUTE}|[{_SPACE}/]++)*+)")
# Up to 30 attributes with values, each behind up to 15 without: of such tags, a page of 8 MB is parsed in
# 2 s at worst. All but one in fifty are so; they are passed over at the speed of a search. A quote or "="
# where none is usual is in doubt: who sees another quote sees another end.
_VALUE = rf"(?:\"[^\"]*+\"|'[^']*+'|[^{_SPACE}<>\"'=]++(?=[{_SPACE}>]))"
_USUAL = (
    rf"[^{_SPACE}/<>\"'=]*+(?:[^<>\"'=]{{1,32}}+(?<![{_SPACE}/])={_VALUE}){{0,30}}+"
    r"[^<>\"'=]{0,80}+>"
)
_UNUSUAL_TAG = re.compile(rf"<[a-zA-Z](?!{_USUAL})[^{_SPACE}/>]*+")
# Of attributes with each other: 20 million take .15 s. A script in which `a<b` is taken for a tag makes
# up to 1 million.
_MAX_COMPARISONS = 20_000_000
_MAX_READINGS = 8  # of each character, as part of different tags
_ELEMENT = re.compile("<(?:[a-zA-Z]|/[pP])")
# A shorter page has too few for the parser's tree to be large.
_MIN_COUNTED_CHARS = 1_000_000


def markup_excess(text: str, max_tags: int = MAX_TAGS_A_PAGE) -> str | None:
    """What is too much about a page's markup, as words for a person; None: nothing is."""
    # An end tag without its `<p>` makes an element too.
    if text.count("<") > max_tags and _more_than(max_tags, _ELEMENT.finditer(text)):
        return f"more than {max_tags} tags"
    if has_tag_bomb(text):
        return "a tag with thousands of attributes"
    max_attributes = max_tags * MAX_ATTRIBUTES_A_PAGE // MAX_TAGS_A_PAGE
    if len(text) > _MIN_COUNTED_CHARS and _more_than(max_attributes, _attributes(text)):
        return f"more than {max_attributes} attributes"
    return None


def has_tag_bomb(text: str) -> bool:
    """Whether tags have so many attributes that parsing them stalls. Whatever looks like the beginning
    of a tag is read as one, also in comments, scripts and other tags: where a parser sees their end is
    its own affair.
    """
    return _is_bomb(text, _most_attributes) and _is_bomb(text, _count_attributes)


def _most_attributes(attributes: str) -> int:
    """More than it has: each takes two characters or more. Of nearly all pages, that is few enough."""
    return len(attributes) // 2 + 1


def _count_attributes(attributes: str) -> int:
    return sum(1 for _ in _ATTRIBUTES.finditer(attributes))


def _is_bomb(text: str, count_in: Callable[[str], int]) -> bool:
    comparisons, room = 0, _MAX_READINGS * (len(text) + 10_000)
    end, most = -1, 0
    for start in _UNUSUAL_TAG.finditer(text):
        tag = _TAG.match(text, start.start())
        assert tag is not None
        room -= len(tag[0])
        count = count_in(tag[1])
        if tag.end() != end:
            end, most = tag.end(), 0
        if count > most:  # else it is the rest of the tag before
            comparisons += count**2 - most**2
            most = count
        if comparisons > _MAX_COMPARISONS or room < 0:
            return True
    return False


def _attributes(text: str) -> Iterator[re.Match[str]]:
    for tag in _TAG.finditer(text):
        yield from _ATTRIBUTES.finditer(tag[1])


def _more_than(most: int, matches: Iterator[re.Match[str]]) -> bool:
    return next(islice(matches, most, None), None) is not None
