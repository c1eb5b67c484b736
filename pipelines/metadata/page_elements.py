"""The elements of a page that metadata is read from, collected in one pass over the tree, with their
names and texts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Any, TypeVar

from lxml.etree import Comment, Entity, ProcessingInstruction
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
# as long. A name is of the first kind that it has a part of.
_KINDS = {
    "crumbs": ("readcrumb",),
    "title": ("itle", "eadline"),
    "tags": ("tag", "Tag", "label", "Label", "eyword"),
    "author": ("utor", "uthor", "uteur", "yline", "riter", "ontributor", "ournalist", "eporter"),
}
_BETWEEN_NAMES = "\0"  # no page has it


Judgement = TypeVar("Judgement")


class JudgedNames(dict[int, Judgement]):
    """What a rule says of class and id in one, by the place of their pair: asked once for each."""

    def __init__(self, names: "PageNames", rule: Callable[[str], Judgement]) -> None:
        self._names, self._rule = names, rule

    def __missing__(self, place: int) -> Judgement:
        self[place] = judgement = self._rule(self._names.joined(place))
        return judgement


class PageNames:
    """Class and id of a page's elements: `distinct` pairs, and by element's number, in `places`, the
    place of its pair there. What is asked of names is asked once for all elements that share them.
    """

    def __init__(self, names: Sequence[Names]) -> None:
        known: dict[Names, int] = {}
        self.places = [known.setdefault(pair, len(known)) for pair in names]
        self.distinct = list(known)
        self._joined: list[str | None] = [None] * len(known)
        self._judged: dict[Callable[[str], Any], JudgedNames[Any]] = {}

    def joined(self, place: int) -> str:
        """Class and id in one, with camel case split into words."""
        joined = self._joined[place]
        if joined is None:
            joined = self._joined[place] = _join_names(*self.distinct[place])
        return joined

    def judged(self, rule: Callable[[str], Judgement]) -> JudgedNames[Judgement]:
        if rule not in self._judged:
            self._judged[rule] = JudgedNames(self, rule)
        return self._judged[rule]

    def numbers_of(self, kind: str) -> list[int]:
        """The elements of a kind in reading order; twice where both class and id are."""
        names = self._with_any(_KINDS[kind])
        if not names:
            return []
        for earlier in takewhile(kind.__ne__, _KINDS):
            names = {name for name in names if not any(part in name for part in _KINDS[earlier])}
        by_class, by_id = (
            {place for place, pair in enumerate(self.distinct) if pair[side] in names}
            for side in (0, 1)
        )
        found = self._numbers_at(by_class | by_id) + self._numbers_at(by_class & by_id)
        return sorted(found)

    def _numbers_at(self, places: set[int]) -> list[int]:
        if not places:
            return []
        return [number for number, place in enumerate(self.places) if place in places]

    def _with_any(self, parts: Iterable[str]) -> set[str]:
        """The names with any of the parts. They are searched all at once, by `str.find`: of each page
        that is new to the process that saves .2 ms.
        """
        text, found = self._text, set()
        for part in parts:
            at = text.find(part)
            while at >= 0:
                end = text.index(_BETWEEN_NAMES, at)
                found.add(text[text.rindex(_BETWEEN_NAMES, 0, at) + 1 : end])
                at = text.find(part, end)
        return found

    @cached_property
    def _text(self) -> str:
        names = {name for pair in self.distinct for name in pair if name}
        return _BETWEEN_NAMES.join(("", *names, ""))


class _NamedElements(dict[str, list[HtmlElement]]):
    """A kind's elements, found when they are first asked for: those of most kinds never are."""

    def __init__(self, index: "PageIndex") -> None:
        self._index = index

    def __missing__(self, kind: str) -> list[HtmlElement]:
        index = self._index
        numbers = index.names.numbers_of(kind)
        if kind == "title":
            numbers = sorted(numbers + index.headlines)
        self[kind] = found = [index.elements[n] for n in numbers if n < _MAX_ELEMENTS]
        return found


