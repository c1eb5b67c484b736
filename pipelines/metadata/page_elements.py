"""The elements of a page that metadata is read from, collected in one pass over the tree, with their
names and texts.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

from lxml.html import HtmlElement

from pipelines.extraction.blocks import BLOCK_TAGS, SILENT_TAGS
from pipelines.extraction.markup_features import CAMEL_CASE
from pipelines.extraction.tree_index import Names, index_tree
from text.normalise import squeeze

_MAX_ELEMENTS = 60_000  # a larger page is no article, or hostile
_KEPT_TAGS = frozenset(
    {"meta", "link", "script", "title", "h1", "h2", "h3", "h4", "time", "a", "base"}
)
# Parts of class names and ids, in either case of their first letter. As patterns they take four times
# as long.
_KINDS = (
    ("crumbs", ("readcrumb",)),
    ("title", ("itle", "eadline")),
    ("tags", ("tag", "Tag", "label", "Label", "eyword")),
    (
        "author",
        ("utor", "uthor", "uteur", "yline", "riter", "ontributor", "ournalist", "eporter"),
    ),
)


_BETWEEN_NAMES = "\0"  # no page has it


def _kinds_of_names(names: Iterable[str]) -> dict[str, str]:
    """What the class names and ids of a page say of their elements: those that are of no kind are left
    out. They are searched all at once: of each page that is new to the process that saves .2 ms.
    """
    ordered = list(names)
    lengths = (len(name) + 1 for name in ordered)
    text, starts = _BETWEEN_NAMES.join(ordered), [0, *accumulate(lengths)]
    kinds: dict[str, str] = {}
    for kind, parts in _KINDS:
        for part in parts:
            at = text.find(part)
            while at >= 0:
                number = bisect_right(starts, at) - 1
                kinds.setdefault(ordered[number], kind)
                at = text.find(part, starts[number + 1])
    return kinds


def _kinds_by_names(names: Iterable[Names]) -> dict[Names, list[str]]:
    """The kinds that class and id together give, the class's first; those of none are left out."""
    pairs = set(names)
    kinds = _kinds_of_names({name for pair in pairs for name in pair if name})
    found = ((pair, [kinds[name] for name in pair if name in kinds]) for pair in pairs)
    return {pair: given for pair, given in found if given}


class _JoinedNames(dict[Names, str]):
    """Class and id of a page's elements in one text, made once for all that share them."""

    def __missing__(self, names: Names) -> str:
        self[names] = joined = _join_names(*names)
        return joined


class PageIndex:
    """`by_tag` has the elements of a few tags; `marked` those with microdata or RDFa; `named` those
    that are, by class or id, a `title`, `crumbs`, `tags` or an `author`. Elements have the numbers
    of `page`.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.page = page = index_tree(tree)
        self.at = page.at
        self.elements = page.elements[:_MAX_ELEMENTS]
        self.by_tag: dict[str, list[HtmlElement]] = defaultdict(list)
        self.marked: list[HtmlElement] = []
        self.named: dict[str, list[HtmlElement]] = defaultdict(list)
        self._joined_names = _JoinedNames()
        for element, tag in zip(self.elements, page.tags, strict=False):
            if tag in _KEPT_TAGS:
                self.by_tag[tag].append(element)
        kinds = _kinds_by_names(page.names)
        for element, names in zip(self.elements, page.names, strict=False):
            if names in kinds:
                for kind in kinds[names]:
                    self.named[kind].append(element)
        for number, marks in page.marked.items():
            if number < _MAX_ELEMENTS:
                self._read_marks(page.elements[number], page.tags[number], marks)
        self.named["title"].sort(key=self.at.__getitem__)
        self._rel_links = [a for a in self.by_tag["a"] if a.get("rel")]

    def _read_marks(self, element: HtmlElement, tag: str, marks: dict[str, str]) -> None:
        itemprop = marks.get("itemprop") or ""
        if itemprop or (marks.get("property") and tag != "meta"):
            self._mark(element, itemprop)

    def _mark(self, element: HtmlElement, itemprop: str) -> None:
        self.marked.append(element)
        if "headline" in itemprop:
            self.named["title"].append(element)

    def links(self, word: str) -> list[HtmlElement]:
        """`a` elements whose `rel` has the word."""
        return [a for a in self._rel_links if word in (a.get("rel") or "").lower().split()]

    @property
    def body(self) -> HtmlElement:
        """The tree itself for a fragment."""
        body = self.tree.find("body")
        return self.tree if body is None else body

    @cached_property
    def ends(self) -> list[int]:
        """One past the last descendant of each element."""
        return self.page.end_list

    def names_of(self, element: HtmlElement) -> str:
        """Class and id, with camel case split into words."""
        return self._joined_names[self.page.names[self.at[element]]]

    def text_of(self, element: HtmlElement, max_chars: int, *, between: str = " ") -> str:
        """The visible text of a small element, "" when it is longer than `max_chars`. `between`
        separates the texts of inline elements; those of block elements are separated by a space.
        """
        number = self.at[element]
        if self.ends[number] == number + 1:
            text = element.text if element.tag not in SILENT_TAGS else None
            return squeeze(text)[: 2 * max_chars] if text and len(text.strip()) <= max_chars else ""
        parts: list[str] = []
        room, tags = max_chars, self.page.tags
        for text, at in self._texts_of(number, _MAX_TEXT_NODES):
            parts += (" " if tags[at] in _SPACED_TAGS else between, text)
            room -= len(text.strip())
            if room < 0:
                return ""
        return squeeze("".join(parts))[: 2 * max_chars]

    def texts_of(self, element: HtmlElement, max_nodes: int) -> Iterator[str]:
        """The visible texts of its first nodes in reading order; "" for a node that begins without
        text.
        """
        return (text for text, _ in self._texts_of(self.at[element], max_nodes))

    def _texts_of(self, number: int, max_nodes: int) -> Iterator[tuple[str, int]]:
        """Each with the number of the node that it is in or behind."""
        ends, elements, tags = self.ends, self.page.elements, self.page.tags
        opened: list[int] = []
        for node in range(number, min(ends[number], number + max_nodes)):
            while opened and node >= ends[opened[-1]]:
                behind = opened.pop()
                if tail := elements[behind].tail:
                    yield tail, behind
            yield (elements[node].text if is_shown(tags[node]) else None) or "", node
            opened.append(node)
        while len(opened) > 1:
            behind = opened.pop()
            if tail := elements[behind].tail:
                yield tail, behind


_MAX_NAMES_CHARS = 200
_MAX_TEXT_NODES = 80
_SPACED_TAGS = BLOCK_TAGS | {"br"}


def _join_names(names: str | None, identity: str | None) -> str:
    if not identity:
        return _split_camel_case(names[:_MAX_NAMES_CHARS]) if names else ""
    return _split_camel_case(f"{names or ''} {identity}"[:_MAX_NAMES_CHARS])


@lru_cache(maxsize=8192)
def _split_camel_case(names: str) -> str:
    return names.strip() if names.islower() else CAMEL_CASE.sub("-", names).strip()


def is_shown(tag: object) -> bool:
    """Whether elements of the tag may show text of their own."""
    return isinstance(tag, str) and tag not in SILENT_TAGS
