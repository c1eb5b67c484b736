"""Whether a site shows more articles than its feeds and sitemaps announce; its lists are then sources
too, and otherwise it is said how far the others reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spiders.autodiscovery.find_sources import NOT_READ, FoundSource, ProbeSession
from spiders.autodiscovery.list_links import ListPage, parse_list_page
from spiders.responses import charset_in
from spiders.sources.archive_pages import archive_pattern
from spiders.sources.section import address_shape
from text.counted import counted

# Lists that are looked at beside the front page, and those that become sources.
_MAX_CANDIDATES, _MAX_SECTIONS = 16, 12
# Pages of the front page's list, and of a section's.
_FRONT_PAGES, _SECTION_PAGES = 4, 2
# Links that look like articles: two may be "about us" and "how we work".
_MIN_LINKS = 3
_MIN_ALIKE = 2


@dataclass(slots=True)
class _Coverage:
    """The articles known of, and the shapes of their addresses."""

    urls: set[str] = field(default_factory=set)
    shapes: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, urls: Sequence[str]) -> None:
        self.urls.update(urls)
        self.shapes.update(map(address_shape, urls))

    def lacks(self, urls: Sequence[str], *, alike: int) -> bool:
        """Whether articles are among `urls` that it does not have: three, or `alike` with an address
        like those it has.
        """
        missing = [url for url in urls if url not in self.urls]
        similar = sum(address_shape(url) in self.shapes for url in missing)
        return len(missing) >= _MIN_LINKS or similar >= alike


@dataclass(frozen=True, slots=True)
class FoundLists:
    """Pages that list articles; the addresses of `archives` have `{year}` and `{month}` in them."""

    sections: list[FoundSource] = field(default_factory=list)
    archives: list[FoundSource] = field(default_factory=list)


async def find_sections(session: ProbeSession, announced: Sequence[FoundSource]) -> FoundLists:
    """The front page, the sections and the date archive, where they show articles which `announced`
    has not.
    """
    if any(source.about for source in announced):
        return FoundLists()  # a REST interface has them all
    coverage = _Coverage()
    coverage.add([link.url for source in announced for link in source.links])
    count = len(coverage.urls)
    front, sections = await _read_front(session, coverage)
    # What a sitemap's other files have is not known here: of those only the newest are compared.
    archives: list[FoundSource] = []
    if front and not any(source.more for source in announced):
        sections += await _read_sections(session, front, coverage)
        archives += await _read_archive(session, front, coverage)
    for section in sections:
        session.record_found("page that lists", section.url, section.links)
    for archive in archives:
        session.record_found("archive of months", archive.url, archive.links)
    compared = bool(front and front.section.links)
    _record_coverage(session, announced, count, bool(sections or archives), compared)
    return FoundLists(sections, archives)


async def _read_front(
    session: ProbeSession, coverage: _Coverage
) -> tuple[ListPage | None, list[FoundSource]]:
    home = session.site.homepage
    front = await _list_page(session, home)
    if front is None:
        return None, []
    section = await _more_of(session, home, front, coverage, _FRONT_PAGES)
    return front, [section] if section else []


async def _read_sections(
    session: ProbeSession, front: ListPage, coverage: _Coverage
) -> list[FoundSource]:
    found: list[FoundSource] = []
    for url in front.lists[:_MAX_CANDIDATES]:
        page = await _list_page(session, url) if len(found) < _MAX_SECTIONS else None
        if page and (section := await _more_of(session, url, page, coverage, _SECTION_PAGES)):
            found.append(section)
    return found


async def _read_archive(
    session: ProbeSession, front: ListPage, coverage: _Coverage
) -> list[FoundSource]:
    """By the earliest month that the front page names: the latest is the front page's own."""
    if not front.months:
        return []
    url = min(front.months)
    page, pattern = await _list_page(session, url), archive_pattern(url)
    section = await _more_of(session, url, page, coverage, _SECTION_PAGES) if page else None
    return [replace(section, url=pattern)] if section and pattern else []


async def _more_of(
    session: ProbeSession, url: str, page: ListPage, coverage: _Coverage, pages: int
) -> FoundSource | None:
    """The list at `url`, where one of its first pages has what `coverage` lacks; which then has it."""
    shows_more = False
    links = list(page.section.links)
    current: ListPage | None = page
    for number in range(pages):
        urls = [link.url for link in current.section.links] if current else []
        if not urls or current is None:
            break
        shows_more |= coverage.lacks(urls, alike=1 if number else _MIN_ALIKE)
        coverage.add(urls)
        following = current.section.next_page
        last = number + 1 == pages or following is None
        current = None if last or following is None else await _list_page(session, following)
        links += current.section.links if current else []
    unique = {link.url: link for link in links}
    return FoundSource(url, list(unique.values())) if shows_more else None


async def _list_page(session: ProbeSession, url: str) -> ListPage | None:
    """None for what is no web page, or is not on the site any more."""
    response = await session.get(url)
    if response is None:
        return None
    charset = charset_in(response.headers.get("content-type", ""))
    try:
        return await session.run(
            parse_list_page, response.body, charset, response.url, session.site
        )
    except NOT_READ as reason:
        session.record_rejected(url, str(reason))
        return None


def _record_coverage(
    session: ProbeSession, announced: Sequence[FoundSource], count: int, added: bool, compared: bool
) -> None:
    if not announced:
        return
    if added:
        session.found.append(
            f"feeds and sitemaps have {counted(count, 'article')}, the site shows more: sections added"
        )
    elif not any(source.more for source in announced):
        shown = (
            "its pages show no others"
            if compared
            else "its front page lists none, so that nothing tells whether these are all"
        )
        session.found.append(f"feeds and sitemaps have {counted(count, 'article')}; {shown}")
