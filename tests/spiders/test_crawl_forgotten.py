"""What was taken out is not fetched again, whatever lists it, leads to it or asks for it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from takedowns import traces
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from spiders.runner import CrawlResult
from spiders.site_files import read_site
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


def posts(web: Web, numbers: range) -> Web:
    """A REST interface that gives these posts with their bodies, whatever is asked for."""
    answer = Answer(
        json.dumps(
            [
                {
                    "id": n + 1,
                    "date_gmt": f"2026-11-01T06:00:{n:02}",
                    "modified_gmt": f"2026-11-01T06:00:{n:02}",
                    "link": f"{web.url}/news/{n}",
                    "title": {"rendered": f"news {n}"},
                    "content": {"rendered": f"<p>words of the post {n}.</p>"},
                }
                for n in numbers
            ]
        ),
        headers={"Content-Type": "application/json", "X-WP-TotalPages": "1"},
    )

    class Posts(dict[str, Any]):
        def get(self, path: str, other: Any = None) -> Any:
            return answer if path.startswith("/wp-json/wp/v2/posts") else super().get(path, other)

    web.pages = Posts(web.pages)
    return web


def test_a_rest_response_is_archived_without_it(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, wordpress=f"{web.url}/wp-json/")
    posts(web, range(4))
    assert crawl(site).counts["new"] == 4
    take_out(tmp_path, f"{web.url}/news/1")
    assert traces(tmp_path, "the post 1") == []
    web.forget()
    crawl(site)
    with open_database(tmp_path) as db:
        responses = db["_archived_responses"].count
    assert responses == 1, "it is nothing new"
    posts(web, range(5))
    assert crawl(site).counts["new"] == 1
    assert traces(tmp_path, "the post 1") == []
    assert traces(tmp_path, "the post 4") != []
    assert web.paths("/news") == []
    with open_database(tmp_path) as db:
        assert db["_archived_responses"].count == 2
        assert db["articles"].count + db["copies"].count == 4
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
    file = tmp_path / "news.toml"
    file.write_text(f'homepage = "https://news.example/"\n{key} = 30\n')
    assert getattr(read_site(file), key) == 30
