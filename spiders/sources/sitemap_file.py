"""A sitemap's file (sitemaps.org 0.9, with Google's news namespace) or an index of sitemaps, plain or
gzipped: what it lists, the latest first.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby, islice
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from lxml import etree

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from pipelines.list_address import is_listing
from pipelines.workers.transfer import PackedList
from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from spiders.sources.link_filter import image_url, wanted_link
from spiders.sources.safe_xml import local_name, xml_from_root
from text.gzip_members import gunzip, is_gzip
from text.limits import MAX_URL_CHARS
from text.urls import canonicalise, join_url

# The protocol's limits: bytes unpacked, and addresses in one file.
_MAX_BYTES = 50 << 20
MAX_ADDRESSES = 50_000
# Lists of other things than articles, by the file names that WordPress, its plugins (Yoast, Rank Math,
# All in One SEO, XML Sitemaps) and others give them.
_OTHER_KINDS = re.compile(
    r"(?:^|[-_.])(?:taxonom(?:y|ies)|tax|users?|authors?|categor(?:y|ies)|post_tags?|tags?|pages|images?|videos?"
    r"|misc|attachments?|products?|terms|addl|elementor)(?=[-_.\d]|$)"
    r"|^page(?=-sitemap)|(?:^|-)(?:posts|pt)-page(?=-|$)",
    re.IGNORECASE,
)
# Names of such lists that are names of sections and of months as well: `sitemap-local-news.xml`,
# `sitemap-archives-2026-10.xml`.
_DOUBTFUL_KINDS = re.compile(
    r"(?:^|[-_.])(?:archives?|types?|dates?|topics|sections|static|local)(?=[-_.\d]|$)",
    re.IGNORECASE,
)
_OF_ARTICLES = re.compile(
    r"(?:^|[-_.])(?:news|articles?|stor(?:y|ies)|(?:19|20)\d\d)(?=[-_.\d]|$)", re.IGNORECASE
)

# Of all entries: with ten languages and an image for each of 50 000 addresses they are 2 million.
_MAX_TAGS = 2_500_000
# What one file may bring into the main process: 600 characters for each of 50 000 addresses, and 160
# for each of as many sitemaps.
_MAX_LINK_CHARS = 30_000_000
_MAX_NAME_CHARS = 8_000_000
_MIN_ENTRIES_MADE_AT_ONCE = 10
# Of an index: 49 000 names of 900 characters take 7 s. Large sites have some hundreds.
MAX_NAMES, _MAX_FILE_NAME_CHARS = 5_000, 300
T = TypeVar("T")
SitemapEntry = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """Articles, and further sitemaps (URL, lastmod in UTC), the newest first. `ends`: the first and the
    last of each numbered series of those; `entries`: how many addresses the file has.
    """

    links: list[Link] = field(default_factory=list)
    sitemaps: list[tuple[str, str | None]] = field(default_factory=list)
    ends: frozenset[str] = frozenset()
    entries: int = 0


def parse_sitemap(body: bytes, url: str, site: Site) -> ParsedSitemap:
    """Raises WrongFormat. A file that breaks off gives what it has; sitemaps of tags, authors and the
    like are left out of an index, unless it has no others.
    """
    body = unpack(body)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*https?://", body):
        return _plain_links(body, url, site)
    document = xml_from_root(body, "urlset|sitemapindex", "a sitemap")
    entries = _drop_build_times(list(islice(_entries(document, bool(site.within)), MAX_ADDRESSES)))
    links = [_link(texts, url, site) for kind, texts in entries if kind == "url"]
    named = _newest_named([texts for kind, texts in entries if kind == "sitemap"])
    maps = [_submap(texts, url, site) for texts in named]
    sitemaps = _of_articles([submap for submap in maps if submap])
    sitemaps = _within(sitemaps, _MAX_NAME_CHARS, lambda submap: len(submap[0]))
    # What an index names is looked at closely after that: 49 000 long names would take seconds.
    sitemaps = [submap for submap in sitemaps if canonicalise(submap[0])]
    return ParsedSitemap(
        links=_newest_first(list({link.url: link for link in links if link}.values())),
        sitemaps=sitemaps,
        ends=_ends([address for address, _ in sitemaps]),
        entries=len(entries),
    )


def parse_packed(body: bytes, url: str, site: Site) -> tuple[ParsedSitemap, PackedList[Link]]:
    """The same, with the links on their own, as they leave a worker."""
    sitemap = parse_sitemap(body, url, site)
    return replace(sitemap, links=[]), PackedList(sitemap.links)


def _newest_named(named: list[dict[str, str]]) -> list[dict[str, str]]:
    """No more of an index than can be looked at: the newest, by what it says itself; where it does not,
    those at either end.
    """
    if len(named) <= MAX_NAMES:
        return named
    dated = [texts for texts in named if texts.get("lastmod")]
    if len(dated) >= MAX_NAMES:
        return sorted(dated, key=lambda texts: texts["lastmod"], reverse=True)[:MAX_NAMES]
    return named[: MAX_NAMES // 2] + named[-MAX_NAMES // 2 :]


def _within(items: list[T], most: int, size: Callable[[T], int]) -> list[T]:
    """The first of `items` that are no larger than `most` together."""
    sizes = accumulate(map(size, items))
    return [item for item, total in zip(items, sizes, strict=True) if total <= most]


def unpack(body: bytes) -> bytes:
    """Gunzipped, also twice, since some servers compress twice; cut at the size limit."""
    for _ in range(2):
        if not is_gzip(body):
            break
        try:
            body, _ = gunzip(body, _MAX_BYTES)
        except zlib.error as error:
            raise WrongFormat("a gzip file that cannot be unpacked, not a sitemap") from error
    return body[:_MAX_BYTES]


def _entries(document: bytes, alternates: bool) -> Iterator[SitemapEntry]:
    """(`url` or `sitemap`, its texts), up to an error that the parser cannot recover from. `alternates`:
    with the translations that an entry names, of which a site's edition may be one.
    """
    if document.count(b"<") > _MAX_TAGS:
        raise WrongFormat(f"a sitemap of more than {_MAX_TAGS:,} tags")
    elements = etree.iterparse(
        io.BytesIO(document), tag=("{*}url", "{*}sitemap"), recover=True,
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    with suppress(etree.XMLSyntaxError):
        for _, element in islice(elements, MAX_ADDRESSES):
            yield from ((local_name(element), texts) for texts in _texts(element, alternates))
            # Otherwise all of a large file stays in memory until its end.
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _drop_build_times(entries: list[SitemapEntry]) -> list[SitemapEntry]:
    """Without a `lastmod` that all entries share to the minute: it is when the sitemap was built, and
    would have every article refetched. (A shared day may be the day that the sitemap covers.)
    """
    minutes = {texts.get("lastmod", "")[:16] for _, texts in entries}
    if (
        len(entries) >= _MIN_ENTRIES_MADE_AT_ONCE
        and len(minutes) <= 2
        and all(len(m) == 16 for m in minutes)
    ):
        for _, texts in entries:
            del texts["lastmod"]
    return entries


_FIELDS = frozenset(
    {"loc", "lastmod", "publication_date", "title", "keywords", "language", "image"}
)
_MAX_KEYWORDS = 60
# The protocol has one; generators that merge lists write some.
_MAX_LOCS = 10
_MAX_TRANSLATIONS = 100


def _texts(element: etree._Element, alternates: bool) -> list[dict[str, str]]:
    """The first text of each local name, once for each `loc`; `image` is the address of an image."""
    texts: dict[str, str] = {}
    addresses: dict[str, None] = {}
    translations: dict[str, None] = {}
    for child in element.iter(etree.Element):
        name, namespace = local_name(child), str(child.tag).rpartition("}")[0]
        kind = next((kind for kind in ("image", "video") if kind in namespace), "")
        key = kind if kind and name == "loc" else kind + name
        # What is longer than an address stays longer: it is none, cut or not.
        if alternates and name == "link":
            translations[(child.get("href") or "").strip()[: MAX_URL_CHARS + 1]] = None
        text = (child.text or "").strip()[: MAX_URL_CHARS + 1] if key in _FIELDS else ""
        if key == "loc" and text:
            addresses[text] = None
        elif text and key not in texts:
            texts[key] = text
    named = (*islice(addresses, _MAX_LOCS), *islice(translations, _MAX_TRANSLATIONS))
    return [{"loc": address} | texts for address in named] or [texts]


def _link(texts: dict[str, str], url: str, site: Site) -> Link | None:
    hints = Hints(
        title=strip_markup(texts.get("title")),
        published=parse_date(texts.get("publication_date", ""), site.timezone),
        modified=parse_date(texts.get("lastmod", ""), site.timezone),
        tags=_keywords(texts.get("keywords", "")),
        image=image_url(texts.get("image"), url),
        language=strip_markup(texts.get("language")),
    )
    link = wanted_link(site, texts.get("loc", ""), url, "sitemap", hints)
    return None if link is None or (is_listing(link.url) and not site.take) else link


def _keywords(text: str) -> tuple[str, ...]:
    parts = re.split("[,،]", text, maxsplit=_MAX_KEYWORDS)[:_MAX_KEYWORDS]
    return tuple(keyword for part in parts if (keyword := strip_markup(part)))


def _plain_links(body: bytes, url: str, site: Site) -> ParsedSitemap:
    """The plain text form: one address a line."""
    words = re.finditer(rb"\S+", body.removeprefix(b"\xef\xbb\xbf"))
    addresses = [
        word[0].decode("utf-8", "replace")
        for word in islice(words, MAX_ADDRESSES)
        if word[0].startswith(b"http") and len(word[0]) <= MAX_URL_CHARS
    ]
    links = (_link({"loc": address}, url, site) for address in addresses)
    unique = list({link.url: link for link in links if link}.values())
    return ParsedSitemap(_within(unique, _MAX_LINK_CHARS, _chars), entries=len(addresses))


def _newest_first(links: list[Link]) -> list[Link]:
    newest = sorted(links, key=lambda x: x.hints.published or x.hints.modified or "", reverse=True)
    return _within(newest, _MAX_LINK_CHARS, _chars)


def _chars(link: Link) -> int:
    """What the link takes on its way out of the worker."""
    texts = (link.url, link.hints.title, link.hints.image, *link.hints.tags)
    other = 0 if link.fetch_url is link.url else len(link.fetch_url)
    return other + sum(len(text) for text in texts if text)


def _submap(texts: dict[str, str], url: str, site: Site) -> tuple[str, str | None] | None:
    address = join_url(url, texts.get("loc", ""))
    if not address or address == url:
        return None
    return address, parse_date(texts.get("lastmod", ""), site.timezone)


def _of_articles(maps: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    wanted = [submap for submap in maps if not _is_other_kind(_name(submap[0]))]
    return sorted(dict(wanted or maps).items(), key=lambda submap: submap[1] or "", reverse=True)


def _is_other_kind(name: str) -> bool:
    doubtful = _DOUBTFUL_KINDS.search(name) and not _OF_ARTICLES.search(name)
    return bool(doubtful or _OTHER_KINDS.search(name))


def _name(address: str) -> str:
    """The file's name, with the values of a query: `?sitemap=taxonomies&page=1` is `taxonomies-1`."""
    parts = urlsplit(address)
    file = parts.path.rstrip("/").rpartition("/")[2][-_MAX_FILE_NAME_CHARS:]
    values = re.findall(r"=([^&]*)", parts.query[:_MAX_FILE_NAME_CHARS])
    return unquote("-".join(filter(None, [file, *values])))


def _ends(urls: Sequence[str]) -> frozenset[str]:
    """The first and the last of each numbered series: a new article is in either."""
    ends: set[str] = set()
    for _, series in groupby(urls, key=lambda url: re.sub(r"\d+", "", url)):
        members = list(series)
        ends |= {members[0], members[-1]}
    return frozenset(ends)
