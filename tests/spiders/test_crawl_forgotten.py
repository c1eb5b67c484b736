"""What was taken out is not fetched again, whatever lists it, leads to it or asks for it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from takedowns import traces
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from spiders.runner import CrawlResult
from storage.archive.verify import verify_archive
from storage.database import open_database
from storage.takedown.remove import forget
from storage.takedown.targets import of_references
from text.timestamps import utc_now

Crawl = Callable[..., CrawlResult]


def take_out(data: Path, url: str) -> None:
    with open_database(data) as db:
        forget(db, of_references(db, [url]), "asked to", utc_now())


def test_a_list_that_names_it_brings_no_request(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(3))
    crawl(site)
    take_out(tmp_path, f"{web.url}/news/1")
    web.forget()
    publish(web, range(4))
    result = crawl(site)
    assert web.paths("/news") == ["/news/3"]
    assert result.counts["new"] == 1
    with open_database(tmp_path) as db:
        assert db["articles"].count == 3
        assert verify_archive(db, tmp_path).problems == []
    assert traces(tmp_path, "/news/1") == []


def test_asked_for_by_its_address_the_crawl_says_that_it_was_taken_out(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    crawl(site)
    take_out(tmp_path, f"{web.url}/news/1")
    web.forget()
    result = crawl(site, url=f"{web.url}/news/1")
    assert result.outcome == "bad_order"
    assert "was taken out on" in result.trouble
    assert web.asked == []


def test_a_redirect_to_it_is_not_followed(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    crawl(site)
    take_out(tmp_path, f"{web.url}/news/1")
    web.forget()
    web.pages["/short"] = Answer(status=302, headers={"Location": "/news/1"})
    result = crawl(site, url=f"{web.url}/short")
    assert web.paths("/news") == []
    assert result.counts["rejected: forgotten"] == 1


def test_taken_out_while_it_is_fetched_it_is_not_stored(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    def taken_out_meanwhile(asked: ReceivedRequest) -> Answer:
        take_out(tmp_path, f"{web.url}/news/1")
        return Answer(article(1))

    publish(web, [1, 2])
    web.pages["/news/1"] = taken_out_meanwhile
    crawl(replace(site, concurrency=1))
    crawl(site)
    assert traces(tmp_path, "/news/1") == []
    with open_database(tmp_path) as db:
        assert db["articles"].count == 1
        assert verify_archive(db, tmp_path).problems == []


def test_what_is_too_old_to_be_kept_is_not_stored(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    web.pages |= {"/feed": rss(web.url, [1]), "/news/1": article(1)}
    crawl(replace(site, keep_days=1))
    with open_database(tmp_path) as db:
        assert db["articles"].count == 0


@pytest.mark.parametrize("key", ["keep_days", "keep_articles"])
def test_a_site_file_says_what_is_kept(key: str, tmp_path: Path) -> None:
    from spiders.site_files import read_site

    file = tmp_path / "news.toml"
    file.write_text(f'homepage = "https://news.example/"\n{key} = 30\n')
    assert getattr(read_site(file), key) == 30
