"""From an address in a source to a Link, if the site takes such articles."""

from urllib.parse import urldefrag

from w3lib.url import safe_url_string

from items import Hints, Link, Site
from pipelines.url_filter import is_wanted
from text.timestamps import is_before
from text.urls import canonicalise, join_url


def wanted_link(
    site: Site,
    address: str,
    base: str,
    found_by: str,
    hints: Hints | None = None,
    html: str | None = None,
) -> Link | None:
    """The Link of `address`, which may be relative to `base`; None: the site does not take it."""
    hints, address = hints or Hints(), address.strip()
    if not address:
        return None
    fetch_url = urldefrag(join_url(base, address)).url
    url = canonicalise(fetch_url, site.homepage or None)
    if (
        url is None
        or not is_wanted(site, url)
        or is_before(hints.published or hints.modified, site.starts_at())
    ):
        return None
    safe = url if fetch_url == url else safe_url_string(fetch_url)
    # One string where they are equal: of 50 000 links, that is half of what leaves a worker.
    return Link(url, url if safe == url else safe, found_by, hints, html)


def image_url(address: object, base: str = "") -> str | None:
    """The absolute http or https URL of an image; None for anything else."""
    if not isinstance(address, str):
        return None
    absolute = join_url(base, address.strip())
    return safe_url_string(absolute) if canonicalise(absolute) else None
