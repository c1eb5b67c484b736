"""Section pages: which of a list's links lead to articles, told without rules of the site's own, and
the pages after it as long as they bring something new.

An article's address has a date, a number or many words; its link reads like a headline; and the
articles of one site have addresses of one shape.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import unquote, urlsplit

from w3lib.url import safe_url_string

from items import Link, Site, Validators
from pipelines.url_filter import is_listing
from spiders.crawl_resources import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.fetch import Fetched
from spiders.responses import charset_in
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.html_links import LinkPage, PageLink, join_url, parse_links
from spiders.sources.link_filter import wanted_link
from storage import http_validators
from text.timestamps import utc_now
from text.urls import canonicalise, same_site

# An offset counts as well: it only has to grow.
_PAGE_NUMBER = re.compile(
    r"(?:/page[/-]?|[?&](?:page|paged|pg|pagenum|pageno|pageindex|start|offset)=)(\d{1,6})\b",
    re.IGNORECASE,
)
_NEXT_LABELS = frozenset({"next", "pager-next", "next-page", "nextpostslink", "nav-previous"})
_NEXT = re.compile(
    r"(?:الصفحة )?(?:التالية?|القادمة)|(?:ال)?(?:مقالات|مواضيع|أخبار|منشورات) (?:ال)?(?:أقدم|سابقة)"
    r"|(?:go to )?next(?: page)?|older(?: posts| entries)?",
    re.IGNORECASE,
)
# Said of sections and articles too: only with the number of a page.
_MORE = re.compile(
    r"(?:عرض |تحميل |شاهد |قراءة )?المزيد(?: من \S+)?|(?:load |show |view )?more", re.IGNORECASE
)
_ARROWS = "›»→←‹«>…. "


def next_page(page: LinkPage, url: str, site: Site) -> str | None:
    """Its address as the page gives it, on the same site; None on the last page."""
    here = canonicalise(url, site.homepage or None)
    for address in _candidates(page, url):
        there = canonicalise(address, site.homepage or None)
        if there and there != here and same_site(address, url):
            return safe_url_string(address).partition("#")[0]
    return None


def _candidates(page: LinkPage, url: str) -> Iterator[str]:
    """From the surest sign to the least sure."""
    yield from (join_url(page.base, link.get("href") or "") for link in page.root.xpath(_HEAD_NEXT))
    onward = [link for link in page.links if _leads_on(link, url)]
    yield from (link.address for link in onward if link.labels & _NEXT_LABELS)
    yield from (link.address for link in onward if _NEXT.fullmatch(link.text.strip(_ARROWS)))
    numbered = [link for link in onward if _number(link.address) is not None]
    shown = str(_shown(page, url) + 1)
    yield from (link.address for link in numbered if link.text.strip(_ARROWS) == shown)
    yield from (link.address for link in numbered if _MORE.fullmatch(link.text.strip(_ARROWS)))


_HEAD_NEXT = "//link[contains(concat(' ', normalize-space(@rel), ' '), ' next ')]"
_CURRENT = (
    "//*[@aria-current or contains(concat(' ', normalize-space(@class), ' '), ' current ')"
    " or contains(@class, 'pager-current') or contains(concat(' ', normalize-space(@class), ' '), ' active ')]"
)


def _leads_on(link: PageLink, url: str) -> bool:
    there = _number(link.address)
    return there is None or there > (_number(url) or 0)


def _number(address: str) -> int | None:
    match = _PAGE_NUMBER.search(address)
    return int(match[1]) if match else None


def _shown(page: LinkPage, url: str) -> int:
    """The number that the pager shows for this page; addresses may count from 0."""
    for element in islice(page.root.xpath(_CURRENT), 50):
        text = "".join(islice(element.itertext(), 10)).strip()
        if text.isdecimal() and len(text) < 6:
            return int(text)
    return _number(url) or 1


_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?[0-3]?\d)?(?=[/-]|$)")
_NUMBER = re.compile(r"\d{2,}")
_WORDS = re.compile(r"[^\W\d_]+")
_ID = re.compile(
    r"[?&](?:id|p|nid|aid|nw_id|news_?id|article_?id|story_?id|post|artid)=\d+", re.IGNORECASE
)
_ENOUGH = 3
_FAMILY = 3


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """Articles in the order of the page, and the list's next page."""

    links: list[Link] = field(default_factory=list)
    next_page: str | None = None


