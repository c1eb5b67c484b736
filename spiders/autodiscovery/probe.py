"""Finds out from a site's pages what it offers, so that nobody has to configure it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from items import Site, sources_of
from pipelines.extraction.script_shell import is_shell
from pipelines.workers.pool import Runs
from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.find_sections import find_sections
from spiders.autodiscovery.find_sources import (
    FoundSource,
    ProbeSession,
    find_feeds,
    find_sitemaps,
    find_wordpress,
)
from spiders.autodiscovery.fingerprint import FAMILIES, SiteFingerprint, fingerprint_of
from spiders.autodiscovery.timezone import zone_of_country, zone_of_wordpress
from spiders.fetching.fetch import Fetch, Fetched, Unreachable
from spiders.responses import charset_in
from spiders.sources.feed import strip_markup

# Folders in which a host keeps the pages of one language.
_LANGUAGE = re.compile(
    r"[a-z]{2}(?:[-_][a-z]{2})?|arab(?:ic)?|english|french|persian|turkish|kurdish", re.I
)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`found` and `tried` are sentences for a person. Every source was read and has articles;
    `sections` and `archives` are lists that show more than the others have. `timezone` is None where nothing tells it.
    `render`: its front page shows nothing without its scripts.
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
    archives: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    render: bool = False

    @property
    def has_source(self) -> bool:
        return bool(sources_of(self))


async def probe(url: str, fetch: Fetch, workers: Runs) -> ProbeResult:
    """Probes the site of `url`, which may be its home, a section, an article or its feed.

    Raises Unreachable where there is no page to begin with.
    """
    session = ProbeSession(fetch, workers, Site("probe", homepage=url))
    home, fingerprint = await _home(session, url)
    fingerprint = fingerprint or SiteFingerprint()
    session.site = replace(session.site, homepage=home, take=_folder(home))
    wordpress = await find_wordpress(session, fingerprint)
    feeds, sitemaps = await find_feeds(session, fingerprint), await find_sitemaps(session)
    sources = [*([wordpress] if wordpress else []), *feeds, *sitemaps]
    render = await _is_shell(session, home)
    if render:
        session.found.append("its front page shows nothing without its scripts")
    lists = await find_sections(session, sources)
    sources += [*lists.sections, *lists.archives]
    about = wordpress.about if wordpress else {}
    return ProbeResult(
        homepage=home,
        title=strip_markup(about.get("name")) or fingerprint.title,
        language=fingerprint.language,
        timezone=zone_of_wordpress(about) or zone_of_country(home),
        family=await _family(session, fingerprint, sources),
        take=session.site.take,
        wordpress=wordpress.url if wordpress else None,
        feeds=tuple(source.url for source in feeds),
        sitemaps=tuple(source.url for source in sitemaps),
        sections=tuple(section.url for section in lists.sections),
        archives=tuple(archive.url for archive in lists.archives),
        found=tuple(session.found),
        tried=tuple(session.tried),
        render=render,
    )


async def _home(session: ProbeSession, url: str) -> tuple[str, SiteFingerprint | None]:
    """The site's home and its fingerprint: on a host in several languages, the folder of this one."""
    response = await session.get(url)
    if response is None:
        message = session.tried[-1] if session.tried else f"{url}: no answer"
        raise Unreachable(message, session.last_reason)
    fingerprint, root = await _fingerprint_of(session, response), urljoin(response.url, "/")
    folder = urlsplit(response.url).path.strip("/").partition("/")[0]
    if not folder:
        return root, fingerprint
    front = await session.get(root)
    root_fingerprint = await _fingerprint_of(session, front) if front else None
    one_language = root_fingerprint and (
        not fingerprint or fingerprint.language in (None, root_fingerprint.language)
    )
    if one_language or not _LANGUAGE.fullmatch(folder):
        return root, root_fingerprint or fingerprint
    home = f"{root}{folder}/"
    response = await session.get(home)
    return home, await _fingerprint_of(session, response) if response else fingerprint


async def _is_shell(session: ProbeSession, home: str) -> bool:
    response = await session.get(home)
    charset = charset_in(response.headers.get("content-type", "")) if response else None
    try:
        return bool(response and await session.run(is_shell, response.body, charset))
    except WorkerLost:
        return False


async def _fingerprint_of(session: ProbeSession, response: Fetched) -> SiteFingerprint | None:
    """None for what is no page, such as a feed, or is made not to be read."""
    try:
        return await session.run(fingerprint_of, response.body, response.url, response.headers)
    except WorkerLost as error:
        session.record_rejected(response.url, str(error))
        return None


def _folder(home: str) -> tuple[str, ...]:
    """`take` for a host that has more than this site."""
    return (f"^{re.escape(home)}.",) if urlsplit(home).path != "/" else ()


async def _family(
    session: ProbeSession, fingerprint: SiteFingerprint, sources: list[FoundSource]
) -> str:
    """By an article as well: a theme may build its home page differently."""
    links = [link for source in sources for link in source.links]
    response = await session.get(links[0].fetch_url) if links else None
    article = await _fingerprint_of(session, response) if response else None
    if article and article.noindex:
        session.found.append(
            "its articles say noindex: they are only taken with honour_noindex = false"
        )
    return min((fingerprint.family, article.family if article else "plain"), key=FAMILIES.index)
