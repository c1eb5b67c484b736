"""Features of the markup around a block: the tags above it, and what class names and ids are about."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.tree_index import Numbers, TreeIndex

# What a class name or id is about; its words are matched whole.
_GROUPS = {
    "related": r"relat\w*|recommend\w*|similar|morenews|readmore|seealso|trending|popular|most|latest|teasers?|recirc\w*|outbrain|taboola|zergnet|more",
    "share": r"shar\w*|social|addthis|facebook|twitter|whatsapp|follow|print\w*|tools?|toolbar|actions?|buttons?|btn",
    "comment_form": r"comment\w*|disqus|respond|reply|discussion|feedback|kommentar\w*",
    "caption": r"caption\w*|credit\w*|figcaption|photo\w*|gallery|image|img|media|video|slide\w*|player",
    "metadata": r"meta\w*|byline|author\w*|bio|date|time\w*|published|info|tags?|taglist|keywords|categor\w*|breadcrumb\w*|kicker|source|subtitle",
    "advert": r"ads?|advert\w*|sponsor\w*|banner|dfp|promo\w*|partner|affiliate|shop\w*|deal|product",
    "navigation": r"nav\w*|menu\w*|footer|foot|header|sidebar|aside|side|widget\w*|pager|pagination|topbar|masthead|right\w*|left\w*|rail|column",
    "subscription": r"newsletter|subscri\w*|signup|register|login|paywall|cookie\w*|consent|gdpr|modal|popup|overlay|alert|notice|legal|copyright|disclaimer|hidden|hide",
    "content": r"article\w*|story\w*|entry\w*|post\w*|content\w*|body\w*|text\w*|main|single|paragraph|copy|rich\w*|news\w*|detail\w*|field",
}
GROUPS = (*_GROUPS, "body", "body_property")
_BITS = {group: 1 << index for index, group in enumerate(GROUPS)}
_WORD_GROUPS = {group: re.compile(pattern) for group, pattern in _GROUPS.items()}
# Names that systems and themes give to the element around an article's text.
_BODY = re.compile(
    r"(?:^|\s)(?:article-?(?:__)?(?:body|content|text)|(?:entry|post|story|single|news|main|the)-{0,2}_{0,2}content"
    r"|(?:post|story|content|news|page)-{0,2}_{0,2}(?:body|text)|field--?name--?body|body-(?:content|text)"
    r"|td-post-content|rich-?text|gh-content|com-content-article__body|node__content|artikel\w*)(?:$|\s|_)"
)
_MAY_BE_BODY = re.compile("content|body|text|artikel")
_BODY_PROPERTY = re.compile(r"articleBody|content:encoded|schema:text")
CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_NAME_CHARS = 300  # of class and id together

ABOVE = (
    "article",
    "main",
    "aside",
    "nav",
    "footer",
    "header",
    "form",
    "figure",
    "ul",
    "table",
    "blockquote",
    "dl",
)
_ABOVE_BITS = {tag: 1 << len(GROUPS) + index for index, tag in enumerate(ABOVE)}
_ABOVE_BITS["ol"] = _ABOVE_BITS["ul"]
_COLUMNS = np.arange(len(GROUPS) + len(ABOVE))
FAR = 9
_BEYOND = 1000  # steps; libxml2 goes no deeper than 255


class MarkupFeatures:
    """Of each element `where`, counting itself and its ancestors: `near`, the steps up to the
    nearest of each group (`FAR`: none within eight); `count`, how many are of each group; `above`,
    whether any has each tag. Columns are `GROUPS`, `GROUPS` and `ABOVE`.
    """

    def __init__(
        self, index: TreeIndex, where: Numbers, lineage: tuple[Numbers, list[slice]]
    ) -> None:
        numbers, levels = lineage
        place = np.zeros(len(index.elements), dtype=np.intp)
        place[numbers] = np.arange(len(numbers))
        above = place[index.parents[numbers]]
        own = _own(index, numbers)
        count = own.astype(np.int16)
        last = np.full(own.shape, -_BEYOND, dtype=np.int16)
        for depth, level in enumerate(levels):
            if depth:
                count[level] += count[above[level]]
            last[level] = np.where(own[level], depth, last[above[level]])
        at = place[where]
        near = np.minimum(index.depths[where][:, None] - last[at], FAR)
        self.near = near[:, : len(GROUPS)]
        self.count = count[at, : len(GROUPS)]
        self.above = count[at, len(GROUPS) :] > 0


def _own(index: TreeIndex, numbers: Numbers) -> NDArray[np.bool_]:
    """What each element itself is: a row per element, a column per group and tag."""
    tags, names, marked = index.tags, index.names, index.marked
    bits = []
    for number in numbers.tolist():
        tag, own = tags[number], 0
        # html and body carry page-wide names ("single-post", "article-page") that say nothing.
        if tag not in ("html", "body"):
            if any(names[number]):
                own = _groups(*names[number])
            if number in marked and _is_marked_body(marked[number]):
                own |= _BITS["body"] | _BITS["body_property"]
        bits.append(own | _ABOVE_BITS.get(tag, 0))
    return (np.array(bits)[:, None] >> _COLUMNS & 1).astype(bool)


def _is_marked_body(marks: dict[str, str]) -> bool:
    prop = marks.get("itemprop") or marks.get("property")
    return bool(prop and _BODY_PROPERTY.search(prop[:200]))


def _groups(names: str | None, identity: str | None) -> int:
    """A bit for each of the groups that the element's class and id are about."""
    both = f"{names or ''} {identity}" if identity else names or ""
    return _groups_of_names(both[:_MAX_NAME_CHARS])


@lru_cache(maxsize=8192)
def _groups_of_names(names: str) -> int:
    if not names.islower():
        names = CAMEL_CASE.sub("-", names).lower()
    groups = 0
    for word in names.replace("-", " ").replace("_", " ").split():
        groups |= _groups_of_word(word)
    if _MAY_BE_BODY.search(names) and _BODY.search(names):
        groups |= _BITS["body"]
    return groups


@lru_cache(maxsize=16384)
def _groups_of_word(word: str) -> int:
    return sum(_BITS[group] for group, pattern in _WORD_GROUPS.items() if pattern.fullmatch(word))
