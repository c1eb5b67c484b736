"""The product's own crawl over the demo's sites, held against what the sites published."""

from collections import Counter
from collections.abc import Iterator

import pytest
from demo_world import World

from demo.expected import articles, check_landed, printings
from demo.server import serve

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All sites, crawled once."""
    with serve() as rooms:
        world = World(rooms, tmp_path_factory.mktemp("data"))
        world.crawl()
        yield world


def test_every_article_comes_home_once_just_as_it_was_published(crawled: World) -> None:
    with crawled.database() as db:
        rooms = crawled.rooms.items()
        verdict = check_landed(db, {room.base: articles(name) for name, room in rooms})
    assert verdict.problems == []
    # Of the copies, eight are the same text and three were altered.
    assert (verdict.expected, verdict.stored, verdict.copies) == (61, 50, 11)


def test_copies_say_of_what(crawled: World) -> None:
    pairs = crawled.rows(
        "SELECT copies.title AS copy, articles.title AS original, copies.site AS there, "
        "articles.site AS here FROM copies JOIN articles ON articles.number = copies.original"
    )
    assert len(pairs) == 11
    assert all(pair["here"] != pair["there"] for pair in pairs)
    assert any(pair["copy"] != pair["original"] for pair in pairs)


def test_what_is_no_article_is_turned_away_with_a_reason(crawled: World) -> None:
    found = {
        str(row["url"]).removeprefix(crawled.rooms[str(row["site"])].base): (
            row["state"],
            row["reason"],
        )
        for row in crawled.rows("SELECT url, site, state, reason FROM frontier")
    }
    assert found["/2025/10/draft-poll"] == ("rejected", "noindex")
    assert found["/members/report-7"] == ("rejected", "login_wall")
    assert found["/2025/09/lost"][0] == "rejected"
    assert found["/2025/10/harvest-video"][0] == "rejected"
    assert found["/2025/10/editors-notes"][0] == "denied"
    assert found["/deleted-post"][0] == "gone"


def test_robots_txt_is_obeyed(crawled: World) -> None:
    for name in ("sanabel", "mizan"):
        hidden = next(one for one in printings(name) if one.trap == "disallowed")
        assert crawled.rooms[name].asked()[hidden.path] == 0


def test_rest_brings_the_bodies_and_no_page_is_fetched(crawled: World) -> None:
    assert crawled.rooms["waha"].article_requests() == 0


def test_every_page_is_fetched_once(crawled: World) -> None:
    for name in ("mizan", "sanabel", "barid", "maraya"):
        asked = crawled.rooms[name].asked()
        times = Counter({one.path: asked[one.path] for one in articles(name)})
        assert set(times.values()) == {1}, name


def test_lines_that_went_are_kept_with_their_reasons(crawled: World) -> None:
    went = crawled.rows(
        "SELECT number, site, reason, removed_lines.text FROM removed_lines "
        "JOIN articles ON number = article"
    )
    for name, start, reason in (
        ("sanabel", "اقرأ المزيد: ", "read_more"),
        ("maraya", "", "repeat"),
    ):
        wanted = {row["number"] for row in crawled.rows(f"{NUMBERS} '{name}'")}
        rows = [row for row in went if row["site"] == name and row["reason"] == reason]
        assert {row["number"] for row in rows if str(row["text"]).startswith(start)} == wanted


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
    """The Drupal front page points at its newest a second time, with a campaign."""
    asked = crawled.rooms["mizan"].asked()
    assert [target for target in asked if "utm_" in target] == []