class PageIndex:
    """`by_tag` has the elements of a few tags; `marked` those with microdata or RDFa; `named` those
    that are, by class or id, a `title`, `crumbs`, `tags` or an `author`. Elements have the numbers
    of `page`; `headlines` are the numbers of those that microdata name so.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.page = page = index_tree(tree)
        self.at = page.at
        self.elements = page.elements[:_MAX_ELEMENTS]
        self.names = PageNames(page.names)
        self.named = _NamedElements(self)
        self.by_tag: dict[str, list[HtmlElement]] = defaultdict(list)
        for element, tag in zip(self.elements, page.tags, strict=False):
            if tag in _KEPT_TAGS:
                self.by_tag[tag].append(element)
        # By element's number and what is between its texts: several readers ask for the same.
        self._texts: dict[tuple[int, str], tuple[int, str | None]] = {}
        self.marked: list[HtmlElement] = []
        self.headlines: list[int] = []
        for number, marks in page.marked.items():
            if number < _MAX_ELEMENTS and ("itemprop" in marks or "property" in marks):
                self._read_marks(number, marks)

    def _read_marks(self, number: int, marks: dict[str, str]) -> None:
        itemprop = marks.get("itemprop") or ""
        if itemprop or (marks.get("property") and self.page.tags[number] != "meta"):
            self.marked.append(self.elements[number])
        if "headline" in itemprop:
            self.headlines.append(number)

    @cached_property
    def rel_links(self) -> list[HtmlElement]:
        """`a` elements with a `rel`."""
        return [a for a in self.by_tag["a"] if a.get("rel")]

    def links(self, word: str) -> list[HtmlElement]:
        """`a` elements whose `rel` has the word."""
        return [a for a in self.rel_links if word in (a.get("rel") or "").lower().split()]

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
        names = self.names
        return names.joined(names.places[self.at[element]])

    def text_of(self, element: HtmlElement, max_chars: int, *, between: str = " ") -> str:
        """The visible text of a small element, "" when it is longer than `max_chars`. `between`
        separates the texts of inline elements; those of block elements are separated by a space.
        """
        number = self.at[element]
        if self.ends[number] == number + 1:
            text = None if element.tag in SILENT_TAGS else element.text
            return squeeze(text)[: 2 * max_chars] if text and len(text.strip()) <= max_chars else ""
        known = self._texts.get((number, between))
        if known is None or (known[1] is None and known[0] <= max_chars):
            self._texts[number, between] = known = self._read_text(number, between, max_chars)
        chars, text = known
        return text[: 2 * max_chars] if text and chars <= max_chars else ""

    def _read_text(self, number: int, between: str, max_chars: int) -> tuple[int, str | None]:
        """Its characters without spaces around its parts, and the text; None: there are more than
        `max_chars`, and it was not read to its end.
        """
        parts: list[str] = []
        chars, tags = 0, self.page.tags
        for text, at in self._texts_of(number, _MAX_TEXT_NODES):
            parts.append(" " if tags[at] in _SPACED_TAGS else between)
            if text:
                parts.append(text)
                chars += len(text.strip())
                if chars > max_chars:
                    return chars, None
        return chars, squeeze("".join(parts))

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
            element = elements[node]
            yield (None if tags[node] in UNSEEN_TAGS else element.text) or "", node
            if node == number or ends[node] > node + 1:
                opened.append(node)
            elif tail := element.tail:
                yield tail, node
        while len(opened) > 1:
            behind = opened.pop()
            if tail := elements[behind].tail:
                yield tail, behind


_MAX_NAMES_CHARS = 200
_MAX_TEXT_NODES = 80
_SPACED_TAGS = BLOCK_TAGS | {"br"}
# What lxml gives as the tags of comments and the like.
NO_TAGS: frozenset[object] = frozenset((Comment, Entity, ProcessingInstruction))
UNSEEN_TAGS = SILENT_TAGS | NO_TAGS  # of what shows no text of its own


def _join_names(names: str | None, identity: str | None) -> str:
    if identity:
        joined = f"{names or ''} {identity}"[:_MAX_NAMES_CHARS]
    elif names:
        joined = names[:_MAX_NAMES_CHARS]
    else:
        return ""
    return joined.strip() if joined.islower() else _split_camel_case(joined)


@lru_cache(maxsize=8192)
def _split_camel_case(names: str) -> str:
    return CAMEL_CASE.sub("-", names).strip()
