"""Outlets in several languages: each edition is a site of its own, and takes only its own articles."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pytest

from items import Site
from pipelines.site_lookup import SiteLookup
from pipelines.url_filter import is_wanted
from spiders.autodiscovery.editions import Edition, edition_of
from spiders.autodiscovery.probe import ProbeResult, probe
from spiders.fetching.fetch import Fetched
from spiders.site_writer import edition_name, name_for_site
from spiders.sources.sitemap_file import parse_sitemap

T = TypeVar("T")
HOST = "https://river.example"
HEADLINES = {
    "ar": "وزير الزراعة يفتتح معرض الزهور السنوي في العاصمة",
    "en": "The minister opens the yearly flower fair in the capital",
    "fa": "وزیر کشاورزی نمایشگاه گل‌های سال را در پایتخت گشود",
}
NAMES = {"ar": "العربية", "en": "English", "fa": "فارسی"}
# How an outlet tells its editions apart: the home of each, and an article's address.
FORMS: dict[str, Callable[[str], str]] = {
    "folder": lambda code: f"{HOST}/{code}/",
    "word": lambda code: (
        f"{HOST}/{ {'ar': 'arabic', 'en': 'english', 'fa': 'persian'}[code] }/".replace(" ", "")
    ),
    "region": lambda code: f"{HOST}/{code}-{ {'ar': 'sy', 'en': 'gb', 'fa': 'ir'}[code] }/".replace(
        " ", ""
    ),
    "host": lambda code: f"https://{code}.river.example/",
    "query": lambda code: f"{HOST}/?lang={code}",
    "default": lambda code: f"{HOST}/" if code == "ar" else f"{HOST}/{code}/",
}


def story(home: str, number: int) -> str:
    base, _, query = home.partition("?")
    return f"{base}news/{number}-long-story-of-a-day" + (f"?{query}" if query else "")


def front(code: str, home: str, head: str = "", switcher: str = "") -> str:
    cards = "".join(
        f'<h2><a href="{story(home, n)}">{HEADLINES[code]} {n}</a></h2>' for n in range(10, 20)
    )
    return (
        f'<html lang="{code}"><head><title>River</title>{head}</head><body><nav>{switcher}</nav>'
        f"<main>{cards}</main></body></html>"
    )


class Outlet:
    """Pages by URL; the front page may lead to an edition."""

    def __init__(self, pages: Mapping[str, "str | Fetched"]) -> None:
        self.pages = pages
        self.requested: list[str] = []

    async def fetch(self, url: str) -> Fetched:
        self.requested.append(url)
        page = self.pages.get(url)
        if page is None:
            return Fetched(url, 404)
        return page if isinstance(page, Fetched) else Fetched(url, 200, {}, page.encode())


class Here:
    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        return function(*arguments)


def run_probe(pages: Mapping[str, "str | Fetched"], url: str) -> ProbeResult:
    outlet = Outlet(pages)
    result = asyncio.run(probe(url, outlet.fetch, Here()))
    assert len(outlet.requested) == len(set(outlet.requested)) <= 60
    return result


def hreflang(form: Callable[[str], str]) -> str:
    return "".join(f'<link rel="alternate" hreflang="{c}" href="{form(c)}">' for c in HEADLINES) + (
        f'<link rel="alternate" hreflang="x-default" href="{HOST}/">'
    )


def switcher(form: Callable[[str], str]) -> str:
    return "".join(f'<a href="{form(code)}">{NAMES[code]}</a>' for code in HEADLINES)


def options(form: Callable[[str], str]) -> str:
    return (
        "<select>" + "".join(f'<option value="{form(c)}">{NAMES[c]}' for c in NAMES) + "</select>"
    )


def two_letters(form: Callable[[str], str]) -> str:
    return "".join(f'<a href="{form(code)}">{code.upper()}</a>' for code in HEADLINES)


def shared_sitemap(form: Callable[[str], str], alternates: bool) -> str:
    entries = ""
    for number in range(1, 20):
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{c}" href="{story(form(c), number)}"/>'
            for c in HEADLINES
        )
        for code in HEADLINES:
            entries += f"<url><loc>{story(form(code), number)}</loc>{links * alternates}</url>"
    return f'<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml">{entries}</urlset>'


def outlet(form: Callable[[str], str], witness: str, entry: str) -> dict[str, "str | Fetched"]:
    """An outlet that names its editions by `witness`, and at its root does what `entry` says."""
    pages: dict[str, str | Fetched] = {}
    header = ", ".join(f'<{form(code)}>; rel="alternate"; hreflang="{code}"' for code in HEADLINES)
    parts = {
        "hreflang": (hreflang(form), ""),
        "switcher": ("", switcher(form)),
        "options": ("", options(form)),
        "two letters": ("", two_letters(form)),
    }
    head, menu = parts.get(witness, ("", ""))
    headers = {"link": header} if witness == "header" else {}
    for code in HEADLINES:
        page = front(code, form(code), head, menu).encode()
        pages[form(code)] = Fetched(form(code), 200, headers, page)
    pages[f"{HOST}/sitemap.xml"] = shared_sitemap(form, witness == "sitemap")
    pages[f"{HOST}/rss.xml"] = (
        "<rss><channel>"
        + "".join(
            f"<item><link>{story(form(c), n)}</link></item>".replace("&", "&amp;")
            for n in range(15, 20)
            for c in HEADLINES
        )
        + "</channel></rss>"
    )
    if entry == "redirect" and f"{HOST}/" not in pages:
        pages[f"{HOST}/"] = pages[form("ar")]
    elif entry == "negotiated" and f"{HOST}/" not in pages:
        page = front("ar", form("ar"), head, menu).encode()
        pages[f"{HOST}/"] = Fetched(f"{HOST}/", 200, headers, page)
    elif entry == "choice" and f"{HOST}/" not in pages:
        body = f"<html><head><title>River</title>{head}</head><body>{menu}</body></html>"
        pages[f"{HOST}/"] = Fetched(f"{HOST}/", 200, headers, body.encode())
    return pages


def site_of(result: ProbeResult) -> Site:
    return Site("x", homepage=result.homepage, within=result.within, leave=result.leave)


def check_apart(form: Callable[[str], str], result: ProbeResult, code: str) -> None:
    """Its own addresses, and none of the others'."""
    assert result.own
    assert (result.own.language, result.language) == (code, code)
    site = site_of(result)
    for other in HEADLINES:
        assert is_wanted(site, story(form(other), 12)) == (other == code), (other, site)
    assert {edition.language for edition in result.editions} == set(HEADLINES)
    assert {edition.home for edition in result.editions} == {form(c) for c in HEADLINES}


