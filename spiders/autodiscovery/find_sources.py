"""The URLs where a site may announce its articles: each is fetched and parsed, and what came of it is
kept for a person to read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from items import Link, Site, http_reason
from pipelines.workers.pool import Runs, T
from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.fingerprint import SiteFingerprint
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Fetch, Fetched, Unreachable
from spiders.sources.json_feed import parse_any_feed
from spiders.sources.sitemap import PATIENCE
from spiders.sources.sitemap_file import ParsedSitemap, parse_packed
from spiders.sources.wordpress_api import PostsPage, parse_response, parse_root, posts_url
from text.terminal import printable
from text.urls import join_url, same_site

# What is the trouble of one source.
NOT_READ = (WrongFormat, WorkerLost)
# Twice what a site with nothing to find needs.
_MAX_REQUESTS = 60


@dataclass(slots=True)
class ProbeSession:
    """`site` is what is known of the site so far; no URL is fetched twice."""

    fetch: Fetch
    workers: Runs
    site: Site
    found: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    responses: dict[str, Fetched | None] = field(default_factory=dict)
    last_reason: str = ""

    async def get(self, url: str) -> Fetched | None:
        """The response of status 200; None for any other, with the reason in `tried`."""
        if url not in self.responses:
            self.responses[url] = await self._fetch(url)
        return self.responses[url]

    async def _fetch(self, url: str) -> Fetched | None:
        if len(self.responses) >= _MAX_REQUESTS:
            return None
        try:
            response = await self.fetch(url)
        except Unreachable as error:
            self.record_rejected(url, str(error))
            self.last_reason = error.reason
            return None
        if response.status != 200:
            self.record_rejected(url, f"answers {response.status}")
            self.last_reason = http_reason(response.status)
            return None
        return response

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        """What a module's function makes of a document, in a worker. Raises WorkerLost."""
        return await self.workers.run(function, *arguments, patience=patience)

    def record_rejected(self, url: str, reason: str) -> None:
        self.tried.append(printable(f"{path_of(url)}: {reason}"))

    def record_found(self, what: str, url: str, links: list[Link]) -> None:
        times = [time for link in links if (time := link.hints.published or link.hints.modified)]
        newest = f", the newest of {max(times)[:10]}" if times else ""
        number = "1 article" if len(links) == 1 else f"{len(links)} articles"
        self.found.append(printable(f"{what} {url}: {number}{newest}"))


def path_of(url: str) -> str:
    """Path and query, for a list of many URLs of one site."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


# The last of each, with a query, are WordPress's where it has no addresses of words.
_FEED_PATHS = (
    *("/feed/", "/rss.xml", "/rss", "/atom.xml", "/feed.xml", "/index.xml"),
    *("/feed.json", "/?feed=rss2"),
)
_SITEMAP_PATHS = (
    *("/sitemap_index.xml", "/sitemap.xml", "/wp-sitemap.xml", "/news-sitemap.xml"),
    *("/?sitemap=index", "/?sitemap=1"),
)
_REST_PATHS = ("wp-json/", "?rest_route=/")
_WORDPRESS_FAMILIES = frozenset({"wordpress", "jannah", "elementor"})
_ROBOTS_SITEMAP = re.compile(
    r"^[ \t]*+sitemap[ \t]*+:[ \t]*+(\S{1,2000})", re.IGNORECASE | re.MULTILINE
)
_MAX_ROBOTS_BYTES = 500_000
# Sitemaps that a robots.txt names, of which the news are looked for; and those that are requested.
_MAX_NAMED = 1_000
_MAX_ANNOUNCED = 6
_MAX_SITEMAPS = 3
_WORDS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A URL that was read, and the articles it gave; `about` is what a REST root says of the site.
    `more`: it names further documents, or pages, that were not read.
    """

    url: str
    links: list[Link]
    about: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False


async def find_wordpress(session: ProbeSession, fingerprint: SiteFingerprint) -> FoundSource | None:
    """An open REST interface, at the root that the site announces or at a usual one."""
    usual = _REST_PATHS if fingerprint.family in _WORDPRESS_FAMILIES else _REST_PATHS[:1]
    home = session.site.homepage.partition("?")[0].rstrip("/") + "/"
    roots = (fingerprint.rest, *(urljoin(home, path) for path in usual))
    for root in dict.fromkeys(filter(None, roots)):
        response = await session.get(root)
        about = await _about(session, response) if response else {}
        if response and "wp/v2" not in (about.get("namespaces") or ()):
            session.record_rejected(root, "not a WordPress REST interface")
        elif response and (links := await _posts(session, root)):
            session.record_found("open WordPress REST interface", root, links)
            return FoundSource(root, links, about, more=True)
    return None


