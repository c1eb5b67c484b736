"""Section pages and the REST interface over HTTP, in one crawl after another."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sitemaps import urlset
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_resources import SourceRead
from spiders.runner import CrawlResult
from spiders.sources import read, section_pages
from spiders.sources.context import SourceContext
from storage.article_rows import iterate
from storage.database import open_database
from storage.frontier import counts

pytestmark = pytest.mark.slow

Crawl = Callable[..., CrawlResult]


def stored(data: Path) -> int:
    return len(list(iterate(open_database(data))))


def section(web: Web, numbers: range, following: str | None) -> str:
    web.pages |= {f"/news/{number}": article(number) for number in numbers}
    links = "".join(
        f'<h3><a href="/news/{number}">خبر طويل العنوان يحمل الرقم {number} في آخره</a></h3>'
        for number in numbers
    )
    rest = f'<a rel="next" href="{following}">التالي</a>' if following else ""
    return f"<html><body><main>{links}</main>{rest}</body></html>"


def paged(web: Web, count: int, size: int = 3) -> None:
    """`count` section pages, the first of which has the highest numbers."""
    for page in range(1, count + 1):
        first = 100 + (count - page) * size
        following = f"/all?page={page + 1}" if page < count else None
        path = "/all" if page == 1 else f"/all?page={page}"
        web.pages[path] = section(web, range(first, first + size), following)


def test_a_pager_is_followed_until_a_page_brings_nothing_new(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, sections=(f"{web.url}/all",))
    paged(web, 4)
    crawl(site)
    assert stored(tmp_path) == 12
    web.forget()
    crawl(site)
    assert web.paths() == ["/robots.txt", "/all"]
    paged(web, 5)
    web.forget()
    crawl(site)
    assert web.paths("/all") == ["/all", "/all?page=2"]
    assert stored(tmp_path) == 15


def test_pages_that_were_not_reached_are_read_by_the_next_crawl(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, sections=(f"{web.url}/all",))
    paged(web, 4)
    broken, web.pages["/all?page=3"] = web.pages["/all?page=3"], Answer(raw=b"")
    assert crawl(site).outcome == "failed"
    assert stored(tmp_path) == 6
    web.pages["/all?page=3"] = broken
    crawl(site)
    assert stored(tmp_path) == 12
    web.forget()
    crawl(site)
    assert web.paths("/all") == ["/all"]


def test_a_pager_without_end_is_left(
    web: Web, bare: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(asked: ReceivedRequest) -> str:
        page = int(parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0])
        web.pages[f"/all?page={page + 1}"] = endless
        return section(web, range(100 + page * 3, 103 + page * 3), f"/all?page={page + 1}")

    web.pages["/all"] = endless
    site = replace(bare, sections=(f"{web.url}/all",))
    monkeypatch.setattr(section_pages, "_MAX_PAGES", 5)
    monkeypatch.setattr(section_pages, "_MAX_WALK", 8)
    for _ in range(3):
        crawl(site, limit=100)
    pages = [f"/all?page={number}" for number in range(2, 9)]
    assert web.paths("/all") == ["/all", *pages[:4], "/all", *pages[4:], "/all"]


def test_the_first_walk_goes_to_the_end_over_several_crawls(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed has listed what is on the first pages; no list page but the first is read twice."""
    paged(web, 9)
    web.pages["/feed"] = rss(web.url, range(112, 127))
    site = replace(bare, feeds=(f"{web.url}/feed",), sections=(f"{web.url}/all",))
    monkeypatch.setattr(section_pages, "_MAX_PAGES", 4)
    for _ in range(4):
        crawl(site)
    assert stored(tmp_path) == 27
    pages = [f"/all?page={number}" for number in range(2, 10)]
    assert [path for path in web.paths("/all") if path != "/all"] == pages
    assert len(web.paths("/news/")) == len(set(web.paths("/news/"))) == 27


def test_a_servers_error_in_the_walk_is_tried_in_the_next_crawl(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, sections=(f"{web.url}/all",))
    paged(web, 4)
    page, web.pages["/all?page=3"] = web.pages["/all?page=3"], Answer("busy", 500)
    crawl(site)
    assert stored(tmp_path) == 6
    web.pages["/all?page=3"] = page
    crawl(site)
    assert stored(tmp_path) == 12
    web.forget()
    crawl(site)
    assert web.paths("/all") == ["/all"]


def test_a_list_that_gives_its_last_page_for_any_number_ends(
    web: Web, bare: Site, crawl: Crawl
) -> None:
    def clamped(asked: ReceivedRequest) -> str:
        page = int(parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0])
        web.pages[f"/all?page={page + 1}"] = clamped
        first = 100 + min(page, 3) * 3
        return section(web, range(first, first + 3), f"/all?page={page + 1}")

    web.pages["/all"] = clamped
    crawl(replace(bare, sections=(f"{web.url}/all",)), limit=100)
    assert len(web.paths("/all")) == 6


