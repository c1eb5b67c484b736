"""Lists that go on by script are followed where a GET may ask for them, and otherwise it is said."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import script_lists
from script_lists import LISTS, ScriptList, first_page, publish_list
from sqlite_utils import Database
from storage_samples import rows
from web_server import Answer, Web

from items import Site
from spiders.crawl_resources import SourceRead
from spiders.runner import CrawlResult
from spiders.sources.section import ParsedSection, parse_section
from storage import http_validators

Crawl = Callable[..., CrawlResult]
EVERY = {script_lists.article_path(n) for n in range(1, script_lists.COUNT + 1)}


@pytest.fixture
def listed(bare: Site, web: Web) -> Site:
    return replace(bare, sections=(f"{web.url}/",))


def found(db: Database, web: Web) -> set[str]:
    return {url.removeprefix(web.url) for (url,) in rows(db, "SELECT url FROM frontier")}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_followed_to_its_end(
    web: Web, listed: Site, crawl: Crawl, db: Database, name: str
) -> None:
    publish_list(web, LISTS[name])
    result = crawl(listed)
    assert (result.outcome, result.trouble) == ("finished", "")
    assert found(db, web) == EVERY
    batches = web.paths(LISTS[name].path)
    assert len(batches) == len(set(batches)) == LISTS[name].requests
    # The next poll has nothing new, and asks for the first page alone.
    web.forget()
    crawl(listed)
    assert web.paths(LISTS[name].path) == []


def test_times_of_the_answer_are_kept(web: Web, listed: Site, crawl: Crawl, db: Database) -> None:
    publish_list(web, LISTS["json_page"])
    crawl(listed, limit=1)
    crawl(listed, limit=20)
    sql = "SELECT DISTINCT published FROM frontier WHERE url LIKE '%-plan-9'"
    assert rows(db, sql) == [("2026-11-02T10:00:00Z",)]


@pytest.mark.parametrize("name", ["json_page", "fragment", "cursor"])
def test_a_crawl_that_has_enough_leaves_the_rest_to_the_next(
    web: Web, listed: Site, crawl: Crawl, db: Database, name: str
) -> None:
    publish_list(web, LISTS[name])
    crawl(listed, limit=6)
    assert len(found(db, web)) == 10
    for _ in range(3):
        crawl(listed, limit=6)
    assert found(db, web) == EVERY


_POSTED = {
    "form": '<button class="load-more" hx-post="/more">More</button>',
    "method": '<button class="load-more" data-method="post" data-url="/more?page=2">+</button>',
    "jquery": "<script>var loadmore_params = {'ajaxurl': '/wp-admin/admin-ajax.php', 'current_page': 1};"
    "</script>",
    "fetch": "<script>fetch('/api/posts?page=2', {method: 'POST'})</script>",
}


@pytest.mark.parametrize("after", _POSTED.values(), ids=_POSTED)
def test_what_goes_on_by_post_is_said_and_not_sent(
    web: Web, listed: Site, crawl: Crawl, db: Database, after: str
) -> None:
    web.pages["/"] = first_page(after)
    events: list[object] = []
    crawl(listed, on_event=lambda _, event: events.append(event))
    [read] = [event for event in events if isinstance(event, SourceRead)]
    assert "POST" in read.note
    assert (len(found(db, web)), read.problem) == (5, "")
    assert {request.method for request in web.asked} == {"GET"}
    assert web.paths("/wp-admin") == web.paths("/api") == web.paths("/more") == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ('<button class="load-more">Load more</button>', "at no address"),
        ('<button id="load-more" data-url="/x?cursor=">+</button>', "at no address"),
        ("<button>تحميل المزيد</button>", "at no address"),
        ("<nav><button>Show more</button></nav>", ""),
        ("<button>المزيد</button>", ""),
        ("", ""),
        ('<a href="/politics/more">المزيد</a>', ""),
        ("<script>fetch('/api/comments?page=1')</script>", ""),
        ("<script>var ajaxurl = '/wp-admin/admin-ajax.php';</script>", ""),
        ('<button class="load-more" data-url="https://other.example/x?page=2">+</button>', ""),
    ],
)
def test_what_cannot_be_followed_is_said(after: str, words: str) -> None:
    section = parsed(first_page(after))
    assert (section.next_page, len(section.links)) == (None, 5)
    assert words in section.note
    assert bool(words) == bool(section.note)


def parsed(page: str, url: str = "https://ex.org/") -> ParsedSection:
    return parse_section(page.encode(), "utf-8", url, Site("x", homepage="https://ex.org/"))


def test_a_pager_comes_before_a_script() -> None:
    pager = '<a rel="next" href="/page/2/">2</a>'
    button = '<button class="load-more" data-url="/api?page=2">+</button>'
    section = parsed(first_page(pager + button))
    assert (section.next_page, section.by_script) == ("https://ex.org/page/2/", False)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("nothing here", 404),
        Answer("", 403),
        Answer("{broken", headers={"Content-Type": "application/json"}),
        Answer("0", headers={"Content-Type": "text/html"}),
        Answer("[]", headers={"Content-Type": "application/json"}),
        Answer('{"message": "no"}', headers={"Content-Type": "application/json"}),
    ],
)
def test_an_address_that_leads_to_no_list_is_no_trouble(
    web: Web, listed: Site, crawl: Crawl, db: Database, answer: Answer
) -> None:
    web.pages["/"] = first_page('<button class="load-more" data-url="/more?page=2">+</button>')
    web.pages["/more?page=2"] = answer
    result = crawl(listed)
    assert (result.outcome, result.trouble, len(found(db, web))) == ("finished", "", 5)
    assert web.count("/more?page=2") == 1
    kept = http_validators.validators(db, f"{web.url}/")
    assert kept
    assert kept.cursor is None


def test_robots_txt_closes_what_scripts_ask_for(web: Web, listed: Site, crawl: Crawl) -> None:
    publish_list(web, LISTS["json_page"])
    web.pages["/robots.txt"] = "User-agent: *\nDisallow: /api/"
    events: list[object] = []
    result = crawl(listed, on_event=lambda _, event: events.append(event))
    assert (result.outcome, result.trouble) == ("finished", "")
    assert web.paths("/api") == []
    [read] = [event for event in events if isinstance(event, SourceRead)]
    assert "robots.txt" in read.note


def test_a_list_without_an_end_ends(web: Web, listed: Site, crawl: Crawl, db: Database) -> None:
    """It gives its last batch for every page behind it."""
    endless = ScriptList(
        LISTS["json_page"].after,
        "/api/articles",
        lambda asked: script_lists._json(script_lists.items(min(int(asked["page"]), 4) * 5 - 4)),
    )
    publish_list(web, endless)
    crawl(listed)
    assert found(db, web) == EVERY
    assert len(web.paths("/api")) == 6


_SHAPES = [
    '{"a":{"b":[[{"c":{"url":"/2026/11/02/%s","headline":"%s"}}]]}}',
    '[{"node":{"link":{"href":"/2026/11/02/%s"},"title":{"rendered":"%s"}}}]',
    '{"data":[{"attributes":{"path":"/2026/11/02/%s","title":"%s"}}]}',
    '{"html":"<article><h2><a href=\\"/2026/11/02/%s\\">%s</a></h2></article>"}',
    '{"items":[{"permalink":"https://ex.org/2026/11/02/%s","title":"%s","image":{"url":"/i/a-b-c-d.jpg"}}]}',
]


@pytest.mark.parametrize("shape", _SHAPES)
def test_articles_in_json_of_any_shape(shape: str) -> None:
    body = shape % ("a-road-plan-is-approved", "The council approves a plan for roads")
    section = parsed(body, "https://ex.org/api?page=2")
    assert [link.url for link in section.links] == [
        "https://ex.org/2026/11/02/a-road-plan-is-approved"
    ]
    assert section.next_page == "https://ex.org/api?page=3"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 900 + "1" + "}" * 900,
        json.dumps([{"url": f"/a-b-c-d-{n}", "title": "w " * 9} for n in range(60_000)]),
        '{"html":"' + "<a href" * 200_000 + '"}',
        '{"url":' + "9" * 10_000 + "}",
        '{"next":"//169.254.169.254/","items":[{"url":"/2026/11/1/a-b-c-d","title":"a b c d e f"}]}',
        '{"next":"https://other.example/","items":[{"url":"/2026/11/1/a-b-c-d","title":"a b c d e f"}]}',
    ],
    ids=["open", "deep", "long", "markup", "number", "private", "elsewhere"],
)
def test_hostile_answers_are_bounded(body: str) -> None:
    try:
        section = parsed(body, "https://ex.org/api")
    except ValueError:
        return
    assert len(section.links) <= 1_000
    assert section.next_page is None
