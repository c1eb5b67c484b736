"""The addresses where a site may announce its articles, each tried by reading what is there, and what
came of each for a person to read.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from items import Link, Site
from spiders.autodiscovery.fingerprint import SiteFingerprint
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Fetch, Fetched, Unreachable
from spiders.sources.feed import parse_feed
from spiders.sources.section import parse_section
from spiders.sources.sitemap import ParsedSitemap, parse_sitemap
from spiders.sources.wordpress_api import parse_response, posts_url
from text.charset import decode
from text.terminal import printable
from text.urls import same_site

# Twice what a site with nothing to find costs.
_MOST_QUESTIONS = 60


@dataclass(slots=True)
class ProbeSession:
    """`site` is as much as is known of the site; no address is asked twice."""

    fetch: Fetch
    site: Site
    found: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    responses: dict[str, Fetched | None] = field(default_factory=dict)

    async def get(self, url: str) -> Fetched | None:
        """A good answer; of any other it is written down why it is none."""
        if url not in self.responses:
            self.responses[url] = await self._ask(url)
        return self.responses[url]

    async def _ask(self, url: str) -> Fetched | None:
        if len(self.responses) >= _MOST_QUESTIONS:
            return None
        try:
            answer = await self.fetch(url)
        except Unreachable as reason:
            self.record_rejected(url, str(reason))
            return None
        if answer.status != 200:
            self.record_rejected(url, f"answers {answer.status}")
            return None
        return answer

    def record_rejected(self, url: str, reason: str) -> None:
        self.tried.append(printable(f"{path_of(url)}: {reason}"))

    def record_found(self, what: str, url: str, links: list[Link]) -> None:
        times = [time for link in links if (time := link.hints.published or link.hints.modified)]
        newest = f", the newest of {max(times)[:10]}" if times else ""
        number = "1 article" if len(links) == 1 else f"{len(links)} articles"
        self.found.append(printable(f"{what} {url}: {number}{newest}"))


def path_of(url: str) -> str:
    """The path of an address on the site, for a list of many."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


_FEEDS = ("/feed/", "/rss.xml", "/rss", "/atom.xml", "/feed.xml", "/index.xml")
_SITEMAPS = ("/sitemap_index.xml", "/sitemap.xml", "/wp-sitemap.xml", "/news-sitemap.xml")
_ROBOTS_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_MOST_ANNOUNCED = 6
_MOST_KEPT = 3
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class FoundSource:
    """An address that was read, and the articles it gave."""

    url: str
    links: list[Link]
    about: Mapping[str, Any] = field(default_factory=dict)


async def find_wordpress(look: ProbeSession, marks: SiteFingerprint) -> FoundSource | None:
    """An open REST interface; `about` is what its root says of the site."""
    usual = urljoin(look.site.homepage.rstrip("/") + "/", "wp-json/")
    for root in dict.fromkeys(filter(None, (marks.rest, usual))):
        answer = await look.get(root)
        about = _about(answer.body) if answer else {}
        if answer and "wp/v2" not in (about.get("namespaces") or ()):
            look.record_rejected(root, "not a WordPress REST interface")
        elif answer and (links := await _posts(look, root)):
            look.record_found("open WordPress REST interface", root, links)
            return FoundSource(root, links, about)
    return None


async def _posts(look: ProbeSession, root: str) -> list[Link]:
    url = posts_url(root, per_page=10)
    answer = await look.get(url)
    try:
        links = parse_response(200, answer.headers, answer.body, look.site).links if answer else []
    except WrongFormat as reason:
        look.record_rejected(root, str(reason))
        return []
    if answer and not links:
        look.record_rejected(root, "no posts of this site")
    return links


def _about(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(decode(body, "utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def find_feeds(look: ProbeSession, marks: SiteFingerprint) -> list[FoundSource]:
    """Those announced that add something to one another; without any, the first usual place."""
    ours = [url for url in marks.feeds if same_site(url, look.site.homepage)] or list(marks.feeds)
    found: list[FoundSource] = []
    seen: set[str] = set()
    for url in ours[:_MOST_ANNOUNCED]:
        links = await _feed(look, url)
        if not seen.issuperset(link.url for link in links):
            seen.update(link.url for link in links)
            found.append(FoundSource(url, links))
    for url in _usual(look, _FEEDS):
        if not found and (links := await _feed(look, url)):
            found.append(FoundSource(url, links))
    for source in found:
        look.record_found("feed", source.url, source.links)
    return found


async def _feed(look: ProbeSession, url: str) -> list[Link]:
    answer = await look.get(url)
    try:
        links = parse_feed(answer.body, answer.url, look.site) if answer else []
    except WrongFormat as reason:
        look.record_rejected(url, str(reason))
        return []
    if answer and not links:
        look.record_rejected(url, "a feed without articles of this site")
    return links


async def find_sitemaps(look: ProbeSession) -> list[FoundSource]:
    """Those of robots.txt, news first; without any, the first usual place."""
    robots = await look.get(urljoin(look.site.homepage, "/robots.txt"))
    text = decode(robots.body[:500_000], "utf-8") if robots else ""
    named = dict.fromkeys(urljoin(look.site.homepage, url) for url in _ROBOTS_SITEMAP.findall(text))
    announced = sorted(named, key=lambda url: "news" not in url)[:_MOST_ANNOUNCED]
    found: list[FoundSource] = []
    for url in announced:
        if len(found) < _MOST_KEPT and (links := await _sitemap(look, url)):
            found.append(FoundSource(url, links))
    for url in _usual(look, _SITEMAPS):
        if not found and (links := await _sitemap(look, url)):
            found.append(FoundSource(url, links))
    for source in found:
        look.record_found("sitemap", source.url, source.links)
    return found


async def _sitemap(look: ProbeSession, url: str, *, deeper: int = 2) -> list[Link]:
    """The articles of the sitemap, or of the first that an index names and that has any."""
    answer = await look.get(url)
    try:
        found = await _parsed(answer, look.site) if answer else None
    except WrongFormat as reason:
        look.record_rejected(url, str(reason))
        return []
    for named, _ in found.sitemaps[:2] if found and deeper else ():
        if links := await _sitemap(look, named, deeper=deeper - 1):
            return links
    if found and not found.links and not found.sitemaps:
        look.record_rejected(url, "a sitemap without articles of this site")
    return found.links if found else []


async def _parsed(answer: Fetched, site: Site) -> ParsedSitemap:
    return await asyncio.to_thread(parse_sitemap, answer.body, answer.url, site)


async def find_section(look: ProbeSession, url: str) -> FoundSource | None:
    """The page itself, when it is a list of articles."""
    answer = await look.get(url)
    try:
        links = parse_section(answer.body, None, answer.url, look.site).links if answer else []
    except WrongFormat as reason:
        look.record_rejected(url, str(reason))
        return None
    if len(links) < _FEWEST:
        return None
    look.record_found("page that lists", url, links)
    return FoundSource(url, links)


def _usual(look: ProbeSession, paths: Iterable[str]) -> list[str]:
    """Below the homepage's own folder first: `/ar/feed/` before `/feed/`."""
    home = look.site.homepage.rstrip("/")
    places = [url for path in paths for url in (home + path, urljoin(home, path))]
    return list(dict.fromkeys(places))
