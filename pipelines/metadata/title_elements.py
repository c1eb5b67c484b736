"""The elements of a page that can hold its article's title."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.asides import names_of
from pipelines.metadata.page_elements import text_of
from pipelines.metadata.page_index import PageIndex
from text.folding import fold_phrase as fold

_MOST = 12
_LONGEST = 500
_MOST_TITLED = 200


def headings(index: PageIndex, url: str) -> list[tuple[HtmlElement, str]]:
    """The first-level headings with their text, but for the one that is the site's name."""
    found = ((h, text_of(h, _LONGEST, between="")) for h in index.by_tag["h1"][:_MOST])
    return [(h, text) for h, text in found if text and not is_of_site(h, url)]


def is_of_site(heading: HtmlElement, url: str) -> bool:
    """Whether it is the site's name: it leads home, or says so by its class."""
    if any("site-name" in (names := names_of(e).lower()) or "site-title" in names or "logo" in names
           or "branding" in names for e in islice(_with_parents(heading), 3)):  # fmt: skip
        return True
    links = islice(heading.iter("a"), 2)
    above = (e for e in islice(heading.iterancestors(), 1) if e.tag == "a")
    return any(_leads_home(link, url) for link in (*links, *above))


def _with_parents(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _leads_home(link: HtmlElement, url: str) -> bool:
    if "home" in (link.get("rel") or "").split():
        return True
    try:
        there = urlsplit(urljoin(url, (link.get("href") or "#")[:1000].strip()))
        return there.path in ("", "/") and not there.query and not there.fragment
    except ValueError:
        return False


def element_of(
    index: PageIndex, title: str | None, found: list[tuple[HtmlElement, str]]
) -> HtmlElement | None:
    """The element whose text is the title; failing that the page's first heading."""
    if title:
        key = fold(title)
        for elements in (found, lower_headings(index), standing_alone(index, [title])):
            for element, text in elements:
                if fold(text) == key:
                    return element
    return found[0][0] if found else None


def lower_headings(index: PageIndex) -> Iterator[tuple[HtmlElement, str]]:
    """Elements named as titles, and headings of the second to the fourth level, with their text."""
    lower = (index.by_tag[tag] for tag in ("h2", "h3", "h4"))
    found = _texts(islice(chain(index.named["title"], *lower), _MOST_TITLED))
    return ((element, text) for element, text in found if text)


def _texts(elements: Iterable[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    return ((element, text_of(element, _LONGEST, between="")) for element in elements)


def standing_alone(index: PageIndex, texts: Iterable[str]) -> Iterator[tuple[HtmlElement, str]]:
    """Elements of any kind that hold one of the texts and no more: home-made pages put a title
    into a table cell and a `font`.
    """
    by_fold = {fold(text): text for text in texts}
    lengths = {len(text) + more for text in by_fold.values() for more in range(-3, 4)}
    for element in index.elements:
        text = element.text if isinstance(element.tag, str) and element.tag != "title" else None
        if text and len(text.strip()) in lengths and (known := by_fold.get(fold(text))):
            yield element, known
