"""The earlier pages of a feed: what it links to itself (RFC 5005, JSON Feed), and `?paged=2` of WordPress,
whose feeds name none.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from items import Link, Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.json_feed import is_json, parse_any_feed
from spiders.sources.safe_xml import local_name, parse_xml, xml_from_root
from text.charset import decode
from text.limits import MAX_URL_CHARS
from text.urls import join_url, same_site

# What a feed says of itself stands before its items, as a rule; some write it behind them.
_MAX_BYTES = 4_000_000
_MAX_CHILDREN = 2_000
_RELATIONS = ("next", "prev-archive")
_WORDPRESS = "wordpress.org"
_WORDPRESS_PATH = re.compile(r"/feed(?:/(?:rss2?|atom|rdf))?/?$")
_MAX_PAGE = 100_000


def parse_feed_page(body: bytes, url: str, site: Site) -> tuple[list[Link], str | None]:
    """The feed's articles, and the address of its next, earlier page: on the same site, None where it has
    no item or names no page. Raises WrongFormat.
    """
    links = parse_any_feed(body, url, site)
    return links, next((a for a in _next_pages(body, url) if same_site(a, url) and a != url), None)


def _next_pages(body: bytes, url: str) -> Iterator[str]:
    if is_json(body):
        address = _json_next(body)
        if isinstance(address, str):
            yield join_url(url, address[:MAX_URL_CHARS])
        return
    try:
        root = parse_xml(xml_from_root(body[:_MAX_BYTES], "rss|feed|rdf", "a feed"), "a feed")
    except WrongFormat:
        return
    if next(root.iter("{*}item", "{*}entry"), None) is None:
        return
    for element in _own_fields(root):
        if local_name(element) == "link" and element.get("rel") in _RELATIONS:
            yield join_url(url, (element.get("href") or "")[:MAX_URL_CHARS])
    if _is_wordpress(root, url):
        yield _paged(url)


def _own_fields(root: etree._Element) -> Iterator[etree._Element]:
    for parent in (root, *islice(root.iterfind("{*}channel"), 1)):
        yield from islice(parent.iterchildren(etree.Element), _MAX_CHILDREN)


def _json_next(body: bytes) -> object:
    try:
        feed = json.loads(decode(body, "utf-8").lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return feed.get("next_url") if isinstance(feed, dict) and feed.get("items") else None


def _is_wordpress(root: etree._Element, url: str) -> bool:
    generators = (field for field in _own_fields(root) if local_name(field) == "generator")
    if any(_WORDPRESS in (field.text or "") for field in generators):
        return True
    parts = urlsplit(url)
    return bool(_WORDPRESS_PATH.search(parts.path)) or parts.query.startswith("feed=")


def _paged(url: str) -> str:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    numbers = [value for name, value in query if name == "paged"]
    page = int(numbers[0]) if numbers and re.fullmatch(r"[0-9]{1,6}", numbers[0]) else 1
    kept = [(name, value) for name, value in query if name != "paged"]
    paged = urlencode([*kept, ("paged", str(min(page, _MAX_PAGE) + 1))])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, paged, ""))
