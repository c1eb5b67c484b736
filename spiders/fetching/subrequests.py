"""What a page that is rendered asks for: scripts and data, fetched as any other request of the crawl is,
under the same guard, robots.txt and limits, but at once. A browser's visitor would not wait a second for
each script; so the number and size of them are bounded instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.http import Response

from items import Reason, Site
from spiders.fetching.errors import RequestRefused
from spiders.fetching.request_kinds import request_for
from text.limits import MAX_SUBREQUEST_BYTES_A_PAGE, MAX_SUBREQUESTS_A_PAGE
from text.urls import same_site

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


# Playwright's words for what a request is for. No pictures, styles, fonts, media, frames, beacons,
# event streams or sockets: none of them puts text into the page.
_WANTED = frozenset({"script", "xhr", "fetch"})
_AT_ONCE = 2
_MAX_BODY_BYTES = 64_000
_MAX_HEADERS, _MAX_HEADER_CHARS = 40, 4_000
# Headers of the browser's that are ours to set, or that tell of a browser.
_OWN_HEADERS = frozenset(
    {
        *("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "cookie"),
        *("user-agent", "te", "upgrade", "expect", "keep-alive", "trailer", "proxy-authorization"),
        *("if-none-match", "if-modified-since", "range", "priority", "referer"),
    }
)
# Scripts that are kept for the crawl's next pages.
_MAX_KEPT_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class SubRequest:
    """`kind` is Playwright's `resource_type`; header names are lower-case."""

    url: str
    kind: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class SubAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class PageAllowance:
    """What one page may still ask for."""

    requests: int = MAX_SUBREQUESTS_A_PAGE
    size: int = MAX_SUBREQUEST_BYTES_A_PAGE

    def take(self) -> None:
        """Raises RequestRefused."""
        if self.requests <= 0 or self.size <= 0:
            raise RequestRefused(Reason.TOO_LARGE, "the page asks for more than it may")
        self.requests -= 1


def check_wanted(asked: SubRequest, site: Site) -> None:
    """Raises RequestRefused for what no text needs: all but scripts and data. Data are asked for by GET;
    by POST, as GraphQL is, of the site's own hosts only.
    """
    if asked.kind not in _WANTED:
        raise RequestRefused(Reason.NOT_WANTED, f"{asked.kind} is not fetched for a page")
    if asked.method not in ("GET", "HEAD") and not (
        asked.method == "POST"
        and same_site(asked.url, site.homepage)
        and len(asked.body or b"") <= _MAX_BODY_BYTES
    ):
        raise RequestRefused(Reason.NOT_WANTED, f"{asked.method} is not sent for a page")


class SubRequests:
    """Those of one crawl's pages."""

    def __init__(self, crawler: "Crawler", site: Site) -> None:
        self.crawler = crawler
        self.site = site
        self.sent = 0
        self._kept: dict[str, SubAnswer] = {}
        self._room = _MAX_KEPT_BYTES

    async def fetch(self, asked: SubRequest, allowance: PageAllowance) -> SubAnswer:
        """Raises RequestRefused, and what a download raises."""
        check_wanted(asked, self.site)
        allowance.take()
        if known := self._kept.get(asked.url) if asked.kind == "script" else None:
            return known
        self.sent += 1
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(self._request(asked, allowance))
        allowance.size -= len(response.body)
        answer = SubAnswer(response.status, _headers_for_page(response), response.body)
        self._keep(asked, answer)
        return answer

    def _request(self, asked: SubRequest, allowance: PageAllowance) -> "Request":
        request = request_for(
            "subresource",
            asked.url,
            method=asked.method,
            body=asked.body or b"",
            headers=_headers_of(asked),
        )
        # A slot beside the host's own, whose pace is that of pages.
        slot = f"rendering {urlsplit(asked.url).netloc}"
        assert self.crawler.engine is not None
        pace = {"delay": 0.0, "concurrency": _AT_ONCE}
        self.crawler.engine.downloader.per_slot_settings[slot] = pace
        limit = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
        request.meta.update(
            download_slot=slot,
            download_maxsize=min(allowance.size, limit),
            autothrottle_dont_adjust_delay=True,
            dont_retry=True,
        )
        return request

    def _keep(self, asked: SubRequest, answer: SubAnswer) -> None:
        control = answer.headers.get("cache-control", "")
        reusable = asked.kind == "script" and answer.status == 200 and "no-store" not in control
        if reusable and len(answer.body) <= self._room:
            self._kept[asked.url] = answer
            self._room -= len(answer.body)


def _headers_of(asked: SubRequest) -> dict[str, str]:
    """What the page's script says: the type of the data, an interface's public key."""
    named = [
        (name, value)
        for name, value in asked.headers.items()
        if name.lower() not in _OWN_HEADERS
        and not name.lower().startswith(("sec-", "proxy-"))
        and len(value) <= _MAX_HEADER_CHARS
        and value.isprintable()
    ]
    return dict(named[:_MAX_HEADERS])


def _headers_for_page(response: Response) -> dict[str, str]:
    """Its type, and whether another origin's page may read it."""
    names = ("content-type", "cache-control", "vary")
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.decode("latin-1").lower() in names or name.lower().startswith(b"access-control-")
    }
