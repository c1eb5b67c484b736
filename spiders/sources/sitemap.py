"""Sitemaps (sitemaps.org 0.9, with Google's news namespace) and their indexes, plain or gzipped:
the latest first, parsed and polled.
"""

import asyncio
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from pipelines.url_filter import is_listing
from spiders.crawl_resources import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Unreachable
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.feed import strip_markup
from spiders.sources.link_filter import picture, wanted_link
from spiders.sources.safe_xml import local_name, xml_from_root
from text.timestamps import add_seconds, utc_now
from text.urls import canonicalise

# As the protocol has it: bytes unpacked, and addresses in one file.
_LARGEST = 50 << 20
_MOST = 50_000
# Lists of what is no article, by the file names that WordPress, its plugins (Yoast, Rank Math,
# All in One SEO, XML Sitemaps) and others give them.
_OTHER_KINDS = re.compile(
    r"(?:^|[-_.])(?:taxonom(?:y|ies)|tax|users?|authors?|categor(?:y|ies)|post_tags?|tags?|pages|images?|videos?"
    r"|misc|archives|attachments?|products?|terms|topics|sections|static|addl|local|elementor)(?=[-_.\d]|$)"
    r"|^page(?=-sitemap)|-(?:posts|pt)-page(?=-)",
    re.IGNORECASE,
)

_MADE_AT_ONCE = 10
SitemapEntry = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """Articles and further sitemaps (address, lastmod in UTC), the newest first."""

    links: list[Link] = field(default_factory=list)
    sitemaps: list[tuple[str, str | None]] = field(default_factory=list)


def parse_sitemap(body: bytes, url: str, site: Site) -> ParsedSitemap:
    """WrongFormat: not a sitemap. A cut file gives what it has; lists of tags, authors and the
    like are left out of an index, unless it has nothing else.
    """
    body = unpack(body)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*https?://", body):
        return ParsedSitemap(links=_plain_links(body, url, site))
    entries = _told(list(_entries(xml_from_root(body, "urlset|sitemapindex", "a sitemap"))))
    links = [_link(texts, url, site) for kind, texts in entries if kind == "url"]
    maps = [_submap(texts, url, site) for kind, texts in entries if kind == "sitemap"]
    return ParsedSitemap(
        links=_newest_first(list({link.url: link for link in links if link}.values())),
        sitemaps=_of_articles([found for found in maps if found]),
    )


def unpack(body: bytes) -> bytes:
    """Gzip undone, as often as a server did it twice, and cut where a bomb would begin."""
    for _ in range(2):
        if not body.startswith(b"\x1f\x8b"):
            break
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, _LARGEST)
        except zlib.error as error:
            raise WrongFormat("a gzip file that cannot be unpacked, not a sitemap") from error
    return body[:_LARGEST]


def _entries(document: bytes) -> Iterator[SitemapEntry]:
    """(`url` or `sitemap`, its texts); what comes after a fault that cannot be mended is lost."""
    elements = etree.iterparse(
        io.BytesIO(document), tag=("{*}url", "{*}sitemap"), recover=True,
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    with suppress(etree.XMLSyntaxError):
        for _, element in islice(elements, _MOST):
            yield local_name(element), _texts(element)
            # Else all of a large file stays in memory until its end.
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _told(entries: list[SitemapEntry]) -> list[SitemapEntry]:
    """Without a `lastmod` that all have to the minute: it is when the sitemap was made, and would
    have every article fetched again. (A day may be the day that the sitemap is of.)
    """
    minutes = {texts.get("lastmod", "")[:16] for _, texts in entries}
    if len(entries) >= _MADE_AT_ONCE and len(minutes) <= 2 and all(len(m) == 16 for m in minutes):
        for _, texts in entries:
            del texts["lastmod"]
    return entries


def _texts(element: etree._Element) -> dict[str, str]:
    """Texts by local name, the first of each; `image` is the address of an image."""
    texts: dict[str, str] = {}
    for child in element.iter(etree.Element):
        name, namespace = local_name(child), str(child.tag).rpartition("}")[0]
        kind = next((kind for kind in ("image", "video") if kind in namespace), "")
        key = kind if kind and name == "loc" else kind + name
        texts.setdefault(key, (child.text or "").strip())
    return texts


def _link(texts: dict[str, str], url: str, site: Site) -> Link | None:
    hints = Hints(
        title=strip_markup(texts.get("title")),
        published=parse_date(texts.get("publication_date", ""), site.timezone),
        modified=parse_date(texts.get("lastmod", ""), site.timezone),
        tags=_words(texts.get("keywords", "")),
        image=picture(texts.get("image"), url),
        language=strip_markup(texts.get("language")),
    )
    link = wanted_link(site, texts.get("loc", ""), url, "sitemap", hints)
    return None if link is None or (is_listing(link.url) and not site.take) else link


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in re.split("[,،]", text) if (word := strip_markup(part)))


