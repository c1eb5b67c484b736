"""Backfills: what is read and fetched of each kind of source, what is left, and how they go on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlite_utils import Database
from web_server import Answer, ReceivedRequest, Web, article

from items import Site
from spiders.crawl_options import OptionError, parse_options
from spiders.runner import CrawlResult
from spiders.sources import backfill, backfill_pages
from storage import source_pages
from storage.article_rows import iterate
from storage.database import open_database
from storage.source_pages import BackfillState

pytestmark = pytest.mark.slow

Crawl = Callable[..., CrawlResult]
XML = {"Content-Type": "application/xml"}
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
OLD, NEW = "2010-06-01T00:00:00Z", "2012-06-01T00:00:00Z"
SINCE = "2011-01-01"


def sitemap(web: Web, entries: dict[str, str], kind: str = "url") -> Answer:
    """`entries`: the lastmod by path; an empty one is left out."""
    texts = (
        f"<{kind}><loc>{web.url}{path}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</{kind}>"
        for path, when in entries.items()
    )
    root = "urlset" if kind == "url" else "sitemapindex"
    return Answer(f"<{root} {NAMESPACE}>{''.join(texts)}</{root}>", headers=XML)


def list_page(paths: list[str], following: str | None = None) -> str:
    links = "".join(
        f'<h3><a href="{path}">خبر طويل العنوان يحمل الرقم {path[-1]} في آخره</a></h3>'
        for path in paths
    )
    rest = f'<a rel="next" href="{following}">التالي</a>' if following else ""
    return f"<html><body><main>{links}</main>{rest}</body></html>"


def state(folder: Path) -> BackfillState:
    with open_database(folder) as db:
        found = source_pages.state(db, "news")
    assert found
    return found


def stored(db: Database) -> set[str]:
    return {str(item.url).rpartition("/")[2] for item in iterate(db)}


@pytest.fixture
def mapped(web: Web, bare: Site) -> Site:
    return replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))


def test_sitemaps_of_the_time_are_read_and_nothing_that_is_known_to_be_older(
    web: Web, mapped: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    members = {"/old.xml": OLD, "/new.xml": NEW, "/undated.xml": ""}
    web.pages["/sitemap.xml"] = sitemap(web, members, "sitemap")
    web.pages["/new.xml"] = sitemap(
        web, {"/news/1": NEW, "/news/2": OLD, "/2010/12/news3": NEW, "/2011/01/news4": NEW}
    )
    web.pages["/undated.xml"] = sitemap(web, {"/news/5": "", "/2010/12/31/news6": ""})
    for path in ("/news/1", "/2011/01/news4", "/news/5"):
        web.pages[path] = article(7, words=path, published=NEW)
    assert crawl(mapped, since=SINCE).outcome == "finished"
    assert stored(db) == {"1", "news4", "5"}
    lists = {"/sitemap.xml", "/new.xml", "/undated.xml", "/robots.txt"}
    assert set(web.paths()) == lists | {"/news/1", "/2011/01/news4", "/news/5"}
    assert state(tmp_path).finished


def test_an_article_that_turns_out_older_is_kept_unless_the_site_s_file_excludes_it(
    web: Web, mapped: Site, crawl: Crawl, db: Database
) -> None:
    web.pages["/sitemap.xml"] = sitemap(web, {"/news/1": ""})
    web.pages["/news/1"] = article(1, published=OLD)
    crawl(replace(mapped, since="2011-01-01"), since=SINCE)
    assert stored(db) == set()
    crawl(mapped, since="2010-12-01")
    assert stored(db) == {"1"}, "it was rejected for its age, and is due once more"


def test_a_poll_takes_what_a_backfill_has_queued(
    web: Web, mapped: Site, crawl: Crawl, db: Database
) -> None:
    web.pages["/sitemap.xml"] = sitemap(web, {f"/news/{n}": NEW for n in range(3)})
    web.pages |= {f"/news/{n}": article(n, published=NEW) for n in range(3)}
    recent = replace(mapped, since="2020-01-01")
    crawl(recent, since=SINCE, limit=1)
    assert len(stored(db)) == 1
    crawl(recent)
    assert stored(db) == {"0", "1", "2"}


def test_it_goes_on_after_its_limit_and_begins_anew_after_its_end(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    for number in range(6):
        following = f"/list?page={number + 2}" if number < 5 else None
        path = "/list" if not number else f"/list?page={number + 1}"
        web.pages[path] = list_page([f"/news/{10 + number}"], following)
        web.pages[f"/news/{10 + number}"] = article(number)
    listed = replace(bare, sections=(f"{web.url}/list",))
    for count in (2, 4):
        crawl(listed, since=SINCE, limit=2)
        assert len(stored(db)) == count
        assert not state(tmp_path).finished
    crawl(listed, since=SINCE)
    assert len(stored(db)) == 6
    assert state(tmp_path).finished
    assert sorted(web.paths("/list")) == sorted({*web.paths("/list")}), "each page once"
    assert len(web.paths("/news/")) == 6
    web.forget()
    crawl(listed, since=SINCE)
    assert len(web.paths("/list")) == 6, "of what was finished, the lists are read anew"
    assert web.paths("/news/") == []


def test_a_list_ends_where_all_its_addresses_are_older(
    web: Web, bare: Site, crawl: Crawl, db: Database
) -> None:
    """Not at the first page of them: an old story may be pinned."""
    years = [2012, 2010, 2012, 2010, 2010, 2010, 2010, 2010]
    for number, year in enumerate(years, 1):
        path = f"/{year}/05/{number:02}/story"
        web.pages[f"/list?page={number}"] = list_page([path], f"/list?page={number + 1}")
        web.pages[path] = article(number, published=f"{year}-05-0{number}T00:00:00Z")
    crawl(replace(bare, sections=(f"{web.url}/list?page=1",)), since=SINCE)
    assert len(list(iterate(db))) == 2
    # Two are asked for at once.
    assert sorted(web.paths("/20")) == ["/2012/05/01/story", "/2012/05/03/story"]
    assert len(web.paths("/list")) == 6


def feed(web: Web, times: dict[str, str], *, wordpress: bool = True) -> Answer:
    items = "".join(
        f"<item><title>خبر</title><link>{web.url}{path}</link>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(when).astimezone(UTC))}</pubDate></item>"
        for path, when in times.items()
    )
    head = "<generator>https://wordpress.org/?v=6.7</generator>" if wordpress else ""
    return Answer(f'<rss version="2.0"><channel>{head}{items}</channel></rss>', headers=XML)


def test_pages_of_a_feed_are_read_to_the_date(
    web: Web, site: Site, crawl: Crawl, db: Database
) -> None:
    web.pages["/feed"] = feed(web, {"/news/1": NEW})
    web.pages["/feed?paged=2"] = feed(web, {"/news/2": NEW, "/news/3": OLD})
    for page in range(3, 9):
        web.pages[f"/feed?paged={page}"] = feed(web, {f"/news/{page + 1}": OLD})
    web.pages |= {f"/news/{number}": article(number) for number in range(10)}
    crawl(site, since=SINCE)
    assert stored(db) == {"1", "2"}
    assert web.paths("/feed")[-1] == "/feed?paged=5"


def test_a_feed_that_knows_no_pages_is_asked_once(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    same = feed(web, {"/news/1": NEW})
    web.pages |= {"/feed": same, "/feed?paged=2": same, "/news/1": article(1)}
    crawl(site, since=SINCE)
    assert len(web.paths("/feed")) == 2
    assert state(tmp_path).finished


def test_months_without_articles_are_no_trouble_and_the_first_is_that_of_the_date(
    web: Web, bare: Site, crawl: Crawl, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill_pages, "utc_now", lambda: "2012-03-05T00:00:00Z")
    web.pages["/2012/02/"] = list_page(["/news/12"], "/2012/02/?page=2")
    web.pages["/2012/02/?page=2"] = list_page(["/news/13"])
    web.pages["/2011/10/"] = list_page(["/news/14"])
    web.pages |= {f"/news/{number}": article(number) for number in (12, 13, 14)}
    result = crawl(replace(bare, archives=(f"{web.url}/{{year}}/{{month}}/",)), since="2011-10-20")
    assert result.outcome == "finished"
    assert result.trouble == ""
    assert stored(db) == {"12", "13", "14"}
    months = [path for path in web.paths("/20") if "?" not in path]
    assert months == ["/2012/03/", "/2012/02/", "/2012/01/", "/2011/12/", "/2011/11/", "/2011/10/"]


def test_a_sitemap_that_fails_is_told_and_tried_by_the_next_crawl(
    web: Web, mapped: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    web.pages["/sitemap.xml"] = sitemap(web, {"/a.xml": "", "/b.xml": ""}, "sitemap")
    web.pages["/a.xml"] = Answer("overloaded", 500)
    web.pages["/b.xml"] = sitemap(web, {"/news/1": NEW})
    web.pages |= {f"/news/{number}": article(number) for number in (1, 2)}
    result = crawl(mapped, since=SINCE)
    assert "/a.xml: answers 500" in result.trouble
    assert stored(db) == {"1"}
    assert state(tmp_path).failed == 1
    assert not state(tmp_path).finished
    web.pages["/a.xml"] = sitemap(web, {"/news/2": NEW})
    web.forget()
    assert crawl(mapped, since=SINCE).trouble == ""
    assert set(web.paths()) == {"/robots.txt", "/a.xml", "/news/2"}
    assert state(tmp_path).finished


def test_a_site_that_is_down_uses_up_nothing(
    web: Web, mapped: Site, crawl: Crawl, tmp_path: Path
) -> None:
    web.pages["/sitemap.xml"] = sitemap(web, {f"/{n}.xml": "" for n in range(20)}, "sitemap")
    web.pages |= {f"/{n}.xml": Answer("down", 502) for n in range(20)}
    result = crawl(mapped, since=SINCE)
    assert result.outcome == "failed"
    assert "do not answer" in result.trouble
    assert len(web.paths()) <= 2 + 5
    assert state(tmp_path).due == 20


def test_a_limit_that_is_reached_is_told(
    web: Web,
    bare: Site,
    crawl: Crawl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(backfill_pages, "_MAX_EMPTY", 4)

    def calendar(asked: ReceivedRequest) -> str:
        return list_page([], f"/list?page={int(asked.path.rpartition('=')[2]) + 1}")

    web.pages |= {f"/list?page={number}": calendar for number in range(1, 50)}
    crawl(replace(bare, sections=(f"{web.url}/list?page=1",)), since=SINCE)
    assert len(web.paths("/list")) == 4
    assert "goes on after 4 pages without an article" in caplog.text
    assert "goes on after 4 pages" in state(tmp_path).notes[0]


def test_articles_are_fetched_before_all_sources_are_read(
    web: Web, mapped: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "_MAX_QUEUED", 2)
    web.pages["/sitemap.xml"] = sitemap(web, {f"/{n}.xml": "" for n in range(3)}, "sitemap")
    for number in range(3):
        web.pages[f"/{number}.xml"] = sitemap(web, {f"/news/{number}{i}": NEW for i in range(2)})
    web.pages |= {f"/news/{n}{i}": article(n * 10 + i) for n in range(3) for i in range(2)}
    crawl(mapped, since=SINCE)
    kinds = ["news" if path.startswith("/news") else "list" for path in web.paths()]
    assert kinds[-2:] == ["news", "news"]
    assert kinds.count("news") == 6
    assert "list" in kinds[kinds.index("news") :]


def test_sources_are_discovered_where_the_file_names_none(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    web.pages["/"] = "<html><body>مرحبا</body></html>"
    web.pages["/sitemap.xml"] = sitemap(web, {"/news/1": NEW, "/news/2": NEW})
    web.pages |= {f"/news/{number}": article(number) for number in (1, 2)}
    assert crawl(bare, since=SINCE).outcome == "finished"
    assert stored(db) == {"1", "2"}
    assert state(tmp_path).finished


def test_a_site_without_sources_fails(web: Web, bare: Site, crawl: Crawl) -> None:
    result = crawl(bare, since=SINCE)
    assert result.outcome == "failed"
    assert "no source could be read" in result.trouble


@pytest.mark.parametrize(
    "since", ["yesterday", "2011-13-01", "0001-01-01", "9999-12-31", "2011", "١٢", "2100-01-01"]
)
def test_a_date_that_is_none_or_has_not_come(since: str) -> None:
    with pytest.raises(OptionError, match="since: expected a date"):
        parse_options(Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus"), since=since)


def test_a_date_is_midnight_in_the_site_s_zone() -> None:
    site = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus", since="2020-01-01")
    options = parse_options(site, since="2011-01-01")
    assert options.back_to == "2010-12-31T22:00:00Z"
    assert options.since == "2010-12-31T22:00:00Z"
    assert parse_options(replace(site, since=None), since="2011-01-01").since is None
    assert parse_options(site).since == "2019-12-31T22:00:00Z"
