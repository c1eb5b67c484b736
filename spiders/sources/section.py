"""Section pages: which links of a list lead to articles, without rules for the site, and where the list
goes on.

An article's URL has a date, a number or many words; its link reads like a headline; and the articles
of one site have URLs of one shape.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import unquote, urlsplit

from w3lib.url import safe_url_string

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from pipelines.extraction.script_shell import is_script_shell
from pipelines.list_address import is_listing
from spiders.fetching.truncation import is_fragment
from spiders.sources.html_links import LinkPage, PageLink, parse_links
from spiders.sources.json_list import JsonList, is_json, parse_json_list
from spiders.sources.link_filter import wanted_link
from spiders.sources.list_addresses import following_address, next_in_count
from spiders.sources.script_lists import MORE_TEXT, continuation_of
from text.folding import WORD
from text.urls import canonicalise, join_url, same_site

# An offset will do as well: the number only has to grow.
_PAGE_NUMBER = re.compile(
    r"(?:/page[/-]?|[?&](?:page|paged|pg|pagenum|pageno|pageindex|start|offset|debut_\w{1,30})=)(\d{1,6})\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"(?:الصفحة )?(?:التالية?|القادمة)|(?:ال)?(?:مقالات|مواضيع|أخبار|منشورات) (?:ال)?(?:أقدم|سابقة)"
    r"|(?:ال)?رسائل (?:ال)?(?:أقدم|قديمة)|(?:صفحه )?(?:بعدی|بعد)|(?:پیام‌های|نوشته‌های|مطالب) (?:قدیمی‌تر|قدیمی تر|پیشین)"
    r"|(?:go to )?next(?: page)?|older(?: posts| entries| articles)?|(?:page )?suivante?|articles plus anciens"
    r"|(?:nächste|ältere)(?: seite| posts| beiträge| einträge)?|(?:página )?siguiente|entradas (?:más )?antiguas"
    r"|sonraki(?: sayfa)?|(?:önceki|daha eski) (?:kayıtlar|yazılar)|(?:pagina )?(?:successiva|seguente)|post più vecchi"
    r"|próxima(?: página)?|postagens mais antigas|следующая(?: страница)?|предыдущие|далее|下一页|次へ",
    re.IGNORECASE,
)
_ARROWS = "›»→←‹«>…. "
_MAX_CANDIDATES = 100
_MAX_FILE_CHARS = 300


def next_page(page: LinkPage, url: str, site: Site) -> str | None:
    """The URL of the list's next page, on the same site; None on the last page."""
    current = canonicalise(url, site.homepage or None)
    for address in islice(_candidates(page, url), _MAX_CANDIDATES):
        canonical = canonicalise(address, site.homepage or None)
        if canonical and canonical != current and same_site(address, url):
            return safe_url_string(address).partition("#")[0]
    return None


def _candidates(page: LinkPage, url: str) -> Iterator[str]:
    """The most reliable first."""
    yield from (join_url(page.base, link.get("href") or "") for link in page.root.xpath(_HEAD_NEXT))
    onward = [link for link in page.links if _leads_on(link, url)]
    yield from (link.address for link in onward if link.onward)
    yield from (link.address for link in onward if _NEXT.fullmatch(link.text.strip(_ARROWS)))
    yield from (link.address for link in page.links if _is_page_after(link, url))
    numbered = [link for link in onward if _number(link.address) is not None]
    following = str(_current_number(page, url) + 1)
    yield from (link.address for link in numbered if link.text.strip(_ARROWS) == following)
    yield from (link.address for link in numbered if MORE_TEXT.fullmatch(link.text.strip(_ARROWS)))
    # Pagers whose labels are offsets, or a number's first page only: the nearest one.
    own = [link for link in numbered if link.text.isdecimal() and _is_view_of(link.address, url)]
    yield from (link.address for link in sorted(own, key=lambda link: _number(link.address) or 0))