def _plain_links(body: bytes, url: str, site: Site) -> list[Link]:
    """The text form: one address a line."""
    words = body.decode("utf-8-sig", "replace").split()[:_MOST]
    links = (_link({"loc": word}, url, site) for word in words if word.startswith("http"))
    return list({link.url: link for link in links if link}.values())


def _newest_first(links: list[Link]) -> list[Link]:
    return sorted(links, key=lambda x: x.hints.published or x.hints.modified or "", reverse=True)


def _submap(texts: dict[str, str], url: str, site: Site) -> tuple[str, str | None] | None:
    address = urljoin(url, texts.get("loc", ""))
    if canonicalise(address) is None or address == url:
        return None
    return address, parse_date(texts.get("lastmod", ""), site.timezone)


def _of_articles(maps: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    wanted = [found for found in maps if not _OTHER_KINDS.search(_file_name(found[0]))]
    return sorted(dict(wanted or maps).items(), key=lambda found: found[1] or "", reverse=True)


def _file_name(address: str) -> str:
    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])


_DOCUMENTS = 50  # in one crawl; what is left over is due in the next
_DAY = 24 * 3600.0
# A sitemap may change again within the second, or the day, that its lastmod names, and a cache may
# lag behind its index: until then it is asked for, on condition, whatever the index says.
_SETTLED = 2 * _DAY

Stamped = tuple[str, str | None]  # a sitemap's address and its lastmod


async def read_sitemap(context: SourceContext, url: str) -> SourceRead:
    waiting: deque[Stamped] = deque([(url, None)])
    seen = {url}
    reads: list[SourceRead] = []
    while waiting and len(reads) < _DOCUMENTS and not (reads and context.has_enough):
        address, lastmod = waiting.popleft()
        try:
            read, named = await _read(context, address, lastmod)
        except (Unreachable, WrongFormat, SourceProblem) as problem:
            if address == url:
                raise
            read, named = SourceRead("sitemap", address, problem=f"{address}: {problem}"), []
        reads.append(read)
        waiting.extend(at for at in _due(context, named) if at[0] not in seen)
        seen.update(address for address, _ in named)
    return sum_reads(reads)


async def _read(
    context: SourceContext, url: str, lastmod: str | None
) -> tuple[SourceRead, list[Stamped]]:
    """An index is not remembered: it is small, and what it names has to be compared each time."""
    answer = await context.get_if_changed(url)
    if answer is None:
        return _as_it_was(context, url, lastmod), []
    # 50 000 addresses take five seconds, for which no other crawl is to wait.
    found = await asyncio.to_thread(parse_sitemap, answer.body, answer.url, context.site)
    kept = [] if found.sitemaps else [validators_of(url, answer, _cursor(lastmod))]
    read = SourceRead("sitemap", url, answer.status)
    return context.add(read, found.links, *kept), found.sitemaps


def _as_it_was(context: SourceContext, url: str, lastmod: str | None) -> SourceRead:
    read, known = SourceRead("sitemap", url, NOT_MODIFIED), context.validators(url)
    cursor = _cursor(lastmod)
    if lastmod and cursor != known.cursor:
        return context.add(read, [], replace(known, cursor=cursor))
    return read


def _cursor(lastmod: str | None) -> str | None:
    """What an index's next lastmod is held against; None while this one tells nothing yet."""
    now = utc_now()
    if lastmod is None:
        return now
    return lastmod if add_seconds(lastmod, _SETTLED) <= now else None


def _due(context: SourceContext, named: Sequence[Stamped]) -> list[Stamped]:
    """Those that may hold something new, the latest first."""
    ends = _ends([url for url, _ in named])
    yesterday = add_seconds(utc_now(), -_DAY)
    due: list[Stamped] = []
    for url, lastmod in named:
        cursor = context.validators(url).cursor or ""
        if cursor != lastmod if lastmod else url in ends or cursor < yesterday:
            due.append((url, lastmod))
    # Without a lastmod the later one holds the later articles, as far as any rule goes.
    due.reverse()
    due.sort(key=lambda at: at[1] or "", reverse=True)
    return due


def _ends(urls: Sequence[str]) -> set[str]:
    """The first and the last of each numbered series: a new article is in one of the two."""
    ends: set[str] = set()
    for _, series in groupby(urls, key=lambda url: re.sub(r"\d+", "", url)):
        members = list(series)
        ends |= {members[0], members[-1]}
    return ends
