"""RSS, RDF and Atom feeds, read by feedparser from input that can do it no harm."""

import io
from collections.abc import Mapping
from typing import Any

import feedparser

from items import Hints, Link, Site
from pipelines.dates.parse import parse
from spiders.autodiscovery import NotThisKind
from spiders.discovery.feed_items import skeleton
from spiders.discovery.titles import plain_text
from spiders.sources.link_filter import announced, picture

# Bytes. A feed lists what is new; one that holds years would hold the loop for a minute.
_LARGEST = 8 << 20


def parse_feed(body: bytes, url: str, site: Site) -> list[Link]:
    """The feed's articles in its order; NotThisKind: not a feed."""
    if len(body) > _LARGEST:
        raise NotThisKind(f"a feed of {len(body) >> 20} MB; {_LARGEST >> 20} are read")
    document = skeleton(body)
    # Passed as a stream: feedparser opens a string as a file or fetches it as a URL.
    stream, headers = io.BytesIO(document), {"content-location": url}
    try:
        feed = feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise NotThisKind(f"a feed that cannot be read ({type(error).__name__})") from error
    language = plain_text(dict.get(feed.feed, "language"))
    links = (_link(entry, url, site, language) for entry in feed.entries)
    return list({link.url: link for link in links if link}.values())


def _link(entry: Mapping[str, Any], url: str, site: Site, language: str | None) -> Link | None:
    hints = _hints(entry, url, site, language)
    for address in _addresses(entry):
        if link := announced(site, address, url, "feed", hints):
            return link
    return None


def _addresses(entry: Mapping[str, Any]) -> list[str]:
    """The original address behind a proxy's first; a GUID may be the article's URL as well."""
    names = ("feedburner_origlink", "pheedo_origlink", "link", "id")
    found = [entry.get(name) for name in names]
    return [
        address
        for name, address in zip(names, found, strict=True)
        if isinstance(address, str) and (name != "id" or address.startswith(("http:", "https:")))
    ]


def _hints(entry: Mapping[str, Any], url: str, site: Site, language: str | None) -> Hints:
    words = [plain_text(tag.get("term")) for tag in entry.get("tags") or ()]
    labels = tuple(dict.fromkeys(word for word in words if word))
    return Hints(
        title=plain_text(entry.get("title")),
        published=_time(entry, "published", site) or _time(entry, "created", site),
        modified=_time(entry, "updated", site),
        author=plain_text(entry.get("author")),
        # One category is the section; several are sections and tags, and no one says which.
        sections=labels if len(labels) == 1 else (),
        tags=labels if len(labels) > 1 else (),
        image=_image(entry, url),
        language=language,
    )


def _time(entry: Mapping[str, Any], name: str, site: Site) -> str | None:
    # dict.get: feedparser's own warns when it gives `published` for a missing `updated`.
    text = dict.get(entry, name) if isinstance(entry, dict) else None
    return parse(text, site.timezone) if isinstance(text, str) else None


def _image(entry: Mapping[str, Any], url: str) -> str | None:
    media = [*entry.get("media_content", ()), *entry.get("media_thumbnail", ())]
    for item in [*media, *entry.get("enclosures", ())]:
        kind = item.get("medium") or item.get("type") or "image"
        if kind.startswith("image") and (
            found := picture(item.get("url") or item.get("href"), url)
        ):
            return found
    return None
