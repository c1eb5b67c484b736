"""What a site offers: asked of its pages once, so that no one has to configure it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from items import Site, sources_of
from spiders.autodiscovery.find_sources import (
    FoundSource,
    ProbeSession,
    find_feeds,
    find_section,
    find_sitemaps,
    find_wordpress,
)
from spiders.autodiscovery.fingerprint import FAMILIES, SiteFingerprint, fingerprint
from spiders.autodiscovery.timezone import zone_of_country, zone_of_wordpress
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Fetch, Fetched, Unreachable
from spiders.sources.feed import strip_markup
from spiders.sources.html_links import parse_links

# Folders in which a host keeps the pages of one language.
_LANGUAGE = re.compile(
    r"[a-z]{2}(?:[-_][a-z]{2})?|arab(?:ic)?|english|french|persian|turkish|kurdish", re.I
)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`found` and `tried` are sentences for a person. The sources are read and in use; `sections`
    are given only where there is nothing better. `timezone` is None where nothing tells it.
    """

    homepage: str
    take: tuple[str, ...] = ()
    title: str = ""
    language: str | None = None
    timezone: str | None = None
    family: str = "plain"
    wordpress: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()

    @property
    def has_source(self) -> bool:
        return bool(sources_of(self))


async def probe(url: str, fetch: Fetch) -> ProbeResult:
    """Look at the site of `url`, which may be its home, a section, an article or its feed.

    Raises Unreachable where there is no page to begin with.
    """
    look = ProbeSession(fetch, Site("probe", homepage=url))
    home, marks = await _home(look, url)
    marks = marks or SiteFingerprint()
    look.site = replace(look.site, homepage=home, take=_folder(home))
    wordpress = await find_wordpress(look, marks)
    feeds, sitemaps = await find_feeds(look, marks), await find_sitemaps(look)
    sources = [*([wordpress] if wordpress else []), *feeds, *sitemaps]
    section = None if sources else await find_section(look, home)
    sources += [section] if section else []
    about = wordpress.about if wordpress else {}
    return ProbeResult(
        homepage=home,
        title=strip_markup(about.get("name")) or marks.title,
        language=marks.language,
        timezone=zone_of_wordpress(about) or zone_of_country(home),
        family=await _family(look, marks, sources),
        take=look.site.take,
        wordpress=wordpress.url if wordpress else None,
        feeds=tuple(source.url for source in feeds),
        sitemaps=tuple(source.url for source in sitemaps),
        sections=(section.url,) if section else (),
        found=tuple(look.found),
        tried=tuple(look.tried),
    )


async def _home(look: ProbeSession, url: str) -> tuple[str, SiteFingerprint | None]:
    """The site's home and its marks: of a host in several languages the folder of this one."""
    answer = await look.get(url)
    if answer is None:
        raise Unreachable(look.tried[-1] if look.tried else f"{url}: no answer")
    marks, root = _marks(answer), urljoin(answer.url, "/")
    folder = urlsplit(answer.url).path.strip("/").partition("/")[0]
    if not folder:
        return root, marks
    front = await look.get(root)
    front_marks = _marks(front) if front else None
    one_language = front_marks and (not marks or marks.language in (None, front_marks.language))
    if one_language or not _LANGUAGE.fullmatch(folder):
        return root, front_marks or marks
    home = f"{root}{folder}/"
    answer = await look.get(home)
    return home, _marks(answer) if answer else marks


def _marks(answer: Fetched) -> SiteFingerprint | None:
    """None for what is no page: a feed, say."""
    try:
        return fingerprint(parse_links(answer.body, None, answer.url), answer.headers)
    except WrongFormat:
        return None


def _folder(home: str) -> tuple[str, ...]:
    """What to take from a host that holds more than this site."""
    return (f"^{re.escape(home)}.",) if urlsplit(home).path != "/" else ()


async def _family(look: ProbeSession, marks: SiteFingerprint, sources: list[FoundSource]) -> str:
    """Told by an article as well: a theme's home may be built unlike its articles."""
    links = [link for source in sources for link in source.links]
    answer = await look.get(links[0].fetch_url) if links else None
    article = _marks(answer) if answer else None
    if article and article.noindex:
        look.found.append(
            "its articles say noindex: they are only taken with honour_noindex = false"
        )
    return min((marks.family, article.family if article else "plain"), key=FAMILIES.index)
