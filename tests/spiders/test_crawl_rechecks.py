"""A later crawl rechecks recent articles, over real HTTP."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from storage_samples import rows
from web_server import Answer, Web, article, rss

from items import Site
from spiders.runner import CrawlResult
from storage.database import open_database
from text.timestamps import add_seconds, utc_now

Crawl = Callable[..., CrawlResult]


@pytest.fixture
def recent(web: Web, site: Site, crawl: Crawl) -> Web:
    """A site that has just published an article, crawled once."""
    web.pages |= {"/feed": rss(web.url, [1]), "/news/1": page()}
    crawl(site)
    web.forget()
    return web


def page(words: str = "") -> str:
    return article(1, words, published=add_seconds(utc_now(), -600))


def an_hour_later(data: Path) -> None:
    with open_database(data) as db:
        [(due,)] = rows(db, "SELECT recheck_at FROM frontier")
        assert add_seconds(utc_now(), 3500) < due <= add_seconds(utc_now(), 3600)
        db.execute("UPDATE frontier SET recheck_at = ?", [utc_now()])


def test_until_then_no_article_page_is_fetched(recent: Web, site: Site, crawl: Crawl) -> None:
    crawl(site)
    assert recent.paths("/news/") == []


def test_the_page_is_refetched_and_found_unchanged(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    an_hour_later(tmp_path)
    assert crawl(site).counts["unchanged"] == 1
    assert recent.paths("/news/") == ["/news/1"]
    crawl(site)
    assert recent.paths("/news/") == ["/news/1"]


def test_an_unannounced_change_is_found(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    an_hour_later(tmp_path)
    recent.pages["/news/1"] = page("تحديث: انتهى الاجتماع.")
    assert crawl(site).counts["revised"] == 1
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT count(*) FROM revisions") == [(1,)]


def test_also_where_the_address_leads_to_another(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    an_hour_later(tmp_path)
    recent.pages["/news/1"] = Answer(status=301, headers={"Location": "/news/1/"})
    recent.pages["/news/1/"] = page("تحديث.")
    assert crawl(site).counts["revised"] == 1


def test_a_site_may_have_no_rechecks(web: Web, site: Site, crawl: Crawl, tmp_path: Path) -> None:
    web.pages |= {"/feed": rss(web.url, [1]), "/news/1": page()}
    crawl(replace(site, recheck=()))
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT recheck_at FROM frontier") == [(None,)]
