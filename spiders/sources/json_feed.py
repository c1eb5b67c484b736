"""JSON Feed (versions 1 and 1.1, https://www.jsonfeed.org/), and the reader of feeds, which have this
form or that of `feed`.

Its `content_html` is not taken for the article: as in other feeds it may be the beginning alone, and
nothing tells the two apart.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from spiders.crawl_resources import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.errors import WrongFormat
from spiders.sources.context import SourceContext
from spiders.sources.feed import parse_feed, strip_markup
from spiders.sources.link_filter import image_url, wanted_link
from text.charset import decode
from text.limits import MAX_FEED_BYTES, MAX_FEED_ITEMS

_MAX_NAMES = 60
_MAX_FIELD_CHARS = 4_000


async def read_feed(context: SourceContext, url: str) -> SourceRead:
    response = await context.get_if_changed(url)
    if response is None:
        return SourceRead("feed", url, NOT_MODIFIED)
    links = await context.run(parse_any_feed, response.body, response.url, context.site)
    return context.add(
        SourceRead("feed", url, response.status), links, validators_of(url, response)
    )


def parse_any_feed(body: bytes, url: str, site: Site) -> list[Link]:
    """The articles of a feed in XML or JSON, in its order. Raises WrongFormat."""
    return (parse_json_feed if is_json(body) else parse_feed)(body, url, site)


def is_json(body: bytes) -> bool:
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_json_feed(body: bytes, url: str, site: Site) -> list[Link]:
    """The feed's articles in its order. Raises WrongFormat."""
    if len(body) > MAX_FEED_BYTES:
        raise WrongFormat(f"a feed of {len(body) >> 20} MB; {MAX_FEED_BYTES >> 20} are read")
    try:
        feed = json.loads(decode(body, "utf-8").lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise WrongFormat("JSON too broken to be read as a feed") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(feed.get("version"))[:100]:
        raise WrongFormat("JSON, but not a JSON Feed")
    language = _text(feed, "language")
    objects = (item for item in islice(items, MAX_FEED_ITEMS) if isinstance(item, dict))
    links = (_link(item, url, site, language) for item in objects)
    return list({link.url: link for link in links if link}.values())


def _link(item: Mapping[str, Any], url: str, site: Site, language: str | None) -> Link | None:
    """`external_url` is what the item is about: this site's page, or another's, which is not taken."""
    hints = Hints(
        title=strip_markup(item.get("title")),
        published=_time(item, "date_published", site),
        modified=_time(item, "date_modified", site),
        author=", ".join(dict.fromkeys(_authors(item))) or None,
        tags=tuple(dict.fromkeys(_strings(item.get("tags")))),
        image=image_url(item.get("image"), url) or image_url(item.get("banner_image"), url),
        language=_text(item, "language") or language,
    )
    for name in ("url", "external_url", "id"):
        address = item.get(name)
        if not isinstance(address, str) or (name == "id" and not _is_address(address)):
            continue
        if link := wanted_link(site, address, url, "feed", hints):
            return link
    return None


def _is_address(text: str) -> bool:
    return text.startswith(("http:", "https:"))


def _time(item: Mapping[str, Any], name: str, site: Site) -> str | None:
    text = item.get(name)
    return parse_date(text[:_MAX_FIELD_CHARS], site.timezone) if isinstance(text, str) else None


def _text(item: Mapping[str, Any], name: str) -> str | None:
    return strip_markup(item.get(name))


def _strings(values: object) -> Iterator[str]:
    for value in islice(values, _MAX_NAMES) if isinstance(values, list) else ():
        if name := strip_markup(value):
            yield name


def _authors(item: Mapping[str, Any]) -> Iterator[str]:
    """Version 1 has one `author`, 1.1 a list of `authors`."""
    authors = item.get("authors")
    objects = authors if isinstance(authors, list) else [item.get("author")]
    return _strings(
        [value.get("name") for value in objects[:_MAX_NAMES] if isinstance(value, dict)]
    )
