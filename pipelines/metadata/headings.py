"""The headings of a page with their texts: of the first level, of lower ones, and of any element
whose text is a title.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.page_elements import NO_TAGS, PageIndex
from text.folding import fold_phrase as fold
from text.urls import join_url

_MAX_CHARS = 500
_MAX_HEADINGS = 12
_MAX_LOWER_HEADINGS = 200


def heading_elements(index: PageIndex, url: str) -> list[tuple[HtmlElement, str]]:
    """The first-level headings with their text, without those that are the site's name."""
    headings = ((h, _headline_text(h, index)) for h in index.by_tag["h1"][:_MAX_HEADINGS])
    return [(h, text) for h, text in headings if text and not is_site_heading(h, url, index)]


def is_site_heading(heading: HtmlElement, url: str, index: PageIndex) -> bool:
    """Whether it is the site's name, by its class or because it leads to the front page."""
    if any("site-name" in (names := index.names_of(e).lower()) or "site-title" in names or "logo" in names
           or "branding" in names for e in islice(_with_parents(heading), 3)):  # fmt: skip
        return True
    links = islice(heading.iter("a"), 2)
    around = (e for e in islice(heading.iterancestors(), 1) if e.tag == "a")
    return any(_leads_home(link, url) for link in (*links, *around))


def _with_parents(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _leads_home(link: HtmlElement, url: str) -> bool:
    if "home" in (link.get("rel") or "").split():
        return True
    joined = join_url(url, (link.get("href") or "#")[:1000].strip())
    target = urlsplit(joined)
    is_root = target.path in ("", "/") and not target.query and not target.fragment
    return bool(joined) and is_root


def element_of(
    index: PageIndex, title: str | None, headings: list[tuple[HtmlElement, str]]
) -> HtmlElement | None:
    """The element whose text is the title, else the page's first heading."""
    if title:
        key = fold(title)
        for elements in (headings, lower_headings(index), standing_alone(index, [title])):
            for element, text in elements:
                if fold(text) == key:
                    return element
    return headings[0][0] if headings else None


def lower_headings(index: PageIndex) -> Iterator[tuple[HtmlElement, str]]:
    """Elements with a title's class, and headings of the second to fourth level, with their text."""
    lower = (index.by_tag[tag] for tag in ("h2", "h3", "h4"))
    headings = _with_texts(index, islice(chain(index.named["title"], *lower), _MAX_LOWER_HEADINGS))
    yield from ((element, text) for element, text in headings if text)


def _with_texts(
    index: PageIndex, elements: Iterable[HtmlElement]
) -> Iterator[tuple[HtmlElement, str]]:
    return ((element, index.text_of(element, _MAX_CHARS, between="")) for element in elements)


# Lines of a heading that are not the headline, by their class: what readers do not see, the line
# above it, a label, the line below it.
_HIDDEN = re.compile(
    r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-?reader(?:-text)?|element-invisible|hidden-text|"
    r"accessibility|assistive-text|offscreen)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHER_LINE = re.compile(
    r"(?:^|[\s_-])(?:kicker|overline|over-?title|pre-?title|pre-?headline|roof-?line|top-?line|eyebrow|"
    r"dachzeile|spitzmarke|ober-?zeile|over-?head|topic|label|rubric|rubrik|category|section|badge|flag|"
    r"sub-?titles?|sub-?headlines?|sub-?heads?|sub-?headings?|sub-?line|unter-?titel|unter-?zeile|deck|"
    r"dek|sub-?tit(?:re|ulo|olo)|sous-?titre|antetitulo|cintillo|occhiello|volanta|شارة)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MAX_LINES, _MIN_HEADLINE_CHARS = 12, 15


def _headline_text(heading: HtmlElement, index: PageIndex) -> str:
    """The heading's text without its other lines; the whole where little is left without them."""
    whole = index.text_of(heading, _MAX_CHARS, between="")
    inner = list(islice(heading.iterdescendants(), _MAX_LINES)) if whole and len(heading) else []
    for pattern, least in ((_HIDDEN, 1), (_OTHER_LINE, _MIN_HEADLINE_CHARS)):
        for line in (
            e for e in inner if isinstance(e.tag, str) and pattern.search(index.names_of(e))
        ):
            rest = _without_line(whole, index.text_of(line, _MAX_CHARS, between=""))
            if len(rest) >= least:
                whole = rest
    return whole


def _without_line(whole: str, line: str) -> str:
    if whole.startswith(line):
        return whole[len(line) :].lstrip(" |:·•–—-")
    return whole[: -len(line)].rstrip(" |·•–—-") if line and whole.endswith(line) else whole


_NOT_ALONE = NO_TAGS | {"title"}


def standing_alone(index: PageIndex, texts: Iterable[str]) -> Iterator[tuple[HtmlElement, str]]:
    """Elements of any kind whose text is one of `texts`: some pages have their title in a table
    cell or a `font`.
    """
    by_fold = {fold(text): text for text in texts}
    lengths = {len(text) + difference for text in by_fold.values() for difference in range(-3, 4)}
    for element, tag in zip(index.elements, index.page.tags, strict=False):
        if tag in _NOT_ALONE:
            continue
        text = element.text
        if text and len(text.strip()) in lengths and (known := by_fold.get(fold(text))):
            yield element, known
