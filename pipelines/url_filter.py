"""Which addresses are a site's own, and may be articles, by its file."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from items import Site
from text.urls import same_site

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|mp[34]|m4[av]|webm|avi|mov|ogg|wav"
    r"|zip|rar|gz|apk|exe|css|js|json|xml|rss|atom|txt)$",
    re.IGNORECASE,
)


def is_wanted(site: Site, url: str) -> bool:
    """By the site's `take` and `leave`; without `take`, any page of the site but its front page."""
    if is_left(site, url):
        return False
    if site.take:
        return any(_matches(pattern, url) for pattern in site.take)
    if urlsplit(url).path == "/" and not urlsplit(url).query:
        return False
    return not _FILE.search(url) and (not site.homepage or _is_of(_origin(url), site.homepage))


_is_of = lru_cache(maxsize=1024)(same_site)


def _origin(url: str) -> str:
    """Of a canonical URL: what `same_site` looks at."""
    return url[: url.index("/", len("https://"))]


def is_left(site: Site, url: str) -> bool:
    """Whether the site's file says that the address is none of its own."""
    outside = site.within and not any(_matches(pattern, url) for pattern in site.within)
    return bool(outside) or any(_matches(pattern, url) for pattern in site.leave)


def _matches(pattern: str, url: str) -> bool:
    """A person writes the pattern: Arabic letters in it mean the decoded address."""
    return bool(re.search(pattern, url) or re.search(pattern, _decoded(url)))


def _decoded(url: str) -> str:
    return unquote(url) if "%" in url else url