@pytest.mark.parametrize("entry", ["redirect", "negotiated"])
@pytest.mark.parametrize("witness", ["hreflang", "header", "switcher", "options", "two letters"])
@pytest.mark.parametrize("form", FORMS)
def test_a_host_that_leads_to_one_of_its_editions(form: str, witness: str, entry: str) -> None:
    result = run_probe(outlet(FORMS[form], witness, entry), f"{HOST}/")
    check_apart(FORMS[form], result, "ar")


@pytest.mark.parametrize("form", [name for name in FORMS if name != "host"])
def test_editions_that_only_the_sitemap_names(form: str) -> None:
    result = run_probe(outlet(FORMS[form], "sitemap", "redirect"), f"{HOST}/")
    check_apart(FORMS[form], result, "ar")


@pytest.mark.parametrize("code", HEADLINES)
@pytest.mark.parametrize("form", FORMS)
def test_of_a_named_edition_only_that_is_taken(form: str, code: str) -> None:
    pages = outlet(FORMS[form], "hreflang", "redirect")
    pages[story(FORMS[form](code), 12)] = front(code, FORMS[form](code), hreflang(FORMS[form]))
    for url in (FORMS[form](code), story(FORMS[form](code), 12)):
        result = run_probe(pages, url)
        check_apart(FORMS[form], result, code)
        assert result.homepage == FORMS[form](code)
        if form != "host":
            assert any("19 articles" in found for found in result.found), result.found


def test_of_a_page_that_only_asks_for_the_language_the_first_is_taken() -> None:
    result = run_probe(outlet(FORMS["folder"], "switcher", "choice"), f"{HOST}/")
    check_apart(FORMS["folder"], result, "ar")


@pytest.mark.parametrize("folder", ["it", "tv", "uk", "my", "english", "new"])
def test_a_section_that_is_called_like_a_language_is_a_section(folder: str) -> None:
    section = f"{HOST}/{folder}/"
    menu = f'<a href="{section}">{folder.upper()}</a>'
    pages = {f"{HOST}/": front("ar", f"{HOST}/", "", menu), section: front("ar", section, "", menu)}
    result = run_probe(pages, f"{HOST}/")
    assert (result.editions, result.within, result.leave) == ((), (), ())
    assert is_wanted(site_of(result), story(section, 12))
    assert run_probe(pages, section).homepage == f"{HOST}/"


@pytest.mark.parametrize("tag", ["ar", "ar-SY", "x-default", "en-US"])
def test_a_site_in_one_language_has_no_editions(tag: str) -> None:
    head = f'<link rel="alternate" hreflang="{tag}" href="{HOST}/">'
    result = run_probe({f"{HOST}/": front("ar", f"{HOST}/", head)}, f"{HOST}/")
    assert (result.editions, result.within, result.leave) == ((), (), ())


