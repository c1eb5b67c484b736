"""What announces articles, and what a front page tells of its site."""

from collections.abc import Sequence

from items import Link
from pipelines.refine import refine
from spiders.autodiscovery.editions import editions_of_sitemap
from spiders.autodiscovery.fingerprint import take_fingerprint
from spiders.autodiscovery.probe import ProbeResult
from spiders.autodiscovery.timezone import zone_of_wordpress
from spiders.fetching.errors import RequestRefused, WrongFormat
from spiders.fetching.robots import read_robots
from spiders.responses import page_of_fragment
from spiders.site_writer import name_for_site, site_text
from spiders.sources.feed import parse_feed
from spiders.sources.html_links import parse_links
from spiders.sources.section import parse_section
from spiders.sources.sitemap_file import parse_sitemap
from spiders.sources.wordpress_api import parse_response, parse_root
from storage.frontier import Queued
from tests.fuzz import seeds
from tests.fuzz.checks import check_links, check_message, check_outcome, check_url
from tests.fuzz.page_targets import SITE
from tests.fuzz.target import target
from text.urls import same_site

URL = "https://ex.org/x"


def _check_own(links: Sequence[Link]) -> None:
    """Whatever a site lists, its crawl stays on it."""
    check_links(links)
    for link in links:
        assert same_site(link.url, SITE.homepage), f"url is {link.url!r}"


@target(seeds.feed_bodies, WrongFormat, grows=True)
def feed(body: bytes) -> None:
    _check_own(parse_feed(body, URL, SITE))


@target(seeds.sitemap_bodies, WrongFormat, grows=True)
def sitemap(body: bytes) -> None:
    parsed = parse_sitemap(body, URL, SITE)
    _check_own(parsed.links)
    for url, _ in parsed.sitemaps:
        check_url("sitemap", url)


@target(seeds.list_bodies, WrongFormat, grows=True)
def section(body: bytes) -> None:
    parsed = parse_section(body, None, URL, SITE)
    _check_own(parsed.links)
    check_url("next_page", parsed.next_page)


@target(seeds.rest_bodies, WrongFormat, grows=True)
def rest(body: bytes) -> None:
    parsed = parse_response(200, {"x-wp-totalpages": "3"}, body, SITE)
    _check_own(parsed.links)
    _check_fragments(parsed.links[:2])


def _check_fragments(links: Sequence[Link]) -> None:
    for link in links:
        if link.html:
            check_outcome(refine(page_of_fragment(Queued(link, 0)), SITE))


@target(seeds.root_bodies)
def rest_root(body: bytes) -> None:
    zone_of_wordpress(parse_root(body))


@target(seeds.robots_bodies, RequestRefused, grows=True)
def robots(body: bytes) -> None:
    rules = read_robots(body, "Warraq")
    assert 0 <= rules.delay("Warraq") < float("inf")
    rules.check("https://ex.org/a%20b?c=1", "Warraq")


@target(seeds.list_bodies, WrongFormat, grows=True)
def front_page(body: bytes) -> None:
    page = parse_links(body, None, URL)
    fingerprint = take_fingerprint(
        page, {"link": body[:200].decode("latin-1"), "x-generator": body[-40:].decode("latin-1")}
    )
    for text in (fingerprint.title, fingerprint.generator, fingerprint.language or ""):
        check_message(text)
    for url in (*fingerprint.feeds, *filter(None, [fingerprint.rest])):
        assert url.isprintable()
    for edition in (*fingerprint.editions, *editions_of_sitemap(body, URL)):
        assert edition.home.isprintable()
        assert edition.home.isascii()
    found = ProbeResult(
        "https://ex.org/",
        title=fingerprint.title,
        language=fingerprint.language,
        family=fingerprint.family,
        found=(f"feeds: {fingerprint.feeds}",),
    )
    assert name_for_site(found.homepage)
    check_message(site_text(found))
