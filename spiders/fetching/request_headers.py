"""Cookies and headers of requests: those of the site's file, and the cookies that its redirects set,
which last as long as the crawl.
"""

from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.http import Headers, Response
from scrapy.http.cookies import CookieJar

from items import Site
from spiders.fetching.site_access import SiteAccess
from text.limits import MAX_COOKIE_CHARS, MAX_COOKIES, MAX_COOKIES_CHARS
from text.urls import same_site

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


REDIRECTS = frozenset({301, 302, 303, 307, 308})
# In a request's meta: what it had in place of the headers that were added.
_META = "warraq_headers_before"
_COOKIE = "Cookie"


class RequestHeaders:
    """A downloader middleware in name: the handler has it add the headers where a request leaves, so that
    what waits in line has the cookies of those before it.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.jar = CookieJar()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RequestHeaders":
        middleware = cls(crawler)
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        return middleware

    @property
    def _site(self) -> Site:
        return getattr(self.crawler.spider, "site", None) or Site("")

    def add(self, request: Request) -> None:
        """A request that was redirected or is repeated loses what the one before it had."""
        access: SiteAccess = getattr(self.crawler.spider, "access", None) or SiteAccess()
        for name, before in request.meta.pop(_META, {}).items():
            _set(request.headers, name, before)
        is_own = access.is_own(request.url)
        added = dict(access.headers) if is_own else {}
        kept = cookies_for(self.jar, request.url) if self._has_cookies(request.url) else {}
        if cookies := (dict(access.cookies) if is_own else {}) | kept:
            added[_COOKIE] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        request.meta[_META] = {name: request.headers.getlist(name) for name in added}
        for name, value in added.items():
            request.headers[name] = value

    def response_downloaded(self, response: Response, request: Request) -> None:
        """A signal, sent before the next request leaves."""
        if response.status in REDIRECTS and b"Location" in response.headers:
            self.keep_cookies(request, response)

    def keep_cookies(self, request: Request, response: Response) -> bool:
        """Whether the jar has changed by a response that leads somewhere else."""
        if not self._takes_cookies(request.url):
            return False
        before = cookies_for(self.jar, request.url)
        keep(self.jar, request.url, response.headers.getlist("Set-Cookie"))
        return cookies_for(self.jar, request.url) != before

    def _has_cookies(self, url: str) -> bool:
        return len(self.jar) > 0 and self._takes_cookies(url)

    def _takes_cookies(self, url: str) -> bool:
        return same_site(url, self._site.homepage)


def _set(headers: Headers, name: str, values: list[bytes]) -> None:
    if values:
        headers.setlist(name, values)
    else:
        headers.pop(name, None)


def added_names(request: Request) -> set[str]:
    """The headers, in lower case, that a request was given here: their values are nobody's business."""
    added: dict[str, Any] = request.meta.get(_META, {})
    return {name.lower() for name in added}


def keep(jar: CookieJar, url: str, headers: list[bytes]) -> None:
    """Into the jar what of the Set-Cookie headers is allowed to be, while there is room."""
    short = [header for header in headers[:MAX_COOKIES] if len(header) <= MAX_COOKIE_CHARS]
    request = Request(url)
    for cookie in jar.make_cookies(Response(url, headers={"Set-Cookie": short}), request):
        size = len(cookie.name) + len(cookie.value or "")
        others = [len(c.name) + len(c.value or "") for c in jar if c.name != cookie.name]
        if len(others) < MAX_COOKIES and sum(others) + size <= MAX_COOKIES_CHARS:
            jar.set_cookie_if_ok(cookie, request)


def cookies_for(jar: CookieJar, url: str) -> dict[str, str]:
    """By name; what could not be sent is left out."""
    if not len(jar):
        return {}
    request = Request(url)
    jar.add_cookie_header(request)
    header = (request.headers.get(_COOKIE) or b"").decode("latin-1")
    pairs = (pair.partition("=") for pair in header.split("; ") if pair)
    return {
        name: value
        for name, _, value in pairs
        if name and (name + value).isascii() and (name + value).isprintable()
    }
