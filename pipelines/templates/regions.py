"""The element around an article's text and title, and what stands outside of it."""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from lxml.html import HtmlElement

from pipelines.templates.paths import Paths
from pipelines.text.folding import fold

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_PROSE_TAGS = ("p", "div", "h2")
_PROSE = 80  # characters
_LONGEST_TITLE = 500


def around(elements: Iterable[HtmlElement]) -> HtmlElement | None:
    """The lowest element that holds them all."""
    common: list[HtmlElement] = []
    for number, element in enumerate(elements):
        line = [element, *element.iterancestors()]
        if number == 0:
            common = line
        else:
            known = set(line)
            common = common[next(at for at, one in enumerate(common) if one in known) :]
    return common[0] if common else None


def heading(root: HtmlElement, title: str | None) -> HtmlElement | None:
    """The heading that says the title."""
    folded = fold(title or "")
    for element in root.iter(*_HEADINGS[:3]):
        if folded and fold(_text(element)) == folded:
            return element
    return None


def prose_outside(region: HtmlElement, body: HtmlElement) -> set[str]:
    """Paths to paragraphs outside the region: how deep the element is that both are in, and the
    steps from there.
    """
    found = set()
    for depth, ancestor, sibling in _beside(region, body):
        paths = Paths(ancestor)
        for element in sibling.iter(*_PROSE_TAGS):
            if element.text and len(element.text.strip()) >= _PROSE:
                found.add(f"{depth}{paths.of(element)}")
    return found


def _beside(
    region: HtmlElement, body: HtmlElement
) -> Iterator[tuple[int, HtmlElement, HtmlElement]]:
    """All siblings of the region and of its ancestors, with their parent and its depth."""
    spine = [region, *region.iterancestors()]
    spine = spine[: spine.index(body) + 1]
    for at, (child, ancestor) in enumerate(pairwise(spine)):
        for sibling in ancestor:
            if sibling is not child and isinstance(sibling.tag, str):
                yield len(spine) - 2 - at, ancestor, sibling


def hangs_below_a_link(region: HtmlElement, body: HtmlElement) -> bool:
    """Whether the last linked heading above the region stands so that this may be its teaser: in
    an element, or one below it, that holds the region too.
    """
    above = list(region.iterancestors())
    for element in (region, *above[: above.index(body)]):
        for sibling in element.itersiblings(preceding=True):
            linked = [h for h in sibling.iter(*_HEADINGS) if next(h.iter("a"), None) is not None]
            if linked:
                return any(one in above for one in islice(linked[-1].iterancestors(), 2))
    return False


def _text(element: HtmlElement) -> str:
    return "".join(map(str, element.itertext()))[:_LONGEST_TITLE]
