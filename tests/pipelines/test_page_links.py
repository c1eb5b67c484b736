"""Which links lead to a later page of the same article, and how pages become one text."""

from dataclasses import replace

import pytest
from paged_articles import THEMES, Theme, paragraphs

from items import Article, Page, RemovedLine, Site
from pipelines.extraction.page_addresses import PageMark, first_page_of, page_mark
from pipelines.extraction.page_links import page_links, shows_title
from pipelines.extraction.parse_html import parse_html
from pipelines.join_pages import adds_text, join_pages
from pipelines.refine import refine
from text.limits import MAX_PAGE_LINKS
from text.urls import canonicalise, join_url

HOST = "https://bell.example"


@pytest.mark.parametrize(
    ("first", "url", "number"),
    [
        ("/a/floods", "/a/floods/2", 2),
        ("/a/floods", "/a/floods/02", 2),
        ("/a/floods", "/a/floods/page/3", 3),
        ("/a/floods", "/a/floods/page-3", 3),
        ("/a/floods", "/a/floods/p2", 2),
        ("/a/floods.html", "/a/floods/2.html", 2),
        ("/a/floods.html", "/a/floods/2", 2),
        ("/a/floods.html", "/a/floods-page-2.html", 2),
        ("/a/floods", "/a/floods,seite-2", 2),
        ("/a/floods", "/a/floods/%D8%B5%D9%81%D8%AD%D8%A9/2", 2),
        ("/a/floods", "/a/floods/%D8%A7%D9%84%D8%B5%D9%81%D8%AD%D8%A9-2", 2),
        ("/a/floods/page/1", "/a/floods/page/2", 2),
        ("/a/floods-seite-1.html", "/a/floods-seite-2.html", 2),
        ("/a/floods", "/a/floods?page=2", 2),
        ("/a?id=4", "/a?id=4&paged=2", 2),
        ("/a?id=4&page=1", "/a?id=4&page=2", 2),
        ("/a/floods", "/a/floods?page=0%2C1", 1),
        ("/a/12", "/a/12/2", 2),
    ],
)
def test_an_address_with_a_page_s_number(first: str, url: str, number: int) -> None:
    assert page_mark(HOST + first, HOST + url) == PageMark(number)


@pytest.mark.parametrize(
    ("first", "url"),
    [
        ("/a/floods.html", "/a/floods-2.html"),
        ("/a/floods.html", "/a/floods_2.html"),
        ("/a/floods", "/a/floods-2"),
        ("/a/floods", "/a/floods?x=2"),
        ("/a/floods-2", "/a/floods-2-2"),
    ],
)
def test_an_address_that_may_be_another_article_s(first: str, url: str) -> None:
    assert page_mark(HOST + first, HOST + url) == PageMark(2, weak=True)


@pytest.mark.parametrize(
    ("first", "url"),
    [
        ("/a/1", "/a/2"),
        ("/?p=1", "/?p=2"),
        ("/?p=56", "/?p=57"),
        ("/a/floods-11", "/a/floods-12"),
        ("/a/12", "/a/122"),
        ("/a/floods", "/b/floods/2"),
        ("/a/floods", "/a/floods-part-2"),
        ("/a/floods", "/a/floods/2024"),
        ("/a/floods", "/a/floods/2/comments"),
        ("/a/floods", "/a/floods?page=2&sort=new"),
        ("/a/floods", "/a/floods?page=two"),
        ("/a/floods", "/a/floods"),
        ("/a/floods", "/a/drought"),
    ],
)
def test_another_address(first: str, url: str) -> None:
    assert page_mark(HOST + first, HOST + url) is None


def test_another_host_or_scheme() -> None:
    assert page_mark(f"{HOST}/a", "https://other.example/a/2") is None
    assert page_mark(f"{HOST}/a", "http://bell.example/a/2") is None


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("/a/floods/2", "/a/floods"),
        ("/a/floods-2.html", "/a/floods.html"),
        ("/a?id=4&page=2", "/a?id=4"),
        ("/a/floods/page/2", "/a/floods"),
        ("/a/floods/page/2", "/a/floods/page/1"),
        ("/a/floods?page=2", "/a/floods?page=1"),
    ],
)
def test_where_a_later_page_s_article_may_begin(url: str, first: str) -> None:
    assert HOST + first in first_page_of(HOST + url)


@pytest.mark.parametrize("url", ["/a/floods", "/a/1807", "/2", "/a/floods/1", "/?p=2"])
def test_what_is_no_later_page_begins_nowhere_else(url: str) -> None:
    assert [
        first for first in first_page_of(HOST + url) if not first.endswith(("/a", "/?p=1"))
    ] == []


