"""The links of a page that may lead to lists of articles: a site's sections, as its menus have them."""

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from items import Site
from pipelines.list_address import is_listing
from pipelines.url_filter import is_left
from spiders.fetching.truncation import is_fragment
from spiders.sources.archive_pages import archive_pattern
from spiders.sources.html_links import PageLink, parse_links
from spiders.sources.json_list import is_json
from spiders.sources.section import ParsedSection, parse_section, section_of
from text.folding import WORD
from text.urls import canonicalise, same_site

# What systems call their lists by subject; "tag", "author" and the like list the same articles once more.
_SECTION = re.compile(
    r"/(?:categor(?:y|ies|ia|ie)|kategorie|sections?|channels?|rubri(?:c|que|k|ka)s?|departments?"
    r"|taxonomy/term|archives?|تصنيف|تصنيفات|قسم|أقسام|دسته|kategori)"
    r"(?:/|$|\.[a-z]{3,5}$)|[?&]cat=\d",
    re.IGNORECASE,
)
_DATE_ARCHIVE = re.compile(r"/(?:19|20)\d\d(?:/\d\d?){0,2}/?$|[?&]m=\d{4,8}\b")
_LATER_PAGE = re.compile(r"/pages?/\d+|[?&](?:page|paged|pg|offset|start)=", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|xml|rss|json|css|js|zip|mp[34])$", re.IGNORECASE
)
_MAX_WORDS, _MAX_DEPTH = 4, 3
_MAX_LISTS, _MAX_MONTHS = 100, 12


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page lists, and where the site may have more lists, the likeliest first; `months` are pages
    of its date archive.
    """

    section: ParsedSection
    lists: tuple[str, ...]
    months: tuple[str, ...] = ()


def parse_list_page(body: bytes, charset: str | None, url: str, site: Site) -> ListPage:
    """Raises WrongFormat for what is no web page."""
    if is_json(body) or is_fragment(body):
        return ListPage(parse_section(body, charset, url, site), ())
    page = parse_links(body, charset, url)
    section = section_of(page, url, site)
    known = {link.url for link in section.links} | {canonicalise(url, site.homepage or None)}
    named: dict[str, int] = {}
    for link in page.links:
        address = canonicalise(link.address, site.homepage or None)
        if address and address not in known and _may_list(link, address, site):
            likelihood = 2 if _is_section(address) else int(link.furniture)
            name = link.address.partition("#")[0]
            named[name] = max(likelihood, named.get(name, 0))
    months = (
        link.address
        for link in page.links
        if archive_pattern(link.address) and _is_below(link.address, site.homepage)
    )
    lists = tuple(sorted(named, key=lambda name: -named[name])[:_MAX_LISTS])
    return ListPage(section, lists, tuple(islice(dict.fromkeys(months), _MAX_MONTHS)))


def _is_section(address: str) -> bool:
    return bool(_SECTION.search(unquote(address)))


def _may_list(link: PageLink, address: str, site: Site) -> bool:
    """Of the site, and a section by its address, or by a few words, as menus and hand-made pages have."""
    if is_left(site, address) or not _is_below(address, site.homepage):
        return False
    path = urlsplit(address).path.strip("/")
    if _DATE_ARCHIVE.search(address) or _LATER_PAGE.search(address) or _FILE.search(path):
        return False
    if _is_section(address):
        return True
    words = len(WORD.findall(link.text))
    depth = path.count("/") + 1 if path else 0
    short = 1 <= words <= _MAX_WORDS and 1 <= depth <= _MAX_DEPTH
    return short and not is_listing(address)


def _is_below(address: str, homepage: str) -> bool:
    """On the site, and in its folder where it has one."""
    folder = urlsplit(homepage).path.rstrip("/")
    path = urlsplit(address).path
    return same_site(address, homepage) and (not folder or path.startswith(folder + "/"))
