"""Finds out from a site's pages what it offers, so that nobody has to configure it."""

from contextlib import suppress
from dataclasses import dataclass, replace

from items import SOURCE_KINDS, Site, sources_of
from pipelines.extraction.script_shell import is_shell
from pipelines.workers.pool import Runs
from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.editions import Edition, distinct_editions, editions_of_sitemap
from spiders.autodiscovery.find_home import Home, find_home, read_fingerprint, with_editions
from spiders.autodiscovery.find_sections import find_sections
from spiders.autodiscovery.find_sources import (
    FoundSource,
    ProbeSession,
    find_feeds,
    find_sitemaps,
    find_wordpress,
)
from spiders.autodiscovery.fingerprint import FAMILIES, SiteFingerprint
from spiders.autodiscovery.timezone import zone_of_country, zone_of_wordpress
from spiders.fetching.fetch import Fetch
from spiders.responses import charset_in
from spiders.sources.feed import strip_markup

_MAX_SEARCHED = 300_000


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`found` and `tried` are sentences for a person. Every source was read and has articles;
    `sections` and `archives` are lists that show more than the others have. `timezone` is None where nothing tells it.
    `own` is the edition that was probed, of `editions`, the outlet's others too.
    `render`: its front page shows nothing without its scripts.
    """

    homepage: str
    within: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    own: Edition | None = None
    editions: tuple[Edition, ...] = ()
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
    home = await find_home(session, url)
    sources = await _find_sources(session, home)
    if len(home.editions) < 2 and (named := await _in_sitemaps(session)):
        # Their answers are kept: what was found is found once more, of the one edition.
        home = await with_editions(session, home, named)
        session.found.clear()
        sources = await _find_sources(session, home)
    if home.within and not sources:
        home = replace(home, within=())
        sources = await _find_sources(session, home)
        session.found.append(
            f"no article is below {home.url}: nothing in their addresses tells them from those of "
            "other editions"
        )
    if render := await _is_shell(session, home.url):
        session.found.append("its front page shows nothing without its scripts")
    about = next((source.about for _, source in sources if source.about), {})
    urls = {kind: tuple(s.url for k, s in sources if k == kind) for kind in SOURCE_KINDS}
    return ProbeResult(
        homepage=home.url,
        title=strip_markup(about.get("name")) or home.fingerprint.title,
        language=home.fingerprint.language or (home.own.language or None if home.own else None),
        timezone=zone_of_wordpress(about) or zone_of_country(home.url),
        family=await _family(session, home.fingerprint, [source for _, source in sources]),
        within=home.within,
        leave=home.leave,
        own=home.own,
        editions=home.editions,
        wordpress=next(iter(urls["wordpress"]), None),
        feeds=urls["feed"],
        sitemaps=urls["sitemap"],
        sections=urls["section"],
        archives=urls["archive"],
        found=tuple(dict.fromkeys(session.found)),
        tried=tuple(dict.fromkeys(session.tried)),
        render=render,
    )


async def _find_sources(session: ProbeSession, home: Home) -> list[tuple[str, FoundSource]]:
    """(kind, source), in the order of the kinds."""
    session.site = replace(
        session.site,
        homepage=home.url,
        within=home.within,
        leave=home.leave,
        language=home.own.language if home.own else None,
    )
    wordpress = await find_wordpress(session, home.fingerprint)
    feeds = await find_feeds(session, home.fingerprint)
    sitemaps = await find_sitemaps(session)
    lists = await find_sections(session, [*([wordpress] if wordpress else []), *feeds, *sitemaps])
    return [
        *(("wordpress", source) for source in filter(None, [wordpress])),
        *(("feed", source) for source in feeds),
        *(("sitemap", source) for source in sitemaps),
        *(("section", source) for source in lists.sections),
        *(("archive", source) for source in lists.archives),
    ]


async def _in_sitemaps(session: ProbeSession) -> tuple[Edition, ...]:
    """The editions whose addresses the sitemaps that were read have side by side."""
    named: list[Edition] = []
    for response in filter(None, list(session.responses.values())):
        if b"hreflang" in response.body[:_MAX_SEARCHED] and b"<urlset" in response.body[:2_000]:
            with suppress(WorkerLost):
                named += await session.run(editions_of_sitemap, response.body, response.url)
    editions = distinct_editions(named)
    return editions if len(editions) > 1 else ()


async def _is_shell(session: ProbeSession, home: str) -> bool:
    response = await session.get(home)
    charset = charset_in(response.headers.get("content-type", "")) if response else None
    try:
        return bool(response and await session.run(is_shell, response.body, charset))
    except WorkerLost:
        return False


async def _family(
    session: ProbeSession, fingerprint: SiteFingerprint, sources: list[FoundSource]
) -> str:
    """By an article as well: a theme may build its home page differently."""
    links = [link for source in sources for link in source.links]
    response = await session.get(links[0].fetch_url) if links else None
    article = await read_fingerprint(session, response) if response else None
    if article and article.noindex:
        session.found.append(
            "its articles say noindex: they are only taken with honour_noindex = false"
        )
    return min((fingerprint.family, article.family if article else "plain"), key=FAMILIES.index)
