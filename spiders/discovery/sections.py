"""Which links of a list page lead to articles, told without rules of the site's own.

An article's address has a date, a number or many words; its link reads like a headline; and the
articles of one site have addresses of one shape.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from items import Link, Site
from pipelines.url_filter import is_listing
from spiders.discovery.pager import next_page
from spiders.sources.html_links import PageLink, read_page
from spiders.sources.link_filter import announced
from text.urls import canonicalise

_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?[0-3]?\d)?(?=[/-]|$)")
_NUMBER = re.compile(r"\d{2,}")
_WORDS = re.compile(r"[^\W\d_]+")
_ID = re.compile(
    r"[?&](?:id|p|nid|aid|nw_id|news_?id|article_?id|story_?id|post|artid)=\d+", re.IGNORECASE
)
_ENOUGH = 3
_FAMILY = 3


@dataclass(frozen=True, slots=True)
class SectionFound:
    """Articles in the order of the page, and the list's next page."""

    links: list[Link] = field(default_factory=list)
    next_page: str | None = None


def parse_section(body: bytes, charset: str | None, url: str, site: Site) -> SectionFound:
    """NotThisKind: not a web page."""
    page = read_page(body, charset, url)
    here = canonicalise(url, site.homepage or None)
    found: dict[str, tuple[Link, PageLink]] = {}
    for link in page.links:
        taken = announced(site, link.address, page.base, "section")
        if taken and taken.url != here and (site.take or not _is_aside(link, taken.url)):
            known = found.get(taken.url)
            found[taken.url] = (known[0], _fuller(known[1], link)) if known else (taken, link)
    chosen = set(found) if site.take else _articles({u: link for u, (_, link) in found.items()})
    links = [link for address, (link, _) in found.items() if address in chosen]
    return SectionFound(links, next_page(page, url, site))


def _is_aside(link: PageLink, url: str) -> bool:
    return link.furniture or is_listing(url)


def _fuller(one: PageLink, other: PageLink) -> PageLink:
    """Of two links to one page (a picture, a headline, "read more") the one that says most."""
    return max(one, other, key=lambda link: (link.headed, len(link.text)))


def _articles(links: dict[str, PageLink]) -> set[str]:
    scores = {url: _address_score(url) + _text_score(link) for url, link in links.items()}
    sure = {url for url, score in scores.items() if score >= _ENOUGH}
    shapes = Counter(map(_shape, sure))
    kin = {url for url, score in scores.items() if score > 0 and shapes[_shape(url)] >= _FAMILY}
    return sure | kin


def _address_score(url: str) -> int:
    last, words = _last(url)
    score = 2 if _DATE.search(url) else 0
    score += 1 if _NUMBER.search(last) or _ID.search(url) else 0
    score += 2 if words >= 4 else 1 if words == 3 else 0
    return score if score else -2


def _text_score(link: PageLink) -> int:
    words = len(_WORDS.findall(link.text))
    return (2 if words >= 5 else 1 if words >= 3 else -1) + link.headed


def _last(url: str) -> tuple[str, int]:
    """The last segment of the path, readable, and how many words it has."""
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    return last, len(_WORDS.findall(last))


def _shape(url: str) -> tuple[str, ...]:
    """`/node/61` and `/node/62` have one shape, so have two slugs in one folder."""
    parts = urlsplit(url)
    *folders, last = parts.path.strip("/").split("/")
    kind = "id" if last.isdigit() else "slug"
    keys = re.sub(r"=[^&]*", "", parts.query)
    return (parts.netloc, *(re.sub(r"\d+", "0", folder) for folder in folders), kind, keys)
