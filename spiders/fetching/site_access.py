"""What a crawl's requests have beyond others' by the site's file: its cookies and headers, its proxy.
Resolved when a crawl begins; nothing of it is logged, stored, or sent to a worker.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from items import Site, sources_of
from spiders.fetching.addresses import host_port
from text.environment_values import MissingVariable, environment_value, is_header_value
from text.proxy_address import ProxyAddress, parse_proxy
from text.urls import same_site

Pairs = tuple[tuple[str, str], ...]


class AccessError(ValueError):
    """A value of the site's file, or of a setting, that cannot be used; the message names the key alone."""


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """`own`: host without `www.`, and port, to which cookies and headers are sent, with whether that may
    be in the clear.
    """

    headers: Pairs = field(default=(), repr=False)
    cookies: Pairs = field(default=(), repr=False)
    proxy: ProxyAddress | None = None
    own: dict[tuple[str, int], bool] = field(default_factory=dict)

    def is_own(self, url: str) -> bool:
        """Not over http where the file names https: what is secret would be readable."""
        clear = self.own.get(_place(url))
        return clear is not None and (clear or urlsplit(url).scheme == "https")


def access_of(site: Site, proxy: str) -> SiteAccess:
    """`proxy`: the setting, for a site whose file names none. Raises AccessError."""
    return SiteAccess(
        _resolved("headers", site.headers),
        _resolved("cookies", site.cookies),
        _proxy(site, proxy),
        _own_places(site),
    )


def _resolved(key: str, pairs: Pairs) -> Pairs:
    resolved = []
    for name, text in pairs:
        try:
            value = environment_value(text)
        except MissingVariable as error:
            raise AccessError(f"{key}.{name}: {error}") from error
        if not is_header_value(value) or (key == "cookies" and ";" in value):
            raise AccessError(f"{key}.{name}: its value cannot be sent")
        resolved.append((name, value))
    return tuple(resolved)


def _proxy(site: Site, setting: str) -> ProxyAddress | None:
    key, text = ("WARRAQ_PROXY", setting) if site.proxy is None else ("proxy", site.proxy)
    try:
        return parse_proxy(text)
    except ValueError as error:
        expected = error if isinstance(error, MissingVariable) else f"expected {error}"
        raise AccessError(f"{key}: {expected}") from None


def _own_places(site: Site) -> dict[tuple[str, int], bool]:
    """Of the hosts that the file names, those of the site itself: a feed may be another's."""
    own: dict[tuple[str, int], bool] = {}
    for url in (site.homepage, *(url for _, url in sources_of(site))):
        if url and same_site(url, site.homepage):
            place = _place(url)
            own[place] = own.get(place, False) or urlsplit(url).scheme == "http"
    return own


def _place(url: str) -> tuple[str, int]:
    host, port = host_port(url)
    return host.removeprefix("www."), port
