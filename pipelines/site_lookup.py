"""The site that an archived address belongs to: a configured one, or one made of its host."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from items import Site
from pipelines.url_filter import is_left
from text.urls import canonicalise, same_site


def host_of(url: str) -> str:
    """The host as DNS spells it, without `www.`, with its port unless that is the scheme's default;
    empty when the address has none.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".").removeprefix("www.")
        host = host if host.isascii() else host.encode("idna").decode()
        port = parts.port
    except ValueError:  # a UnicodeError is one
        return ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return host + (f":{port}" if host and port not in (None, default) else "")


def is_in_domains(host: str, domains: Iterable[str]) -> bool:
    """Whether the host is one of `domains`, or a subdomain of one."""
    name = host.partition(":")[0]
    return any(host == d or name == d or name.endswith(f".{d}") for d in domains)


def site_from_host(url: str) -> Site:
    """A site for a page of an outlet without a site file, named by its host."""
    parts = urlsplit(url)
    return Site(host_of(url), homepage=f"{parts.scheme}://{parts.netloc}/")


class SiteLookup:
    """The configured sites by host."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._by_domain: dict[str, list[Site]] = {}
        self._by_host: dict[str, list[Site]] = {}
        for site in sites:
            if site.homepage:
                self._by_domain.setdefault(_domain(host_of(site.homepage)), []).append(site)

    def site_of(self, url: str) -> Site | None:
        """The site with the address's host, else the nearest one of the same outlet; of several on one
        host, the one whose edition the address is in.
        """
        host = host_of(url)
        if host not in self._by_host:
            sites = self._by_domain.get(_domain(host), ())
            candidates = [site for site in sites if same_site(url, site.homepage)]
            candidates.sort(key=lambda site: _nearness(site, host), reverse=True)
            self._by_host[host] = candidates
        sites = self._by_host[host]
        own = (site for site in sites if not is_left(site, canonicalise(url, site.homepage) or url))
        return next(own, None) or next(iter(sites), None)


def _domain(host: str) -> str:
    """The last two labels, which all hosts of an outlet share."""
    return ".".join(host.partition(":")[0].rsplit(".", 2)[-2:])


def _nearness(site: Site, host: str) -> tuple[bool, int, str]:
    home = host_of(site.homepage)
    return home == host, len(home) if len(home) <= len(host) else -len(home), site.name
