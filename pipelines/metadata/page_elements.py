"""Around an article's title: where its date, author, section and tags are shown."""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.blocks import BLOCK_TAGS, SILENT_TAGS, squeeze
from pipelines.metadata.asides import names_an_aside
from pipelines.metadata.page_index import PageIndex

# Elements that are looked at behind the title, where themes put date and author, and above it.
_AFTER, _BEFORE = 260, 60
_PARTED = BLOCK_TAGS | {"br"}


def text_of(element: HtmlElement, longest: int, *, between: str = " ") -> str:
    """The visible text of a small element; "" when it is longer. `between` stands between the
    parts that inline elements make; block elements are parted by a space anyway.
    """
    parts: list[str] = []
    room = longest
    for node in islice(element.iter(), 80):
        parts.append(" " if node.tag in _PARTED else between)
        if isinstance(node.tag, str) and node.tag not in SILENT_TAGS and node.text:
            parts.append(node.text)
            room -= len(node.text.strip())
        if node is not element and node.tail:
            parts.append(" " if node.tag in _PARTED else between)
            parts.append(node.tail)
            room -= len(node.tail.strip())
        if room < 0:
            return ""
    return squeeze("".join(parts))[: 2 * longest]


class Vicinity:
    """The page seen from its title's element (or from its body when no element holds the title)."""

    def __init__(self, index: PageIndex, title: HtmlElement | None) -> None:
        self.index, self.root, self.title = index, index.body, title
        self._spine = set(self.root.iterancestors()) | {self.root}
        if title is not None:
            self._spine |= {title, *islice(title.iterancestors(), 300)}
        self._known: dict[HtmlElement, bool] = {}

    def is_aside(self, element: HtmlElement) -> bool:
        """Whether it is in a menu, a sidebar, a related box, the comments: not of this article."""
        path: list[HtmlElement] = []
        at: HtmlElement | None = element
        while at is not None and at not in self._known and at not in self._spine:
            path.append(at)
            at = at.getparent()
        aside = at is not None and self._known.get(at, False)
        for step in reversed(path):
            aside = aside or names_an_aside(step, len(self.index.elements))
            self._known[step] = aside
        return aside

    @cached_property
    def after(self) -> list[HtmlElement]:
        """Elements that follow the title in reading order, those aside left out."""
        found = self._below(self.root) if self.title is None else self._following(self.title)
        return list(islice(found, _AFTER))

    @cached_property
    def before(self) -> list[HtmlElement]:
        """Elements above the title within its own few wrappers, the nearest wrapper first."""
        return list(islice(self._preceding(), _BEFORE))

    def _following(self, element: HtmlElement) -> Iterator[HtmlElement]:
        at: HtmlElement | None = element
        while at is not None and at is not self.root:
            for sibling in at.itersiblings():
                yield from self._below(sibling)
            at = at.getparent()

    def _preceding(self) -> Iterator[HtmlElement]:
        at = self.title
        for _ in range(4):
            if at is None or at is self.root:
                return
            for sibling in at.itersiblings(preceding=True):
                yield from self._below(sibling)
            at = at.getparent()

    def _below(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """`element` and its descendants, without what is aside or silent."""
        for node in element.iter():
            if (
                isinstance(node.tag, str)
                and node.tag not in SILENT_TAGS
                and not self.is_aside(node)
            ):
                yield node
