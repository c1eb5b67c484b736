"""Whose page an archived address is: a configured site's, or an outlet's that only its host names."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from items import Site
from text.urls import same_site


def host_of(url: str) -> str:
    """The host as it is asked for in the domain name system, without `www.`, and its port unless it
    is the usual one; empty: there is none.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".").removeprefix("www.")
        host = host if host.isascii() else host.encode("idna").decode()
        port = parts.port
    except ValueError:  # a UnicodeError is one
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host + (f":{port}" if host and port not in (None, usual) else "")


def is_on_site(host: str, wanted: Iterable[str]) -> bool:
    """Whether the host is one of `wanted`, or a subdomain of one."""
    name = host.partition(":")[0]
    return any(host == one or name == one or name.endswith(f".{one}") for one in wanted)


def is_unpublished(url: str) -> Site:
    """The outlet of a page that no site file knows, named by its host."""
    parts = urlsplit(url)
    return Site(host_of(url), homepage=f"{parts.scheme}://{parts.netloc}/")


class SiteLookup:
    """The configured sites by the hosts that they are met under."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._near: dict[str, list[Site]] = {}
        self._known: dict[str, Site | None] = {}
        for site in sites:
            if site.homepage:
                self._near.setdefault(_domain(host_of(site.homepage)), []).append(site)

    def site_of(self, url: str) -> Site | None:
        """The site whose host it is, else the nearest one of the same outlet."""
        host = host_of(url)
        if host not in self._known:
            same = [s for s in self._near.get(_domain(host), ()) if same_site(url, s.homepage)]
            self._known[host] = max(same, key=lambda site: _nearness(site, host), default=None)
        return self._known[host]


def _domain(host: str) -> str:
    """What hosts of one outlet have in common at least: the last two labels."""
    return ".".join(host.partition(":")[0].rsplit(".", 2)[-2:])


def _nearness(site: Site, host: str) -> tuple[bool, int, str]:
    home = host_of(site.homepage)
    return home == host, len(home) if len(home) <= len(host) else -len(home), site.name
