"""The page after this one, of a list that goes on over several pages."""

import re
from collections.abc import Iterator
from itertools import islice

from w3lib.url import safe_url_string

from items import Site
from spiders.sources.html_links import PageLink, WebPage, joined
from text.urls import canonicalise, same_site

# An offset counts as well: it only has to grow.
_NUMBER = re.compile(
    r"(?:/page[/-]?|[?&](?:page|paged|pg|pagenum|pageno|pageindex|start|offset)=)(\d{1,6})\b",
    re.IGNORECASE,
)
_NEXT_LABELS = frozenset({"next", "pager-next", "next-page", "nextpostslink", "nav-previous"})
_NEXT = re.compile(
    r"(?:الصفحة )?(?:التالية?|القادمة)|(?:ال)?(?:مقالات|مواضيع|أخبار|منشورات) (?:ال)?(?:أقدم|سابقة)"
    r"|(?:go to )?next(?: page)?|older(?: posts| entries)?",
    re.IGNORECASE,
)
# Said of sections and articles too: only with the number of a page.
_MORE = re.compile(
    r"(?:عرض |تحميل |شاهد |قراءة )?المزيد(?: من \S+)?|(?:load |show |view )?more", re.IGNORECASE
)
_ARROWS = "›»→←‹«>…. "


def next_page(page: WebPage, url: str, site: Site) -> str | None:
    """Its address as the page gives it, on the same site; None on the last page."""
    here = canonicalise(url, site.homepage or None)
    for address in _candidates(page, url):
        there = canonicalise(address, site.homepage or None)
        if there and there != here and same_site(address, url):
            return safe_url_string(address).partition("#")[0]
    return None


def _candidates(page: WebPage, url: str) -> Iterator[str]:
    """From the surest sign to the least sure."""
    yield from (joined(page.base, link.get("href") or "") for link in page.root.xpath(_HEAD_NEXT))
    onward = [link for link in page.links if _leads_on(link, url)]
    yield from (link.address for link in onward if link.labels & _NEXT_LABELS)
    yield from (link.address for link in onward if _NEXT.fullmatch(link.text.strip(_ARROWS)))
    numbered = [link for link in onward if _number(link.address) is not None]
    shown = str(_shown(page, url) + 1)
    yield from (link.address for link in numbered if link.text.strip(_ARROWS) == shown)
    yield from (link.address for link in numbered if _MORE.fullmatch(link.text.strip(_ARROWS)))


_HEAD_NEXT = "//link[contains(concat(' ', normalize-space(@rel), ' '), ' next ')]"
_CURRENT = (
    "//*[@aria-current or contains(concat(' ', normalize-space(@class), ' '), ' current ')"
    " or contains(@class, 'pager-current') or contains(concat(' ', normalize-space(@class), ' '), ' active ')]"
)


def _leads_on(link: PageLink, url: str) -> bool:
    there = _number(link.address)
    return there is None or there > (_number(url) or 0)


def _number(address: str) -> int | None:
    match = _NUMBER.search(address)
    return int(match[1]) if match else None


def _shown(page: WebPage, url: str) -> int:
    """The number that the pager shows for this page; addresses may count from 0."""
    for element in islice(page.root.xpath(_CURRENT), 50):
        text = "".join(islice(element.itertext(), 10)).strip()
        if text.isdecimal() and len(text) < 6:
            return int(text)
    return _number(url) or 1