def next_page(body: str, *, head: str = "", url: str = "/a/floods", number: int = 1) -> str | None:
    page = f"<html><head>{head}</head><body><h1>Floods</h1><article><p>Text.</p>{body}</article></body></html>"
    tree = parse_html(page)
    assert tree is not None
    first = None if number == 1 else f"{HOST}/a/floods"
    found = page_links(tree, HOST + url, first, number).next_page
    return found.removeprefix(HOST) if found else None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<div class="page-links">Pages: 1 <a href="/a/floods/2/">2</a></div>', "/a/floods/2/"),
        ('<p>Pages: <a href="2/">2</a></p>', None),  # a relative address, of another folder
        ('<p>Pages: 1 <a href="floods/2/">2</a> <a href="floods/3/">3</a></p>', "/a/floods/2/"),
        ('<ul><li>1</li><li><a href="?page=2">٢</a></li></ul>', "/a/floods?page=2"),
        ('<p><a href="?page=1">التالي</a></p>', "/a/floods?page=1"),
        ('<p>1 <a href="?page=1">2</a> <a href="?page=2">3</a></p>', "/a/floods?page=1"),
        ('<p><a href="/a/floods/2" rel="next">weiter</a></p>', "/a/floods/2"),
        ('<p><a href="/a/floods/2">Page suivante</a></p>', "/a/floods/2"),
        ('<p><a href="/a/floods/2">»</a></p>', "/a/floods/2"),
        ('<p><a href="/a/floods-2">Next page</a></p>', "/a/floods-2"),
        ('<p><a href="/a/floods-2">Next</a></p>', None),
        ('<p><a href="/a/floods-2" rel="next">Next</a></p>', None),
        ('<p><a href="/a/floods-2">2</a></p>', None),
        ('<p><a href="/a/floods/3">3</a></p>', None),
        ('<p><a href="/a/floods/2">Floods: what the second day brought us</a></p>', None),
        ('<p>It was the <a href="/a/floods/2">2</a>nd time this year that the river rose.</p>', None),
        ('<p>1 <a href="http://[::bad/2">2</a></p>', None),
        ('<p>1 <a href="javascript:go(2)">2</a></p>', None),
    ],
)  # fmt: skip
def test_the_next_page_of_a_first_one(body: str, found: str | None) -> None:
    assert next_page(body) == found


@pytest.mark.parametrize(
    ("first", "href"),
    [
        ("/a/floods", "/a/floods?page=2"),
        ("/a/floods.html", "/a/floods-page-2.html"),
        ("/a/floods.html", "/a/floods/2.html"),
        ("/a/floods.shtml", "https://bell.example/a/floods-page-2.shtml"),
        ("/a/Floods", "/a/floods/2"),
        ("/a/11", "/a/11/2"),
        ("/a/%D9%81%D9%8A%D8%B6", "/a/%d9%81%d9%8a%d8%b6/2"),
        ("/a/%D9%81%D9%8A%D8%B6", "/a/فيض/2"),
        ("/a/%D9%81%D9%8A%D8%B6", "../a/فيض/2"),
        ("/a/floods-(east)", "/a/floods-%28east%29/2"),
        ("/a/floods", "/b/../a/floods/2"),
    ],
)
def test_a_link_is_near_however_it_is_spelt(first: str, href: str) -> None:
    assert next_page(f'<div class="pager"><b>1</b> <a href="{href}">2</a></div>', url=first)


PLACES = (
    "/",
    "/?p=56",
    "/2",
    "/a/floods",
    "/a/floods.html",
    "/a/%D9%81%D9%8A%D8%B6",
    "/a/11",
    "/a/",
)
HREFS = (
    *("?page=2", "/?page=2", "/?p=56&page=2", HOST, f"{HOST}?page=2", f"{HOST}/?p=56&paged=2"),
    *("/-2", "/,2", "/amp?page=2", "//bell.example/?page=2", "/comment-page-1/?page=2", "/3", "2"),
    *("floods/2", "floods.html?page=2", "/a/floods-page-2.html", "../a/floods/2", "./floods/2"),
    *("فيض/2", "/a/فيض/2", "فيض?page=2", f"{HOST}/a/فيض?page=2", "%D9%81%D9%8A%D8%B6/2"),
    *("11/2", "/a/11/2", "HTTPS://bell.example/a/11/2", "https:11/2", " /a/11/2 ", "/a/1\t1/2"),
    *("javascript:go(2)", "mailto:a2@bell.example", "#page-2", "/b/2", "b/2", "ب/2", "/ب/2"),
)