def test_articles_that_are_not_below_their_edition_are_taken() -> None:
    pages: dict[str, str | Fetched] = {
        f"{HOST}/ar/": front("ar", f"{HOST}/", hreflang(FORMS["folder"])),
        f"{HOST}/": Fetched(f"{HOST}/ar/", 200, {}, front("ar", f"{HOST}/").encode()),
    }
    result = run_probe(pages, f"{HOST}/")
    assert result.within == ()
    assert result.sections == (f"{HOST}/ar/",)
    assert "nothing in their addresses tells them" in result.found[-1]


@pytest.mark.parametrize(
    ("address", "language", "home"),
    [
        (f"{HOST}/ar/news/1", "ar", f"{HOST}/ar/"),
        (f"{HOST}/AR/news/1", "ar", f"{HOST}/AR/"),
        (f"{HOST}/zh-hans/1", "zh", f"{HOST}/zh-hans/"),
        (f"{HOST}/sa/ar/1", "ar", f"{HOST}/sa/ar/"),
        (f"{HOST}/ar/it/1", "ar", f"{HOST}/ar/"),
        ("https://arabic.river.example/x", "ar", "https://arabic.river.example/"),
        (f"{HOST}/x?id=3&lang=fa", "fa", f"{HOST}/?lang=fa"),
        (f"{HOST}/x?lang=فارسی", "fa", f"{HOST}/?lang=%D9%81%D8%A7%D8%B1%D8%B3%DB%8C"),
        (f"{HOST}/%D8%A7%D9%84%D8%B9%D8%B1%D8%A8%D9%8A%D8%A9/x", "ar", None),
    ],
)
def test_the_edition_of_an_address(address: str, language: str, home: str | None) -> None:
    edition = edition_of(address, language)
    assert edition
    assert edition.language == language
    assert home is None or edition.home == home


@pytest.mark.parametrize(
    "address",
    [f"{HOST}/", f"{HOST}/news/it/1", f"{HOST}/new/1", f"{HOST}/2026/x", "https://www.ar/", "x:"],
)
def test_an_address_without_a_language(address: str) -> None:
    assert edition_of(address) is None


def test_an_edition_takes_its_part_of_a_sitemap_that_names_it_only_as_a_translation() -> None:
    entries = "".join(
        f"<url><loc>{HOST}/news/{n}</loc>"
        f'<xhtml:link rel="alternate" hreflang="en" href="{HOST}/en/news/{n}"/></url>'
        for n in range(5)
    )
    body = f'<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml">{entries}</urlset>'.encode()
    english = Site("x", homepage=f"{HOST}/en/", within=(rf"^{HOST}/en/",))
    links = parse_sitemap(body, f"{HOST}/sitemap.xml", english).links
    assert {link.url for link in links} == {f"{HOST}/en/news/{n}" for n in range(5)}
    first = Site("x", homepage=f"{HOST}/", leave=(rf"^{HOST}/en/",))
    links = parse_sitemap(body, f"{HOST}/sitemap.xml", first).links
    assert {link.url for link in links} == {f"{HOST}/news/{n}" for n in range(5)}


def test_an_imported_page_is_of_the_edition_that_its_address_is_in() -> None:
    arabic = Site("river_ar", homepage=f"{HOST}/ar/", within=(rf"^{HOST}/ar/",))
    english = Site("river_en", homepage=f"{HOST}/en/", within=(rf"^{HOST}/en/",))
    lookup = SiteLookup([arabic, english])
    assert lookup.site_of(f"{HOST}/ar/news/1") is arabic
    assert lookup.site_of(f"{HOST}/en/news/1") is english
    assert lookup.site_of(f"{HOST}/other") in (arabic, english)


@pytest.mark.parametrize("form", FORMS)
def test_the_editions_of_an_outlet_have_names_of_their_own(form: str) -> None:
    homes = [Edition(code, FORMS[form](code)) for code in HEADLINES]
    names = [edition_name(edition) for edition in homes]
    assert len(set(names)) == len(names)
    assert all(name_for_site(edition.home) in names or form == "default" for edition in homes)


@pytest.mark.parametrize(
    "head",
    [
        "<link rel=alternate hreflang=en href='http://['>",
        "<link rel=alternate hreflang=en href=''>",
        "<link rel=alternate hreflang='\x1b[31m' href='/en/'>",
        "<link rel=alternate hreflang=en href='javascript:x'>" * 5000,
        "".join(f"<link rel=alternate hreflang=en href='/{n}/en/'>" for n in range(5000)),
        "<a href='http://%%/'>English</a>" * 2000,
    ],
)
def test_what_names_no_edition_is_passed_over(head: str) -> None:
    result = run_probe({f"{HOST}/": front("ar", f"{HOST}/", head)}, f"{HOST}/")
    assert is_wanted(site_of(result), story(f"{HOST}/", 1))
    assert len(result.editions) <= 60
