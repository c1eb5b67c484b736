"""Which addresses may be articles: by a site's file, and by where common systems keep their lists."""

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


def is_listing(url: str) -> bool:
    """Whether a canonical URL is one that common systems give to lists, forms and fixed pages."""
    return bool(_LISTING.search(_decoded(url) + ("" if "?" in url else "/")))


def _matches(pattern: str, url: str) -> bool:
    """A person writes the pattern: Arabic letters in it mean the decoded address."""
    return bool(re.search(pattern, url) or re.search(pattern, _decoded(url)))


def _decoded(url: str) -> str:
    return unquote(url) if "%" in url else url
