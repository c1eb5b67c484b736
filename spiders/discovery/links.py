"""From an address found somewhere to a Link, if the site's file wants such articles."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from zoneinfo import ZoneInfo

from w3lib.url import safe_url_string

from items import Hints, Link, Site
from pipelines.urls import canonicalise, same_site

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|mp[34]|m4[av]|webm|avi|mov|ogg|wav"
    r"|zip|rar|gz|apk|exe|css|js|json|xml|rss|atom|txt)$",
    re.IGNORECASE,
)
# Segments under which systems keep lists and forms, not articles; the Arabic ones are
# "tag(s)", "category", "author", "search".
_LISTING = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|users?|taxonomy|search|feeds?|rss|wp-[a-z]+|login|signin"
    r"|register|account|cart|تصنيف|تصنيفات|وسم|وسوم|الوسوم|كاتب|الكاتب|بحث)/"
    # A year right below the host is an archive; below a section it may be an article's number.
    r"|/pages?/\d+/|^https?://[^/]+(?:/[a-z]{2})?/(?:19|20)\d\d(?:/\d\d?){0,2}/$|/(?:contact|about|privacy|terms|sitemap|archives?)(?:-us|-policy)?/$"
    r"|[?&](?:cat|tag|author|s|m|feed|paged|attachment_id|page_id|replytocom)=",
    re.IGNORECASE,
)


def announced(
    site: Site,
    address: str,
    base: str,
    found_by: str,
    hints: Hints | None = None,
    html: str | None = None,
) -> Link | None:
    """The Link of `address`, which may be relative to `base`; None: not an article to take."""
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


def picture(address: object, base: str = "") -> str | None:
    """An image's absolute address, where it is one that may be shown."""
    if not isinstance(address, str):
        return None
    try:
        absolute = urljoin(base, address.strip())
    except ValueError:
        return None
    return safe_url_string(absolute) if canonicalise(absolute) else None


def is_wanted(site: Site, url: str) -> bool:
    """What `take` and `leave` say; without `take`: a page of the site that is not its home."""
    if is_left(site, url):
        return False
    if site.take:
        return any(_found(pattern, url) for pattern in site.take)
    if urlsplit(url).path == "/" and not urlsplit(url).query:
        return False
    return not _FILE.search(url) and (not site.homepage or same_site(url, site.homepage))


def is_left(site: Site, url: str) -> bool:
    return any(_found(pattern, url) for pattern in site.leave)


def is_listing(url: str) -> bool:
    """Whether a canonical URL is one that common systems give to lists, forms and fixed pages."""
    return bool(_LISTING.search(_readable(url) + ("" if "?" in url else "/")))


def _found(pattern: str, url: str) -> bool:
    """Patterns are written by people: one with Arabic letters means the decoded address."""
    return bool(re.search(pattern, url) or re.search(pattern, _readable(url)))


def _readable(url: str) -> str:
    return unquote(url) if "%" in url else url


def _is_too_old(site: Site, hints: Hints) -> bool:
    when = hints.published or hints.modified
    return bool(site.since and when and when < _beginning(site.since, site.timezone))


@lru_cache(maxsize=256)
def _beginning(day: str, timezone: str) -> str:
    """Midnight of the site's own day, in UTC as Hints have it."""
    midnight = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
