"""Features of the markup around a block: the tags above it, and what class names and ids are about."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.tree_index import Numbers, TreeIndex

# What a class name or id is about: its words, whole, or with `*` what they begin with.
_GROUPS = {
    "related": "relat* recommend* similar morenews readmore seealso trending popular most latest teaser teasers recirc* outbrain taboola zergnet more",
    "share": "shar* social addthis facebook twitter whatsapp follow print* tool tools toolbar action actions button buttons btn",
    "comment_form": "comment* disqus respond reply discussion feedback kommentar*",
    "caption": "caption* credit* figcaption photo* gallery image img media video slide* player",
    "metadata": "meta* byline author* bio date time* published info tag tags taglist keywords categor* breadcrumb* kicker source subtitle",
    "advert": "ad ads advert* sponsor* banner dfp promo* partner affiliate shop* deal product",
    "navigation": "nav* menu* footer foot header sidebar aside side widget* pager pagination topbar masthead right* left* rail column",
    "subscription": "newsletter subscri* signup register login paywall cookie* consent gdpr modal popup overlay alert notice legal copyright disclaimer hidden hide",
    "content": "article* story* entry* post* content* body* text* main single paragraph copy rich* news* detail* field",
}
GROUPS = (*_GROUPS, "body", "body_property")
_BITS = {group: 1 << index for index, group in enumerate(GROUPS)}


def _bits_by_word() -> tuple[dict[str, int], dict[str, int]]:
    """The groups of each whole word, and of each beginning."""
    words: dict[str, int] = {}
    beginnings: dict[str, int] = {}
    for group, listed in _GROUPS.items():
        for word in listed.split():
            bits = beginnings if word.endswith("*") else words
            key = word.removesuffix("*")
            bits[key] = bits.get(key, 0) | _BITS[group]
    return words, beginnings


_BITS_BY_WORD, _BITS_BY_BEGINNING = _bits_by_word()
_KEY_CHARS = min(map(len, _BITS_BY_BEGINNING))
_BEGINNINGS: dict[str, list[tuple[str, int]]] = {}
for _beginning, _bits in _BITS_BY_BEGINNING.items():
    _BEGINNINGS.setdefault(_beginning[:_KEY_CHARS], []).append((_beginning, _bits))
# Names that systems and themes give to the element around an article's text.
_BODY = re.compile(
    r"(?:article-?(?:__)?(?:body|content|text)|(?:entry|post|story|single|news|main|the)-{0,2}_{0,2}content"
    r"|(?:post|story|content|news|page)-{0,2}_{0,2}(?:body|text)|field--?name--?body|body-(?:content|text)"
    r"|td-post-content|rich-?text|gh-content|com-content-article__body|node__content|artikel\w*)(?:$|_)"
)
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
        last = np.where(own, index.depths[numbers][:, None], -_BEYOND).astype(np.int16)
        for level in levels[1:]:
            from_above = above[level]
            count[level] += count[from_above]
            np.maximum(last[level], last[from_above], out=last[level])
        at = place[where]
        near = np.minimum(index.depths[where][:, None] - last[at], FAR)
        self.near = near[:, : len(GROUPS)]
        self.count = count[at, : len(GROUPS)]
        self.above = count[at, len(GROUPS) :] > 0


def _own(index: TreeIndex, numbers: Numbers) -> NDArray[np.bool_]:
    """What each element itself is: a row per element, a column per group and tag."""
    places, names, by_tag = np.array(index.places), index.distinct_names, index.by_tag
    of_names = np.zeros(len(names), dtype=np.intp)
    for place in set(places[numbers].tolist()):
        of_names[place] = _groups(*names[place])
    bits = of_names[places]
    for number, marks in index.marked.items():
        if _is_marked_body(marks):
            bits[number] |= _BITS["body"] | _BITS["body_property"]
    for tag, bit in _ABOVE_BITS.items():
        bits[by_tag.get(tag, [])] |= bit
    # html and body carry page-wide names ("single-post", "article-page") that say nothing.
    for tag in ("html", "body"):
        bits[by_tag.get(tag, [])] = 0
    is_own: NDArray[np.bool_] = (bits[numbers, None] >> _COLUMNS & 1).astype(bool)
    return is_own


def _is_marked_body(marks: dict[str, str]) -> bool:
    prop = marks.get("itemprop") or marks.get("property")
    return bool(prop and _BODY_PROPERTY.search(prop[:200]))


def _groups(names: str | None, identity: str | None) -> int:
    """A bit for each of the groups that the element's class and id are about."""
    groups = 0
    for name in f"{names or ''} {identity or ''}"[:_MAX_NAME_CHARS].split():
        groups |= _groups_of_name(name)
    return groups


@lru_cache(maxsize=16384)
def _groups_of_name(name: str) -> int:
    if not name.islower():
        name = CAMEL_CASE.sub("-", name).lower()
    groups = 0
    for word in name.replace("-", " ").replace("_", " ").split():
        groups |= _groups_of_word(word)
    if _may_be_body(name) and _BODY.match(name):
        groups |= _BITS["body"]
    return groups


def _may_be_body(name: str) -> bool:
    return "content" in name or "body" in name or "text" in name or "artikel" in name


@lru_cache(maxsize=16384)
def _groups_of_word(word: str) -> int:
    """Looked up by its first letters: patterns, one per group, take ten times as long."""
    groups = _BITS_BY_WORD.get(word, 0)
    for beginning, bits in _BEGINNINGS.get(word[:_KEY_CHARS], ()):
        if word.startswith(beginning) and (word == beginning or word[len(beginning) :].isalnum()):
            groups |= bits
    return groups
