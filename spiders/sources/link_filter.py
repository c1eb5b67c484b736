"""From an address in a source to a Link, if the site takes such articles."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from urllib.parse import urldefrag, urljoin
from zoneinfo import ZoneInfo

from w3lib.url import safe_url_string

from items import Hints, Link, Site
from pipelines.url_filter import is_wanted
from text.urls import canonicalise


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
    try:
        fetch_url = urldefrag(urljoin(base, address)).url
    except ValueError:
        return None
    url = canonicalise(fetch_url, site.homepage or None)
    if url is None or not is_wanted(site, url) or _is_too_old(site, hints):
        return None
    return Link(url, safe_url_string(fetch_url), found_by, hints, html)


def image_url(address: object, base: str = "") -> str | None:
    """The absolute http or https URL of an image; None for anything else."""
    if not isinstance(address, str):
        return None
    try:
        absolute = urljoin(base, address.strip())
    except ValueError:
        return None
    return safe_url_string(absolute) if canonicalise(absolute) else None


def _is_too_old(site: Site, hints: Hints) -> bool:
    when = hints.published or hints.modified
    return bool(site.since and when and when < _start_of(site.since, site.timezone))


@lru_cache(maxsize=256)
def _start_of(day: str, timezone: str) -> str:
    """Midnight in the site's time zone, in UTC as Hints have it."""
    midnight = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