class Blog:
    """As much of a WordPress REST interface as a crawl uses."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.posts: dict[int, dict[str, object]] = {}
        self.most = 100
        self.closed = False

    def publish(self, number: int, modified: str | None = None, words: str = "") -> None:
        date = f"2026-10-{number // 24 + 1:02}T{number % 24:02}:00:00"
        self.posts[number] = {
            "id": number,
            "date": date,
            "date_gmt": date,
            "modified": modified or date,
            "modified_gmt": modified or date,
            "link": f"{self.web.url}/news/{number}",
            "title": {"rendered": f"خبر {number} &amp; غيره"},
            "content": {"rendered": f"<p>نص الخبر رقم {number}. {words}</p>", "protected": False},
        }

    def __call__(self, asked: ReceivedRequest) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        per_page = int(query["per_page"])
        headers = {"Content-Type": "application/json", "X-Robots-Tag": "noindex"}
        if self.closed:
            return Answer('{"code":"rest_forbidden","message":"مغلق"}', 401, headers)
        if per_page > self.most:
            return Answer("<html>Allowed memory size exhausted</html>", 500)
        posts = [post for post in self.posts.values() if self._matches(post, query)]
        key = "modified" if query.get("orderby") == "modified" else "date"
        posts.sort(key=lambda post: str(post[key]), reverse=query.get("order") == "desc")
        page = int(query.get("page", "1"))
        headers["X-WP-TotalPages"] = str(-(-len(posts) // per_page))
        return Answer(json.dumps(posts[(page - 1) * per_page : page * per_page]), 200, headers)

    def _matches(self, post: dict[str, object], query: dict[str, str]) -> bool:
        date, modified = str(post["date"]), str(post["modified"])
        excluded = query.get("exclude", "").split(",")
        return (
            date > query.get("after", "").removesuffix("Z")
            and date < query.get("before", "9").removesuffix("Z")
            and modified > query.get("modified_after", "").removesuffix("Z")
            and str(post["id"]) not in excluded
        )


class BlogWeb(Web):
    """A server that answers every REST request from a blog."""

    blog: Blog

    def answer(self, asked: ReceivedRequest) -> Answer:
        if asked.path.startswith("/wp-json/wp/v2/posts?"):
            return self.blog(asked)
        return super().answer(asked)


@pytest.fixture
def blog(web: Web) -> Blog:
    blog = Blog(web)
    web.__class__ = BlogWeb
    web.blog = blog  # type: ignore[attr-defined]
    return blog


def test_rest_brings_new_and_edited_posts_without_a_page(
    web: Web, bare: Site, blog: Blog, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, wordpress=f"{web.url}/wp-json/")
    for number in range(130):
        blog.publish(number)
    assert crawl(site).counts["new"] == 130
    assert web.paths("/news/") == []
    titles = {item.title for item in iterate(open_database(tmp_path))}
    assert "خبر 7 & غيره" in titles
    web.forget()
    assert crawl(site).counts.get("new", 0) == 0
    assert len(web.paths("/wp-json/")) <= 2, "a quiet poll"
    blog.publish(130)
    blog.publish(3, "2026-10-31T09:00:00", words="تحديث.")
    result = crawl(site)
    assert (result.counts["new"], result.counts["revised"]) == (1, 1)
    assert web.paths("/news/") == []


def test_the_archive_comes_over_several_crawls(
    web: Web, bare: Site, blog: Blog, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, wordpress=f"{web.url}/wp-json/", pages=100)
    for number in range(250):
        blog.publish(number)
    for crawled in (100, 200, 250):
        crawl(site)
        assert stored(tmp_path) == crawled
    assert counts(open_database(tmp_path)) == {"done": 250}


def test_a_host_too_small_for_a_hundred_posts_is_asked_for_fewer(
    web: Web, bare: Site, blog: Blog, crawl: Crawl
) -> None:
    blog.most = 30
    for number in range(60):
        blog.publish(number)
    assert crawl(replace(bare, wordpress=f"{web.url}/wp-json/")).counts["new"] == 60


def test_where_rest_is_closed_the_other_sources_are_read(
    web: Web, site: Site, blog: Blog, crawl: Crawl
) -> None:
    blog.closed = True
    web.pages |= {"/feed": urlset(web, range(2))}
    result = crawl(
        replace(site, feeds=(), sitemaps=(f"{web.url}/feed",), wordpress=f"{web.url}/wp-json/")
    )
    assert (result.outcome, result.counts["new"]) == ("finished", 2)
    assert result.counts["sources_failed"] == 1


def test_a_site_without_sources_is_probed_once_and_anew_when_they_end(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    web.pages |= {
        "/": '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        "</head><body>الرئيسية</body></html>",
        "/rss.xml": rss(web.url, [101, 102]),
        "/news/101": article(101),
        "/news/102": article(102),
    }
    assert crawl(bare).counts["new"] == 2
    web.forget()
    crawl(bare)
    assert web.paths() == ["/robots.txt", "/rss.xml"], "a quiet poll asks for nothing else"
    del web.pages["/rss.xml"]
    web.pages["/"] = str(web.pages["/"]).replace("rss.xml", "new.xml")
    web.pages |= {"/new.xml": rss(web.url, [103]), "/news/103": article(103)}
    assert crawl(bare).outcome == "failed"
    assert crawl(bare).counts["new"] == 1
    assert stored(tmp_path) == 3


def test_a_site_that_announces_nothing_says_so(web: Web, bare: Site, crawl: Crawl) -> None:
    web.pages["/"] = "<html><body>قيد الإنشاء</body></html>"
    result = crawl(bare)
    assert result.outcome == "failed"
    assert "nothing announces its articles" in result.trouble


def test_where_rest_alone_is_named_and_closed_the_site_is_probed(
    web: Web, bare: Site, blog: Blog, crawl: Crawl
) -> None:
    blog.closed = True
    web.pages |= {
        "/": '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        "</head><body>الرئيسية</body></html>",
        "/rss.xml": rss(web.url, [101]),
        "/news/101": article(101),
    }
    result = crawl(replace(bare, wordpress=f"{web.url}/wp-json/"))
    assert (result.outcome, result.counts["new"]) == ("finished", 1)


def test_of_a_host_in_several_languages_only_the_sites_folder_is_taken(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    def home(language: str, feed: str, words: str) -> str:
        link = f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
        return f'<html lang="{language}"><head>{link}</head><body><a href="#">{words * 9}</a></body></html>'

    web.pages["/"] = home("en", "/rss.xml", "The news of the day in many words. ")
    web.pages["/ar/"] = home("ar", "/ar/rss.xml", "أخبار اليوم في كلمات كثيرة من المدينة. ")
    web.pages |= {f"/ar/news/{number}": article(number) for number in (101, 102)}
    links = [f"{web.url}/ar/news/101", f"{web.url}/ar/news/102", f"{web.url}/en/news/103"]
    items = "".join(f"<item><title>خبر</title><link>{link}</link></item>" for link in links)
    web.pages["/ar/rss.xml"] = f"<rss version='2.0'><channel>{items}</channel></rss>"
    site = replace(bare, homepage=f"{web.url}/ar/")
    assert crawl(site).counts["new"] == 2
    web.forget()
    assert crawl(site).outcome == "finished"
    assert web.paths() == ["/robots.txt", "/ar/rss.xml"]


@pytest.mark.parametrize("trouble", [Answer(raw=b""), Answer("busy", 503), Answer("x", 500)])
def test_while_a_site_is_down_no_attempt_at_its_articles_is_used_up(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, trouble: Answer
) -> None:
    web.pages |= {"/feed": rss(web.url, range(3)), "/news/0": article(0), "/news/1": trouble}
    crawl(site)
    database = open_database(tmp_path)
    database.execute("UPDATE frontier SET due = discovered_at WHERE state = 'queued'")
    before = list(database.query("SELECT * FROM frontier WHERE state = 'queued'"))
    web.pages["/feed"] = trouble
    web.forget()
    for _ in range(6):
        assert crawl(site).outcome in ("failed", "resting")
    assert web.paths("/news/") == []
    assert list(database.query("SELECT * FROM frontier WHERE state = 'queued'")) == before


def test_a_source_that_is_not_read_in_time_is_trouble_of_its_own(
    web: Web, site: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def overrun(context: SourceContext, url: str) -> SourceRead:
        await context.run(time.sleep, 60)
        raise AssertionError

    monkeypatch.setitem(read._READERS, "section", overrun)
    publish(web, range(1))
    events: list[object] = []
    sections = (f"{web.url}/",)
    result = crawl(replace(site, sections=sections), on_event=lambda _, e: events.append(e))
    assert result.counts["new"] == 1
    [section] = [e for e in events if isinstance(e, SourceRead) and e.kind == "section"]
    assert (section.problem, section.reason) == ("not read within 1 s", "timeout")


def test_a_crawl_that_finds_nothing_changed_starts_no_workers(
    web: Web, site: Site, crawl: Crawl
) -> None:
    publish(web, range(1))
    feed = web.pages["/feed"]
    assert isinstance(feed, Answer)
    web.pages["/feed"] = replace(feed, headers={**feed.headers, "ETag": '"1"'})
    web.pages["/robots.txt"] = Answer(
        "User-agent: *\nDisallow: /x", headers={"Content-Type": "text/plain"}
    )
    crawl(site)
    web.pages["/feed"] = Answer(status=304)
    idle = LocalRefiner(function="fake_refine.refine")
    assert crawl(site, refiner=idle).outcome == "finished"
    assert web.asked[-1].headers["if-none-match"] == '"1"'
    assert idle._pool is None
