"""A crawl from feed to row, over real HTTP into a real database."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import CrawlResult, crawl_sites
from storage import leases
from storage.article_rows import iterate
from storage.database import open_database
from storage.frontier import counts
from text.timestamps import utc_now

Crawl = Callable[..., CrawlResult]


def stored(data: Path) -> list[str]:
    return sorted(str(item.title) for item in iterate(open_database(data)))


def states(data: Path) -> dict[str, str]:
    rows = open_database(data).query("SELECT url, state, reason FROM frontier")
    return {"/" + row["url"].split("/", 3)[3]: f"{row['state']} {row['reason']}" for row in rows}


def test_every_article_of_a_feed_is_stored_once(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(5))
    result = crawl(site)
    assert (result.outcome, result.counts["new"]) == ("finished", 5)
    assert stored(tmp_path) == [f"خبر {n}" for n in range(5)]


def test_a_quiet_site_costs_one_conditional_request(web: Web, site: Site, crawl: Crawl) -> None:
    feed = rss(web.url, [1])

    def conditional(asked: ReceivedRequest) -> Answer:
        if asked.headers.get("if-none-match") == '"v1"':
            return Answer(status=304)
        return replace(feed, headers={**feed.headers, "ETag": '"v1"'})

    web.pages |= {"/feed": conditional, "/news/1": article(1)}
    crawl(site)
    web.forget()
    result = crawl(site)
    assert [asked.path for asked in web.asked] == ["/robots.txt", "/feed"]
    assert (result.outcome, result.counts.get("fetched", 0)) == ("finished", 0)


def test_without_validators_the_feed_is_read_again_and_no_article(
    web: Web, site: Site, crawl: Crawl
) -> None:
    publish(web, [1, 2])
    crawl(site)
    web.forget()
    crawl(site)
    assert web.paths("/news/") == []


def test_an_edited_article_is_a_revision(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    def feed(modified: str) -> str:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>خبر 1</title>'
            f'<link href="{web.url}/news/1"/><published>2026-11-01T06:00:00Z</published>'
            f"<updated>{modified}</updated></entry></feed>"
        )

    web.pages |= {"/feed": feed("2026-11-01T06:00:00Z"), "/news/1": article(1)}
    crawl(site)
    web.pages |= {"/feed": feed("2026-11-01T09:00:00Z"), "/news/1": article(1, "تحديث.")}
    assert crawl(site).counts["revised"] == 1
    [kept] = iterate(open_database(tmp_path))
    assert kept.text.endswith("تحديث.")


def test_limit_takes_the_newest_and_leaves_the_rest_for_the_next_crawl(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(6))
    crawl(site, limit=2)
    assert stored(tmp_path) == ["خبر 4", "خبر 5"]
    crawl(site)
    assert len(stored(tmp_path)) == 6


def test_articles_before_since_are_left_alone(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    # The page alone says that this one is old: its link comes without a time.
    web.pages["/feed"] = (
        "<rss version='2.0'><channel><item><title>ق</title>"
        f"<link>{web.url}/news/9</link></item></channel></rss>"
    )
    web.pages["/news/9"] = article(9, published="2020-01-01T00:00:00Z")
    result = crawl(replace(site, since="2026-11-01"))
    assert (stored(tmp_path), result.counts["rejected: too_old"]) == ([], 1)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("<html><body>no feed</body></html>", "feed"),
        (Answer("down", 500), "500"),
        (Answer(raw=b""), "broke"),
        (Answer(b"\x89PNG", headers={"Content-Type": "image/png"}), "image/png"),
    ],
)
def test_a_broken_source_is_counted_and_the_others_are_read(
    web: Web,
    site: Site,
    crawl: Crawl,
    broken: Answer,
    message: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(web, range(3))
    web.pages["/broken"] = broken
    result = crawl(replace(site, feeds=(f"{web.url}/broken", *site.feeds)))
    assert (result.counts["sources_failed"], result.counts["new"]) == (1, 3)
    assert message in caplog.text


def test_when_no_source_can_be_read_the_crawl_has_failed(
    web: Web, site: Site, crawl: Crawl
) -> None:
    web.pages["/feed"] = Answer("down", 500)
    result = crawl(site)
    assert result.outcome == "failed"
    assert "500" in result.trouble


def test_each_failed_page_gets_its_own_outcome(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(1, 9))
    broken: dict[int, Answer | str] = {
        2: Answer("", 404),
        3: Answer("", 410),
        4: Answer("", 500),
        5: Answer("", 403),
        6: Answer(""),
        7: Answer(status=302, headers={"Location": "ftp://example.org/"}),
        8: "<html><body>list</body></html>",
    }
    web.pages |= {f"/news/{number}": answer for number, answer in broken.items()}
    crawl(site)
    assert states(tmp_path) == {
        "/news/1": "done ",
        "/news/2": "gone http_404",
        "/news/3": "gone http_410",
        "/news/4": "queued http_500",
        "/news/5": "queued http_403",
        "/news/6": "queued empty",
        "/news/7": "rejected redirect",
        "/news/8": "rejected too_short",
    }
    web.forget()
    crawl(site)
    assert web.paths("/news/") == [], "what failed comes back after minutes, not at once"


def test_redirects_are_followed_on_the_site_alone(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(1, 5))
    to = {1: "/news/real-1?utm_source=x", 2: "http://example.org/", 3: "/", 4: "/news/4"}
    web.pages |= {
        f"/news/{number}": Answer(status=301, headers={"Location": target})
        for number, target in to.items()
    }
    web.pages |= {"/news/real-1?utm_source=x": article(1), "/": "home"}
    crawl(site)
    assert stored(tmp_path) == ["خبر 1"]
    [kept] = iterate(open_database(tmp_path))
    assert kept.url == f"{web.url}/news/real-1"
    assert states(tmp_path) == {
        "/news/1": "done ",
        "/news/real-1": "done ",
        "/news/2": "rejected off_site",
        "/news/3": "gone home_page",
        "/news/4": "rejected redirect_loop",
    }


def test_a_redirect_to_a_stored_article_is_not_fetched_again(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    crawl(site)
    web.pages["/?p=1"] = Answer(status=301, headers={"Location": "/news/1/"})
    web.pages["/feed"] = (
        "<rss version='2.0'><channel><item><title>ق</title>"
        f"<link>{web.url}/?p=1</link></item></channel></rss>"
    )
    web.forget()
    crawl(site)
    assert web.paths("/news/") == []
    [row] = open_database(tmp_path).query("SELECT * FROM frontier WHERE url LIKE '%?p=1'")
    [kept] = iterate(open_database(tmp_path))
    assert (row["state"], row["article"]) == ("done", kept.id)


def test_a_page_that_hangs_its_worker_is_recorded_and_the_crawl_goes_on(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(5))
    web.pages["/news/2"] = article(2, "misbehave:hang")
    result = crawl(site)
    assert (result.counts["new"], result.counts["failed: timeout"]) == (4, 1)
    assert states(tmp_path)["/news/2"] == "queued timeout"


def test_without_workers_pages_stay_queued_and_no_attempt_is_used_up(
    web: Web, site: Site, tmp_path: Path
) -> None:
    publish(web, range(3))
    broken = LocalRefiner(workers=1, function="fake_refine.nowhere")
    [result] = crawl_sites([site], tmp_path, refiner=broken, url=f"{web.url}/news/1")
    broken.close()
    assert (result.outcome, result.trouble) == (
        "failed",
        "the worker processes end as soon as they start",
    )
    with open_database(tmp_path) as db:
        rows = db.execute("SELECT state, attempts FROM frontier").fetchall()
    assert rows == [("queued", 0)]


def test_noindex_in_the_header_is_honoured_unless_the_site_file_says_not(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1, 2])
    closed = {"X-Robots-Tag": "noindex, nofollow"}
    web.pages["/news/1"] = Answer(article(1), headers=closed)
    web.pages["/news/2"] = Answer(article(2), headers={"X-Robots-Tag": "googlebot: noindex"})
    crawl(site)
    assert stored(tmp_path) == ["خبر 2"]
    publish(web, [3])
    web.pages["/news/3"] = Answer(article(3), headers=closed)
    crawl(replace(site, honour_noindex=False))
    assert stored(tmp_path) == ["خبر 2", "خبر 3"]


def test_a_site_that_another_crawl_holds_is_declined(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    leases.acquire(open_database(tmp_path), "news", "the service", 60, utc_now())
    result = crawl(site)
    assert result.outcome == "busy"
    assert "the service" in result.trouble
    assert web.asked == []


def test_the_lease_is_given_back_and_the_crawl_is_on_record(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])
    crawl(site)
    db = open_database(tmp_path)
    assert leases.holder(db, "news") is None
    [row] = db["crawls"].rows
    assert (row["outcome"], row["queued"], row["fetched"], row["new"]) == ("finished", 1, 1, 1)
    assert counts(db, "news") == {"done": 1}