def _is_page_after(link: PageLink, url: str) -> bool:
    """Whether an arrow or a number leads to the list's own address with the following number in it:
    `/politics2.html` of `/politics.html`, `/index3.html` of `/index2.html`.
    """
    label = re.sub(r"\W", "", link.text[:40])
    if not link.text or not (label == "" or label.isdecimal()):
        return False
    own, other = _NUMBERED_FILE.fullmatch(_file(url)), _NUMBERED_FILE.fullmatch(_file(link.address))
    if own is None or other is None or not other["number"]:
        return False
    same = (own["name"], own["ending"]) == (other["name"], other["ending"])
    return same and int(other["number"]) == int(own["number"] or 1) + 1


_NUMBERED_FILE = re.compile(
    r"(?P<name>.*?)[-_]?(?P<number>(?<!\d)\d{1,4})?(?P<ending>\.[a-z]{3,5})"
)


def _file(address: str) -> str:
    """The path, with the name that a folder's page has where there are numbered ones beside it."""
    path = urlsplit(address).path[-_MAX_FILE_CHARS:]
    return path + "index.html" if path.endswith("/") else path


_HEAD_NEXT = "//link[contains(concat(' ', normalize-space(@rel), ' '), ' next ')]"
_CURRENT = (
    "//*[@aria-current or contains(concat(' ', normalize-space(@class), ' '), ' current ')"
    " or contains(@class, 'pager-current') or contains(concat(' ', normalize-space(@class), ' '), ' active ')]"
)


def _is_view_of(address: str, url: str) -> bool:
    """One list by its path, and by what its query has beside the page's number."""
    return _PAGE_NUMBER.sub("", address).partition("#")[0] == _PAGE_NUMBER.sub("", url)


def _leads_on(link: PageLink, url: str) -> bool:
    number = _number(link.address)
    return number is None or number > (_number(url) or 0)


def _number(address: str) -> int | None:
    match = _PAGE_NUMBER.search(address)
    return int(match[1]) if match else None


def _current_number(page: LinkPage, url: str) -> int:
    """The page number that the pager shows; URLs may count from 0."""
    for element in islice(page.root.xpath(_CURRENT), 50):
        text = "".join(islice(element.itertext(), 10)).strip()
        if text.isdecimal() and len(text) < 6:
            return int(text)
    return _number(url) or 1


_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?[0-3]?\d)?(?=[/-]|$)")
# A single digit only where it is all of the segment: `/node/9`, `/9.html`, `/9-title`.
_NUMBER = re.compile(r"\d{2,}|^\d(?=$|-|\.[a-z]{3,5}$)", re.IGNORECASE)
_ID = re.compile(
    r"[?&](?:(?:id|p|nid|aid|nw_id|news_?id|article_?id|story_?id|post|artid)=|article)\d+",
    re.IGNORECASE,
)
_ROUTE = re.compile(r"[?&](?:q|r|route)=([^&]*/[^&]*)")
_ARTICLE_SCORE = 3
_MIN_OF_SHAPE = 3


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """Articles in the order of the page, and where the list goes on: `by_script` where that is not one of
    the site's pages. `note`: it goes on, but cannot be followed, or shows nothing without its scripts.
    """

    links: list[Link] = field(default_factory=list)
    next_page: str | None = None
    by_script: bool = False
    note: str = ""


SHELL_NOTE = (
    "it shows nothing without its scripts: set `render = true`, which needs a browser "
    "(pip install 'warraq[render]'; apt-get install chromium)"
)


def parse_section(body: bytes, charset: str | None, url: str, site: Site) -> ParsedSection:
    """Of a page, or of what scripts would add to one: JSON, or the HTML of some entries. Raises
    WrongFormat.
    """
    if is_json(body):
        return _section_of_json(parse_json_list(body, url), url, site)
    page = parse_links(body, charset, url)
    section = section_of(page, url, site)
    if section.links and not section.next_page and is_fragment(body):
        following = next_in_count(url, len(section.links))
        return replace(section, next_page=following, by_script=True, note="")
    return section


