"""A crawl of the demo's sites, compared with what the sites published."""

from collections import Counter
from collections.abc import Iterator

import pytest
from demo_world import World

from demo.expected import articles, check_stored, printings
from demo.server import serve

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All sites, crawled once."""
    with serve() as rooms:
        world = World(rooms, tmp_path_factory.mktemp("data"))
        world.crawl()
        yield world


def test_every_article_is_stored_once_as_published(crawled: World) -> None:
    with crawled.database() as db:
        rooms = crawled.rooms.items()
        check = check_stored(db, {room.base: articles(name) for name, room in rooms})
    assert check.problems == []
    # Eight of the copies are the same text, three are altered.
    assert (check.expected, check.stored, check.copies) == (61, 50, 11)


def test_copies_name_their_original(crawled: World) -> None:
    pairs = crawled.rows(
        "SELECT copies.title AS copy, articles.title AS original, copies.site AS copy_site, "
        "articles.site AS original_site FROM copies JOIN articles ON articles.number = copies.original"
    )
    assert len(pairs) == 11
    assert all(pair["original_site"] != pair["copy_site"] for pair in pairs)
    assert any(pair["copy"] != pair["original"] for pair in pairs)


def test_pages_that_are_not_articles_are_rejected_with_a_reason(crawled: World) -> None:
    states = {
        str(row["url"]).removeprefix(crawled.rooms[str(row["site"])].base): (
            row["state"],
            row["reason"],
        )
        for row in crawled.rows("SELECT url, site, state, reason FROM frontier")
    }
    assert states["/2025/10/draft-poll"] == ("rejected", "noindex")
    assert states["/members/report-7"] == ("rejected", "login_wall")
    assert states["/2025/09/lost"][0] == "rejected"
    assert states["/2025/10/harvest-video"][0] == "rejected"
    assert states["/2025/10/editors-notes"][0] == "denied"
    assert states["/deleted-post"][0] == "gone"


def test_robots_txt_is_obeyed(crawled: World) -> None:
    for name in ("sanabel", "mizan"):
        disallowed = next(printing for printing in printings(name) if printing.trap == "disallowed")
        assert crawled.rooms[name].request_counts()[disallowed.path] == 0


def test_with_rest_no_article_page_is_fetched(crawled: World) -> None:
    assert crawled.rooms["waha"].article_requests() == 0


def test_every_page_is_fetched_once(crawled: World) -> None:
    for name in ("mizan", "sanabel", "barid", "maraya"):
        counts = crawled.rooms[name].request_counts()
        requests = Counter({printing.path: counts[printing.path] for printing in articles(name)})
        assert set(requests.values()) == {1}, name


def test_removed_lines_are_stored_with_their_reasons(crawled: World) -> None:
    removed = crawled.rows(
        "SELECT number, site, reason, removed_lines.text FROM removed_lines "
        "JOIN articles ON number = article"
    )
    for name, start, reason in (
        ("sanabel", "اقرأ المزيد: ", "read_more"),
        ("maraya", "", "repeat"),
    ):
        expected = {row["number"] for row in crawled.rows(f"{NUMBERS} '{name}'")}
        rows = [row for row in removed if row["site"] == name and row["reason"] == reason]
        assert {row["number"] for row in rows if str(row["text"]).startswith(start)} == expected


NUMBERS = "SELECT number FROM articles WHERE site ="


def test_a_second_crawl_fetches_no_article_and_stores_nothing(crawled: World) -> None:
    before = crawled.rows("SELECT number, id, text, first_seen FROM articles")
    for room in crawled.rooms.values():
        room.forget_requests()
    results = crawled.crawl()
    assert {name: result.outcome for name, result in results.items()} == dict.fromkeys(
        crawled.rooms, "finished"
    )
    assert [room.article_requests() for room in crawled.rooms.values()] == [0] * 6
    assert crawled.rows("SELECT number, id, text, first_seen FROM articles") == before
    assert crawled.rows("SELECT * FROM revisions") == []


def test_the_second_link_to_an_article_is_not_fetched(crawled: World) -> None:
    """The Drupal front page links its newest articles a second time, with a campaign."""
    counts = crawled.rooms["mizan"].request_counts()
    assert [target for target in counts if "utm_" in target] == []