def parse_section(body: bytes, charset: str | None, url: str, site: Site) -> ParsedSection:
    """WrongFormat: not a web page."""
    page = parse_links(body, charset, url)
    here = canonicalise(url, site.homepage or None)
    found: dict[str, tuple[Link, PageLink]] = {}
    for link in page.links:
        taken = wanted_link(site, link.address, page.base, "section")
        if taken and taken.url != here and (site.take or not _is_aside(link, taken.url)):
            known = found.get(taken.url)
            found[taken.url] = (known[0], _fuller(known[1], link)) if known else (taken, link)
    chosen = set(found) if site.take else _articles({u: link for u, (_, link) in found.items()})
    links = [link for address, (link, _) in found.items() if address in chosen]
    return ParsedSection(links, next_page(page, url, site))


def _is_aside(link: PageLink, url: str) -> bool:
    return link.furniture or is_listing(url)


def _fuller(one: PageLink, other: PageLink) -> PageLink:
    """Of two links to one page (a picture, a headline, "read more") the one that says most."""
    return max(one, other, key=lambda link: (link.headed, len(link.text)))


def _articles(links: dict[str, PageLink]) -> set[str]:
    scores = {url: _address_score(url) + _text_score(link) for url, link in links.items()}
    sure = {url for url, score in scores.items() if score >= _ENOUGH}
    shapes = Counter(map(_shape, sure))
    kin = {url for url, score in scores.items() if score > 0 and shapes[_shape(url)] >= _FAMILY}
    return sure | kin


def _address_score(url: str) -> int:
    last, words = _last(url)
    score = 2 if _DATE.search(url) else 0
    score += 1 if _NUMBER.search(last) or _ID.search(url) else 0
    score += 2 if words >= 4 else 1 if words == 3 else 0
    return score if score else -2


def _text_score(link: PageLink) -> int:
    words = len(_WORDS.findall(link.text))
    return (2 if words >= 5 else 1 if words >= 3 else -1) + link.headed


def _last(url: str) -> tuple[str, int]:
    """The last segment of the path, readable, and how many words it has."""
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    return last, len(_WORDS.findall(last))


def _shape(url: str) -> tuple[str, ...]:
    """`/node/61` and `/node/62` have one shape, so have two slugs in one folder."""
    parts = urlsplit(url)
    *folders, last = parts.path.strip("/").split("/")
    kind = "id" if last.isdigit() else "slug"
    keys = re.sub(r"=[^&]*", "", parts.query)
    return (parts.netloc, *(re.sub(r"\d+", "0", folder) for folder in folders), kind, keys)


_PAGES = 20


async def read_section(context: SourceContext, url: str) -> SourceRead:
    """The cursor is the pages still to be read: a crawl that is killed on the way, or has found
    more than it can take, leaves them to the next crawl. The first time, pages that bring nothing
    new are passed: the site's feed may have named the newest already.
    """
    known = context.validators(url)
    deep = http_validators.validators(context.session.database, url) is None
    pending: list[str] = json.loads(known.cursor or "[]")
    reads = [SourceRead("section", url, NOT_MODIFIED)]
    if first := await context.get_if_changed(url):
        known = validators_of(url, first)
        read, pending = _read(context, known, first, pending, deep)
        reads = [read]
    for _ in range(_PAGES - 1):
        if not pending or context.has_enough:
            break
        try:
            page = await context.get(pending[0])
        except SourceProblem as problem:
            reads.append(SourceRead("section", pending[0], problem=str(problem)))
            pending = pending[1:]
        else:
            read, pending = _read(context, known, page, pending[1:], deep)
            reads.append(read)
    if len(reads) > 1 or first:
        _keep(context, known, pending if context.has_enough else ())
    return sum_reads(reads)


def _read(
    context: SourceContext, known: Validators, page: Fetched, pending: list[str], deep: bool
) -> tuple[SourceRead, list[str]]:
    charset = charset_in(page.headers.get("content-type", ""))
    found = parse_section(page.body, charset, page.url, context.site)
    with context.session.recorder.transaction():
        read = context.add(SourceRead("section", page.url, page.status), found.links)
        if (read.new or (deep and read.links)) and found.next_page:
            pending = [found.next_page, *pending]
        _keep(context, known, pending)
    return read, pending


def _keep(context: SourceContext, known: Validators, pending: Sequence[str]) -> None:
    cursor = json.dumps(list(pending)) if pending else None
    context.session.recorder.save_validators(replace(known, cursor=cursor), now=utc_now())