def section_of(page: LinkPage, url: str, site: Site) -> ParsedSection:
    """What the page at `url` lists."""
    links = _chosen(page.links, page.base, url, site)
    following = next_page(page, url, site)
    if following:
        return ParsedSection(links, following)
    if not links:
        return ParsedSection(note=SHELL_NOTE if is_script_shell(page.root) else "")
    onward = continuation_of(page, url, len(links))
    return ParsedSection(links, onward.address, onward.address is not None, onward.note)


def _section_of_json(answer: JsonList, url: str, site: Site) -> ParsedSection:
    links = _chosen(tuple(answer.links), url, url, site)
    timed = [_with_time(link, answer.times.get(link.fetch_url), site) for link in links]
    return ParsedSection(timed, following_address(url, answer, len(links)), by_script=True)


def _with_time(link: Link, text: str | None, site: Site) -> Link:
    published = parse_date(text, site.timezone) if text else None
    return replace(link, hints=Hints(published=published)) if published else link


def _chosen(links: Sequence[PageLink], base: str, url: str, site: Site) -> list[Link]:
    """Those that lead to articles."""
    current = canonicalise(url, site.homepage or None)
    candidates: dict[str, tuple[Link, PageLink]] = {}
    for link in links:
        taken = wanted_link(site, link.address, base, "section")
        if taken and taken.url != current and (site.take or not _is_aside(link, taken.url)):
            known = candidates.get(taken.url)
            fullest = (known[0], _fuller(known[1], link)) if known else (taken, link)
            candidates[taken.url] = fullest
    chosen = (
        set(candidates)
        if site.take
        else _articles({u: link for u, (_, link) in candidates.items()})
    )
    return [link for address, (link, _) in candidates.items() if address in chosen]


def _is_aside(link: PageLink, url: str) -> bool:
    return link.furniture or is_listing(url)


def _fuller(first: PageLink, second: PageLink) -> PageLink:
    """Of two links to one page (an image, a headline, "read more"), the one with more to say."""
    return max(first, second, key=lambda link: (link.headed, len(link.text)))


def _articles(links: dict[str, PageLink]) -> set[str]:
    scores = {url: _address_score(url) + _text_score(link) for url, link in links.items()}
    sure = {url for url, score in scores.items() if score >= _ARTICLE_SCORE}
    shapes = Counter(map(address_shape, sure))
    similar = {
        url
        for url, score in scores.items()
        if (score > 0 or _is_short_headline(links[url]))
        and shapes[address_shape(url)] >= _MIN_OF_SHAPE
    }
    return sure | similar


def _is_short_headline(link: PageLink) -> bool:
    """Of two words, among headlines that are longer; a heading of one word is a section's name."""
    return link.headed and len(WORD.findall(link.text)) >= 2


def _address_score(url: str) -> int:
    last, words = _slug(url)
    score = 2 if _DATE.search(url) else 0
    score += 1 if _NUMBER.search(last) or _ID.search(url) else 0
    score += 2 if words >= 4 else 1 if words == 3 else 0
    return score if score else -2


def _text_score(link: PageLink) -> int:
    words = len(WORD.findall(link.text))
    return (2 if words >= 5 else 1 if words >= 3 else -1) + link.headed


def _slug(url: str) -> tuple[str, int]:
    """The last segment of the path, or of the one in the query (`?q=node/9`), percent-decoded, and its
    number of words.
    """
    route = _ROUTE.search(url)
    last = unquote((route[1] if route else urlsplit(url).path).rpartition("/")[2])
    return last, len(WORD.findall(last))


def address_shape(url: str) -> tuple[str, ...]:
    """The same for `/node/61` and `/node/62`, and for two slugs in one folder."""
    parts = urlsplit(url)
    *folders, last = parts.path.strip("/").split("/")
    kind = "id" if last.isdigit() else "slug"
    route = _ROUTE.search(url)
    keys = re.sub(r"\d+", "0", re.sub(r"=[^&]*", "", parts.query))
    keys += route[1].rpartition("/")[0] if route else ""
    return (parts.netloc, *(re.sub(r"\d+", "0", folder) for folder in folders), kind, keys)
