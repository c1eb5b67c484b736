"""Which elements of a page belong to another article: items of lists, cards that lead elsewhere,
embedded posts.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.markup_patterns import CaselessPattern, ClassPattern
from pipelines.metadata.title_context import TitleContext
from text.folding import fold_name

_MAX_ANCESTORS = 8
_MIN_CARD_ELEMENTS, _MAX_CARD_ELEMENTS, _MAX_CARD_CHARS = 2, 60, 600
_MAX_LINKS, _MAX_ADDRESS_CHARS = 12, 2000
_MIN_TITLE_CHARS, _MIN_TITLE_WORDS, _MIN_HEADING_WORDS = 20, 4, 2
DATE_TAGS = frozenset({"time", "a", "abbr"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "article", "tr"})
_EMBEDDED = ClassPattern(
    r"(?:^|[\s_-])(?:tweet|twitter-tweet|twitter-video|instagram-media|fb-post|fb-video|tiktok-embed|"
    r"telegram-(?:post|widget)|reddit-(?:card|embed)|bluesky-embed|wp-embed|embedded-(?:post|tweet))"
    r"(?:$|[\s_])",
    "tweet twitter instagram fb telegram reddit embed embedded",
)
_YEAR = re.compile(r"\d{4}|ago|منذ")
_AUTHOR = CaselessPattern(r"author|profile|autor|user|people|/by/|كاتب")
# Addresses whose path and query joining leaves as they are: it takes 15 us.
_PLAIN_ADDRESS = re.compile(
    r"(?:https?://[a-z0-9.-]++(?=/))?+(/(?![/.])[A-Za-z0-9/_~%+,:=-]*+(?:\.[a-z]+)?)(?:\?([A-Za-z0-9/._~%+,:=&-]*+))?"
)
# `/2026/11/21/`: a day's archive, to which themes link a date.
_ARCHIVE = re.compile(r"/\d{4}(?:/\d{1,2}){0,2}")


class OtherArticles:
    """`own` are addresses of the page's own article: its URL, its canonical one."""

    def __init__(self, context: TitleContext, own: Iterable[str]) -> None:
        self._context, self._index = context, context.index
        self._addresses = [url for url in own if url]
        self._base = next(iter(self._addresses), "")
        self._embedded = self._index.names.judged(_EMBEDDED.is_in)
        # By number: an element is asked for with each that is in it, a link with each that it is in.
        self._boxes: dict[int, bool] = {}
        self._titled: dict[int, bool] = {}
        self._elsewhere: dict[str, bool] = {}

    @cached_property
    def _own(self) -> set[tuple[str, str]]:
        return {_identity(url, self._base) for url in self._addresses}

    def has(self, element: HtmlElement, *, in_head: bool = False) -> bool:
        """Whether the date in `element` is that of another article or of an embedded post. In the
        article's head links lead to its author, section and archive.
        """
        if any(map(self.is_embedded, islice(element.iterdescendants("blockquote", "div"), 20))):
            return True
        if in_head:
            return any(
                self.is_embedded(above) or (above.tag in _ITEMS and self.is_other_box(above))
                for above in self._around(element)
            )
        return self._is_linked(element) or any(map(self.is_other_box, self._around(element)))

    def _around(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """The element and those around it that are not around the title as well."""
        for above in (element, *islice(element.iterancestors(), _MAX_ANCESTORS)):
            if self._context.is_around_title(above):
                return
            yield above

    def _is_linked(self, element: HtmlElement) -> bool:
        """Whether the date is the text of a link elsewhere."""
        around = islice(element.iterancestors("a"), 1)
        elements = self._index.page.elements
        links = (elements[link] for link in self._links_in(self._index.at[element]))
        inside = (a for a in links if self._has_year(a))
        return any(map(self._leads_elsewhere, (*around, *inside)))

    def is_other_box(self, element: HtmlElement) -> bool:
        """Whether it is another article's card or an embedded post."""
        return self.is_other_box_at(self._index.at[element])

    def is_other_box_at(self, number: int) -> bool:
        """As `is_other_box`, by the element's number."""
        is_other = self._boxes.get(number)
        if is_other is None:
            is_other = not self._context.is_number_around_title(number) and (
                self._is_embedded_at(number) or self._is_card(number)
            )
            self._boxes[number] = is_other
        return is_other

    def is_dated_link(self, element: HtmlElement) -> bool:
        """Whether it is a date that leads to another article."""
        return element.tag in DATE_TAGS and self._has_year(element) and self._is_linked(element)

    def is_embedded(self, element: HtmlElement) -> bool:
        """Whether it is a quotation or a post of a social network."""
        return self._is_embedded_at(self._index.at[element])

    def _is_embedded_at(self, number: int) -> bool:
        place = self._index.names.places[number]
        return self._index.page.tags[number] == "blockquote" or self._embedded[place]

    def _is_card(self, number: int) -> bool:
        """Whether it is small and has a headline that leads elsewhere."""
        if not _MIN_CARD_ELEMENTS <= self._index.ends[number] - number <= _MAX_CARD_ELEMENTS:
            return False
        if not any(map(self._is_titled, self._links_in(number))):
            return False
        return self._index.text_of(self._index.page.elements[number], _MAX_CARD_CHARS) != ""

    def _links_in(self, number: int) -> list[int]:
        """The first links of an element, itself included."""
        numbers, end = self._index.page.by_tag.get("a", []), self._index.ends[number]
        start = bisect_left(numbers, number)
        if start == len(numbers) or numbers[start] >= end:
            return []
        return numbers[
            start : bisect_left(numbers, end, start, min(start + _MAX_LINKS, len(numbers)))
        ]

    def _is_titled(self, number: int) -> bool:
        """Whether it is a headline that leads elsewhere."""
        is_titled = self._titled.get(number)
        if is_titled is None:
            link = self._index.page.elements[number]
            is_titled = self._is_headline(link) and self._leads_elsewhere(link)
            self._titled[number] = is_titled
        return is_titled

    def _leads_elsewhere(self, link: HtmlElement) -> bool:
        """Whether it leads to a page of the site that is neither this one nor a day's archive."""
        href = (link.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            return False
        href = href[:_MAX_ADDRESS_CHARS]
        if href not in self._elsewhere:
            identity = _identity(href, self._base)
            is_own = identity in self._own or bool(_ARCHIVE.fullmatch(identity[0]))
            self._elsewhere[href] = not is_own
        return self._elsewhere[href]

    def _has_year(self, element: HtmlElement) -> bool:
        return bool(_YEAR.search(fold_name(self._index.text_of(element, 200))))

    def _is_headline(self, link: HtmlElement) -> bool:
        text = self._index.text_of(link, 300)
        words = len(text.split())
        if words < _MIN_HEADING_WORDS or _AUTHOR.is_in(
            f"{(link.get('href') or '')[:300]} {link.get('rel')} {self._index.names_of(link)}"
        ):
            return False
        if len(text) >= _MIN_TITLE_CHARS and words >= _MIN_TITLE_WORDS:
            return True
        parts = (*islice(link.iterancestors(), 2), *islice(link, 1))
        return any(element.tag in _HEADINGS for element in parts)


def _identity(url: str, base: str) -> tuple[str, str]:
    """Path and query of an address."""
    if (plain := _PLAIN_ADDRESS.fullmatch(url)) and _PLAIN_ADDRESS.fullmatch(base):
        return unquote(plain[1]).rstrip("/"), plain[2] or ""
    try:
        parts = urlsplit(urljoin(base, url))
    except ValueError:
        return url, ""
    return unquote(parts.path).rstrip("/"), parts.query