async def _posts(session: ProbeSession, root: str) -> list[Link]:
    url = posts_url(root, per_page=10)
    response = await session.get(url)
    try:
        page = (
            await session.run(parse_response, 200, response.headers, response.body, session.site)
            if response
            else PostsPage([])
        )
    except NOT_READ as reason:
        session.record_rejected(root, str(reason))
        return []
    if response and not page.links:
        session.record_rejected(root, "no posts of this site")
    return page.links


async def _about(session: ProbeSession, response: Fetched) -> Mapping[str, Any]:
    try:
        return await session.run(parse_root, response.body)
    except WorkerLost:
        return {}


async def find_feeds(session: ProbeSession, fingerprint: SiteFingerprint) -> list[FoundSource]:
    """Those announced that list what the others do not; else the first at a usual path."""
    announced = [url for url in fingerprint.feeds if same_site(url, session.site.homepage)] or list(
        fingerprint.feeds
    )
    sources: list[FoundSource] = []
    seen: set[str] = set()
    for url in announced[:_MAX_ANNOUNCED]:
        links = await _feed(session, url)
        if not seen.issuperset(link.url for link in links):
            seen.update(link.url for link in links)
            sources.append(FoundSource(url, links))
    for url in _usual_urls(session, _FEED_PATHS):
        if not sources and (links := await _feed(session, url)):
            sources.append(FoundSource(url, links))
    for source in sources:
        session.record_found("feed", source.url, source.links)
    return sources


async def _feed(session: ProbeSession, url: str) -> list[Link]:
    response = await session.get(url)
    try:
        links = (
            await session.run(parse_any_feed, response.body, response.url, session.site)
            if response
            else []
        )
    except NOT_READ as reason:
        session.record_rejected(url, str(reason))
        return []
    if response and not links:
        session.record_rejected(url, "a feed without articles of this site")
    return links


async def find_sitemaps(session: ProbeSession) -> list[FoundSource]:
    """Those of robots.txt, news first; else the first at a usual path."""
    robots = await session.get(urljoin(session.site.homepage, "/robots.txt"))
    announced = announced_sitemaps(robots.body, session.site.homepage) if robots else []
    sources: list[FoundSource] = []
    for url in announced:
        if len(sources) < _MAX_SITEMAPS and (source := await _sitemap(session, url)):
            sources.append(source)
    for url in _usual_urls(session, _SITEMAP_PATHS):
        if not sources and (source := await _sitemap(session, url)):
            sources.append(source)
    for source in sources:
        session.record_found("sitemap", source.url, source.links)
    return sources


def announced_sitemaps(robots: bytes, homepage: str) -> list[str]:
    """The first sitemaps that a robots.txt names, those of news before the others."""
    text = robots[:_MAX_ROBOTS_BYTES].decode("utf-8", "replace")
    lines = (match[1] for match in islice(_ROBOTS_SITEMAP.finditer(text), _MAX_NAMED))
    named = dict.fromkeys(url for line in lines if (url := join_url(homepage, line)))
    return sorted(named, key=lambda url: "news" not in url)[:_MAX_ANNOUNCED]


async def _sitemap(session: ProbeSession, url: str, *, depth: int = 2) -> FoundSource | None:
    """The articles of the sitemap, or of the first in an index that has any; None: there are none."""
    if (response := await session.get(url)) is None:
        return None
    try:
        sitemap, packed = await session.run(
            parse_packed, response.body, response.url, session.site, patience=PATIENCE
        )
    except NOT_READ as reason:
        session.record_rejected(url, str(reason))
        return None
    for child in _likeliest(session.site, sitemap) if depth else ():
        if source := await _sitemap(session, child, depth=depth - 1):
            return FoundSource(url, source.links, more=source.more or len(sitemap.sitemaps) > 1)
    links = await packed.unpack()
    if not links and not sitemap.sitemaps:
        session.record_rejected(url, "a sitemap without articles of this site")
    return FoundSource(url, links) if links else None


def _likeliest(site: Site, sitemap: ParsedSitemap) -> list[str]:
    """The first of an index; for an edition, those named by its language first."""
    children = [url for url, _ in sitemap.sitemaps]
    if not (site.within or site.leave) or not site.language:
        return children[:2]
    language = site.language
    return sorted(children, key=lambda url: language not in _WORDS.findall(path_of(url)))[:4]


def _usual_urls(session: ProbeSession, paths: Iterable[str]) -> list[str]:
    """In the homepage's folder first: `/ar/feed/` before `/feed/`."""
    home, _, query = session.site.homepage.partition("?")
    urls = [
        url
        for path in paths
        for url in (_with_query(home.rstrip("/") + path, query), urljoin(home, path))
    ]
    return list(dict.fromkeys(urls))


def _with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url
