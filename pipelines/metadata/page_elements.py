"""The elements of a page that metadata is read from, collected in one pass over the tree, with their
names and texts.
"""

from functools import cached_property
from itertools import chain

from lxml.etree import Comment, Entity, ProcessingInstruction
from lxml.html import HtmlElement

from pipelines.extraction.blocks import BLOCK_TAGS, SILENT_TAGS
from pipelines.extraction.tree_index import TreeIndex, index_tree
from pipelines.metadata.markup_patterns import CaselessPattern
from pipelines.metadata.page_names import PageNames
from text.normalise import squeeze

_MAX_ELEMENTS = 60_000  # a larger page is no article, or hostile
_MAX_CHARS = 2**31  # all


class _TaggedElements(dict[str, list[HtmlElement]]):
    """A tag's elements, listed when they are first asked for."""

    def __init__(self, page: TreeIndex) -> None:
        self._page = page

    def __missing__(self, tag: str) -> list[HtmlElement]:
        elements, numbers = self._page.elements, self._page.by_tag.get(tag, ())
        self[tag] = found = [elements[n] for n in numbers if n < _MAX_ELEMENTS]
        return found


class _NamedElements(dict[str, list[HtmlElement]]):
    """A kind's elements, found when they are first asked for: those of most kinds never are."""

    def __init__(self, page: TreeIndex, names: PageNames, headlines: list[int]) -> None:
        self._page, self._names, self._headlines = page, names, headlines

    def __missing__(self, kind: str) -> list[HtmlElement]:
        elements, numbers = self._page.elements, self._names.numbers_of(kind)
        if kind == "title":
            numbers = sorted(numbers + self._headlines)
        self[kind] = found = [elements[n] for n in numbers if n < _MAX_ELEMENTS]
        return found


class PageIndex:
    """`by_tag` has the elements of a tag; `marked` those with microdata or RDFa; `named` those
    that are, by class or id, a `title`, `crumbs`, `tags` or an `author`. Elements have the numbers
    of `page`; `headlines` are the numbers of those that microdata name so.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.page = page = index_tree(tree)
        self.at = page.at
        self.elements = page.elements[:_MAX_ELEMENTS]
        self.names = PageNames(page.distinct_names, page.places)
        self.headlines: list[int] = []
        # They refer to parts of this object and not to it: a cycle would keep the page's tree until the
        # garbage collector comes.
        self.named = _NamedElements(page, self.names, self.headlines)
        self.by_tag = _TaggedElements(page)
        # By element's number and what is between its texts: several readers ask for the same.
        self._texts: dict[tuple[int, str], tuple[int, str | None]] = {}
        self.marked: list[HtmlElement] = []
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

    def links_to(self, pattern: CaselessPattern, most: int) -> list[HtmlElement]:
        """Of the first `most` `a` elements those with such an address. A third have that of another."""
        hrefs, elements = self.page.hrefs, self.page.elements
        links = [n for n in self.page.by_tag.get("a", ())[:most] if n < _MAX_ELEMENTS]
        wanted = pattern.among_addresses({hrefs[n] for n in links})
        return [elements[n] for n in links if hrefs[n] in wanted] if wanted else []

    @property
    def body(self) -> HtmlElement:
        """The tree itself for a fragment."""
        page = self.page
        # `find` takes 80 us for it.
        at = (n for n in page.by_tag.get("body", ()) if n and not page.parent_list[n])
        return page.elements[next(at, 0)]

    @cached_property
    def ends(self) -> list[int]:
        """One past the last descendant of each element."""
        return self.page.end_list

    def names_of(self, element: HtmlElement) -> str:
        """Class and id, with camel case split into words."""
        names = self.names
        return names.joined[names.places[self.at[element]]]

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
        texts, nodes, chars = self._texts_of(number, _MAX_TEXT_NODES, max_chars)
        if chars > max_chars:
            return chars, None
        if between == " ":
            return chars, squeeze(" ".join(texts))
        tags = self.page.tags
        spaces = [" " if tags[node] in _SPACED_TAGS else between for node in nodes]
        return chars, squeeze("".join(chain.from_iterable(zip(spaces, texts, strict=True))))

    def texts_of(self, element: HtmlElement, max_nodes: int) -> list[str]:
        """The visible texts of its first nodes in reading order; "" for a node that begins without
        text.
        """
        return self._texts_of(self.at[element], max_nodes)[0]

    def _texts_of(
        self, number: int, max_nodes: int, max_chars: int = _MAX_CHARS
    ) -> tuple[list[str], list[int], int]:
        """The texts, the numbers of the nodes that they are in or behind, and their characters without
        spaces around them. Behind `max_chars` nothing is read.
        """
        ends, elements, tags = self.ends, self.page.elements, self.page.tags
        texts: list[str] = []
        nodes: list[int] = []
        opened: list[int] = []
        chars = 0
        for node in range(number, min(ends[number], number + max_nodes)):
            while opened and node >= ends[opened[-1]]:
                behind = opened.pop()
                if tail := elements[behind].tail:
                    texts.append(tail)
                    nodes.append(behind)
                    chars += len(tail.strip())
            text = None if tags[node] in UNSEEN_TAGS else elements[node].text
            texts.append(text or "")
            nodes.append(node)
            if text:
                chars += len(text.strip())
            if chars > max_chars:
                return texts, nodes, chars
            opened.append(node)
        for behind in reversed(opened[1:]):
            if tail := elements[behind].tail:
                texts.append(tail)
                nodes.append(behind)
                chars += len(tail.strip())
        return texts, nodes, chars


_MAX_TEXT_NODES = 80
_SPACED_TAGS = BLOCK_TAGS | {"br"}
# What lxml gives as the tags of comments and the like.
NO_TAGS: frozenset[object] = frozenset((Comment, Entity, ProcessingInstruction))
UNSEEN_TAGS = SILENT_TAGS | NO_TAGS  # of what shows no text of its own