@pytest.mark.parametrize("place", PLACES)
def test_no_page_is_taken_for_an_address_elsewhere(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[str | None]:
        pagers = (f'<div class="pager"><b>1</b> <a href="{href}">2</a></div>' for href in HREFS)
        return [next_page(pager, url=place) for pager in pagers]

    quick = found()
    monkeypatch.setattr("pipelines.extraction.page_links._is_of_none", lambda *_: False)
    assert quick == found()


def test_the_next_page_of_a_later_one() -> None:
    pager = '<p>Pages: <a href="/a/floods">1</a> 2 <a href="/a/floods/3">3</a></p>'
    assert next_page(pager, url="/a/floods/2", number=2) == "/a/floods/3"
    assert next_page(pager, url="/a/floods/3", number=3) is None


def test_the_next_page_that_a_head_names() -> None:
    assert next_page("", head='<link rel="next" href="/a/floods/2">') == "/a/floods/2"
    assert next_page("", head='<link rel="next" href="/a/drought">') is None
    assert next_page("", head='<link rel="prev" href="/a/floods/2">') is None


def test_of_a_page_of_links_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    links = "".join(f'<a href="/a/floods-{n}">{n}</a> ' for n in range(8 * MAX_PAGE_LINKS))
    tree = parse_html(f"<html><body><h1>Floods</h1><p>{links}</p></body></html>")
    assert tree is not None
    joined: list[str] = []

    def spy(base: str, address: str) -> str:
        joined.append(address)
        return join_url(base, address)

    monkeypatch.setattr("pipelines.extraction.page_links.join_url", spy)
    page_links(tree, f"{HOST}/a/floods")
    assert len(joined) <= MAX_PAGE_LINKS


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("Floods in the north", True),
        ("Floods in the north – page 2", True),
        ("Floods in the north - Page 2 of 3", True),
        ("Floods in the north 2", False),
        ("More floods in the north", False),
        ("", False),
    ],
)
def test_a_headline_is_the_same_but_for_a_page_s_number(shown: str, same: bool) -> None:
    tree = parse_html(
        f"<html><head><title>{shown} | The Bell</title></head><body><h1>{shown}</h1></body></html>"
    )
    assert tree is not None
    assert shows_title(tree, "Floods in the north") == same


LONG = "The council of the town met for the third time this week, and decided nothing at all."


def article(*lines: str, removed: tuple[RemovedLine, ...] = (), **fields: object) -> Article:
    return Article("0" * 16, f"{HOST}/a", "bell", "Floods", lines, removed=removed, **fields)  # type: ignore[arg-type]


def test_pages_become_one_text() -> None:
    first = article("Lead", "No.", "One", removed=(RemovedLine(1, "Ad", "advert"),), next_page="x")
    second = article("Lead", "Two", "No.", "More", LONG, removed=(RemovedLine(0, "Ad", "advert"),))
    third = article("Three", LONG, "End")
    joined = join_pages([first, second, third])
    assert joined.paragraphs == ("Lead", "No.", "One", "Two", "No.", "More", LONG, "Three", "End")
    assert joined.next_page is None
    assert [line.text for line in joined.removed] == ["Ad", "Ad", "Lead", LONG]
    positions = [line.position for line in joined.removed]
    assert positions == sorted(set(positions))


def test_a_page_of_nothing_new_adds_nothing() -> None:
    first = article("Lead", LONG)
    assert not adds_text([first], article("Lead", LONG))
    assert not adds_text([first], article())
    assert adds_text([first], article("Lead", "Two"))
    assert not adds_text([first], article("x" * 400_000))


@pytest.mark.parametrize("theme", THEMES[:4], ids=lambda theme: theme.name)
@pytest.mark.parametrize("has_url", [True, False])
def test_a_saved_page_says_that_more_exist_and_has_no_pager(theme: Theme, has_url: bool) -> None:
    canonical = f'<link rel="canonical" href="{HOST}{theme.path}">'
    html = theme.page(1, 3).replace("</head>", f"{canonical}</head>")
    url = (canonicalise(HOST + theme.path) or "") if has_url else ""
    saved = refine(Page("saved", url, html.encode(), "2026-11-02T00:00:00Z"), Site("extract"))
    assert isinstance(saved, Article)
    assert saved.paragraphs == paragraphs(1, latin=theme.latin)
    assert saved.next_page == HOST + theme.at(2)


def test_a_saved_later_page_says_where_its_article_begins() -> None:
    theme = THEMES[0]
    url = canonicalise(HOST + theme.at(2)) or ""
    page = Page("saved", url, theme.page(2, 3).encode(), "2026-11-02T00:00:00Z")
    saved = refine(page, Site("extract"))
    assert isinstance(saved, Article)
    assert (saved.first_page, saved.next_page) == (HOST + theme.path, HOST + theme.at(3))
    assert saved.paragraphs == paragraphs(2)


def test_pages_that_are_all_there_are_refined_into_one() -> None:
    """As reprocessing does; a page of another article among them ends it."""
    theme = THEMES[0]

    def page(number: int) -> Page:
        address = HOST + theme.at(number)
        body = theme.page(number, 4).encode()
        return Page(address, canonicalise(address) or "", body, "2026-11-02T00:00:00Z")

    whole = refine(replace(page(1), later=(page(2), page(3), page(4))), Site("bell"))
    assert isinstance(whole, Article)
    assert whole.paragraphs == tuple(line for n in range(1, 5) for line in paragraphs(n))
    part = refine(replace(page(1), later=(page(2), page(2), page(4))), Site("bell"))
    assert isinstance(part, Article)
    assert part.paragraphs == (*paragraphs(1), *paragraphs(2))
