"""The downloader middleware that every request passes first, redirects and robots.txt included."""

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import CannotResolveHostError

from items import Reason, Site
from spiders.fetching import dns_resolver
from spiders.fetching.addresses import (
    host_port,
    is_public,
    normal_host,
    own_host_ports,
    permissions,
)
from spiders.fetching.errors import RequestRefused
from spiders.fetching.request_kinds import kind_of
from text.limits import MAX_REQUEST_URL_CHARS
from text.urls import canonicalise, same_site

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


HostPort = tuple[str, int]


class SsrfGuard:
    """Only http and https, only public addresses (with `allow_private`, also the hosts and ports that
    the site's file names), articles only from their own site.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.private: set[HostPort] = own_host_ports(site) if site.allow_private else set()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SsrfGuard":
        guard = cls(getattr(crawler.spider, "site", None) or Site(""))
        crawler.signals.connect(guard.opened, signals.spider_opened)
        crawler.signals.connect(guard.closed, signals.spider_closed)
        return guard

    def opened(self) -> None:
        # Under a runner nothing else installs it, and without it names would not be checked.
        dns_resolver.install()
        permissions.permit(host for host, _ in self.private)

    def closed(self) -> None:
        permissions.withdraw(host for host, _ in self.private)

    def process_request(self, request: Request) -> None:
        if kind_of(request) == "article":
            check_site(request.url, self.site.homepage, redirected="redirect_urls" in request.meta)
        check_address(request.url, self.private)

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = normal_host(urlsplit(request.url).hostname or "")
        address = permissions.refused.pop(host, None)
        if address and isinstance(exception, CannotResolveHostError):
            raise _private(host, address)


def check_address(url: str, private: set[HostPort]) -> None:
    """Raises RequestRefused for what is wrong before the name is resolved."""
    if len(url) > MAX_REQUEST_URL_CHARS:
        raise RequestRefused(Reason.URL_TOO_LONG, f"an address of {len(url)} characters")
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "https"):
        raise RequestRefused(
            Reason.SCHEME, f"{scheme or 'an address without a scheme'} is not fetched"
        )
    host, port = host_port(url)
    if (host, port) in private:
        return
    if host in permissions.private:
        raise _private(host, "another site's or port's")
    if _is_literal(host) and not is_public(host):
        raise _private(host, host)


def check_site(url: str, homepage: str, *, redirected: bool) -> None:
    """Raises RequestRefused for an article's URL on another site, or redirected to the home page."""
    if not same_site(url, homepage):
        raise RequestRefused(Reason.OFF_SITE, f"leads to another site ({host_port(url)[0]})")
    if redirected and canonicalise(url, homepage) == canonicalise(homepage):
        raise RequestRefused(Reason.HOME_PAGE, "redirects to the home page")


def _private(host: str, address: str) -> RequestRefused:
    return RequestRefused(
        Reason.PRIVATE_ADDRESS,
        f"{host} has a private address ({address}); allow_private in the site's file would allow it"
        " for the hosts that the file names",
    )


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
