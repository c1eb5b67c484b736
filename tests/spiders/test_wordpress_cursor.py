"""A WordPress is read to its end, then kept up with, and a kill at any instant loses nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fake_wordpress import ROOT, FakeWordPress
from hypothesis import given, settings
from hypothesis import strategies as st

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.wordpress_api import parse_response, posts_url
from spiders.sources.wordpress_cursor import (
    Cursor,
    advance_cursor,
    cursor_query,
    first_cursor,
    read_cursor,
    smaller_page,
    write_cursor,
)


class Reader:
    """What a crawl does: each response's posts and cursor are saved together."""

    def __init__(
        self, wordpress: FakeWordPress, per_page: int = 3, since: str | None = None
    ) -> None:
        self.wordpress = wordpress
        self.site = Site("ex", homepage="https://ex.org/", timezone=wordpress.zone, since=since)
        self.kept: dict[int, str] = {}
        self.saved = write_cursor(Cursor(per_page=per_page))
        self.got: list[int] = []

    def crawl(self, answers: int = 1000) -> int:
        """The number of responses it took; `killed_after` limits them."""
        cursor = first_cursor(read_cursor(self.saved), self.site)
        self.got = []
        for count in range(answers):
            url = cursor_query(cursor, ROOT, self.site)
            if url is None:
                return count
            status, headers, body = self.wordpress.answer(url)
            answer = parse_response(status, headers, body, self.site)
            cursor = advance_cursor(cursor, answer, f"{self.wordpress.now:%Y-%m-%dT%H:%M:%SZ}")
            numbers = [int(link.url.rpartition("/")[2]) for link in answer.links]
            titles = [link.hints.title or "" for link in answer.links]
            self.kept |= dict(zip(numbers, titles, strict=True))
            self.saved = write_cursor(cursor)
            self.got += numbers
        return answers

    @property
    def has_all(self) -> bool:
        posts = self.wordpress.posts
        return all(self.kept.get(number) == str(post.version) for number, post in posts.items())


def old(count: int, zone: str = "Asia/Damascus", every: int = 600) -> FakeWordPress:
    wordpress = FakeWordPress(zone)
    for _ in range(count):
        wordpress.publish()
        wordpress.now += timedelta(seconds=every)
    return wordpress


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 10])
@pytest.mark.parametrize("says_pages", [True, False])
def test_a_first_crawl_reads_the_archive_newest_first(count: int, says_pages: bool) -> None:
    wordpress = old(count)
    wordpress.says_pages = says_pages
    reader = Reader(wordpress)
    reader.crawl()
    assert reader.has_all
    assert list(dict.fromkeys(reader.got)) == list(range(count, 0, -1))
    assert "modified_after" not in wordpress.asked[0]


def test_later_crawls_request_what_is_new_and_edited() -> None:
    wordpress = old(10)
    reader = Reader(wordpress)
    reader.crawl()
    wordpress.now += timedelta(hours=1)
    wordpress.edit(2)
    new = wordpress.publish()
    assert reader.crawl() == 2
    assert set(reader.got) == {2, new, 10}
    assert reader.has_all


def test_a_crawl_of_a_quiet_site_gets_the_latest_post_and_nothing_else() -> None:
    wordpress = old(10)
    reader = Reader(wordpress)
    reader.crawl()
    for _ in range(3):
        wordpress.now += timedelta(days=1)
        assert reader.crawl() == 2
        assert reader.got == [10]


def test_a_scheduled_post_is_found_though_its_last_saving_is_long_ago() -> None:
    wordpress = old(10)
    reader = Reader(wordpress)
    reader.crawl()
    wordpress.now += timedelta(hours=1)
    number = wordpress.publish(scheduled=timedelta(days=3))
    reader.crawl()
    assert number in reader.got
    reader.crawl()
    assert number not in reader.got


def test_a_scheduled_post_that_was_published_late_is_found() -> None:
    wordpress = old(3)
    reader = Reader(wordpress)
    reader.crawl()
    wordpress.now += timedelta(hours=5)
    wordpress.publish()
    reader.crawl()
    number = wordpress.publish(scheduled=timedelta(days=1))
    wordpress.posts[number].published -= timedelta(hours=4)
    reader.crawl()
    assert reader.has_all


def test_posts_of_one_second_are_paged_through() -> None:
    wordpress = old(20, every=0)
    reader = Reader(wordpress)
    reader.crawl()
    assert reader.has_all
    wordpress.now += timedelta(hours=1)
    for number in range(1, 15):
        wordpress.edit(number)
    reader.crawl()
    assert reader.has_all


def test_an_hour_that_comes_twice_hides_no_post() -> None:
    # Clocks in Paris went back at 01:00 UTC: 02:50 and, twenty minutes later, 02:10.
    wordpress = FakeWordPress("Europe/Paris", now=datetime(2023, 10, 29, 0, 50, tzinfo=UTC))
    wordpress.publish()
    reader = Reader(wordpress)
    reader.crawl()
    wordpress.now += timedelta(minutes=20)
    number = wordpress.publish()
    reader.crawl()
    assert number in reader.kept


def test_a_clock_in_the_future_hides_no_later_edit() -> None:
    wordpress = old(3)
    wordpress.posts[3].modified += timedelta(days=1)
    reader = Reader(wordpress)
    reader.crawl()
    wordpress.now += timedelta(hours=1)
    wordpress.edit(1)
    reader.crawl()
    assert reader.has_all


def test_since_ends_the_archive() -> None:
    wordpress = old(10, every=86_400)
    reader = Reader(wordpress, since="2023-06-27")
    reader.crawl()
    assert sorted(reader.kept) == [7, 8, 9, 10]
    assert {query["after"] for query in wordpress.asked} == {"2023-06-26T23:59:59"}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Damascus", "America/New_York"])
def test_since_takes_a_post_of_midnight_and_none_of_the_second_before(zone: str) -> None:
    midnight = datetime(2023, 6, 27, tzinfo=ZoneInfo(zone))
    wordpress = FakeWordPress(zone)
    for seconds in (-1, 0, 1):
        wordpress.now = (midnight + timedelta(seconds=seconds)).astimezone(UTC)
        wordpress.publish()
    wordpress.now += timedelta(days=3)
    reader = Reader(wordpress, since="2023-06-27")
    reader.crawl()
    assert sorted(reader.kept) == [2, 3]


def test_a_wordpress_before_5_7_is_recognised_by_its_responses() -> None:
    wordpress = old(30)
    wordpress.knows_modified_after = False
    reader = Reader(wordpress, per_page=20)
    reader.crawl()
    assert reader.has_all
    with pytest.raises(WrongFormat, match=r"older than 5\.7"):
        reader.crawl()


@pytest.mark.parametrize(("posts", "most"), [(1, 5), (2, 5), (3, 51), (9, 51)])
def test_a_server_that_never_ends_is_left(posts: int, most: int) -> None:
    """The same posts on each of a million pages: soon, where a page is not even full."""

    class Endless(FakeWordPress):
        def answer(self, url: str) -> tuple[int, dict[str, str], bytes]:
            _, _, body = super().answer(posts_url(ROOT, per_page=3))
            return 200, {"x-wp-totalpages": "1000000"}, body

    wordpress = Endless()
    for _ in range(posts):
        wordpress.publish()
    reader = Reader(wordpress)
    assert reader.crawl() <= most
    assert reader.crawl() <= 2 * most


@pytest.mark.parametrize("text", [None, "", "x", "[]", '{"phase": 1, "zzz": 2}', '{"edited": "x"}'])
def test_a_cursor_that_cannot_be_read_begins_anew(text: str | None) -> None:
    assert read_cursor(text) == Cursor()


def test_fewer_posts_a_page_for_a_server_that_fails() -> None:
    half = smaller_page(Cursor(page=4))
    assert half == Cursor(per_page=50)
    assert smaller_page(Cursor(per_page=12)) is None


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from([0, 0, 5, 100])),
        st.tuples(st.just("edit"), st.integers(1, 20)),
        st.tuples(st.just("wait"), st.sampled_from([0, 1, 30, 3000, 9000])),
        st.tuples(st.just("killed after"), st.integers(0, 4)),
    ),
    max_size=40,
)


@settings(max_examples=150)
@given(EVENTS, st.sampled_from([1, 2, 3]), st.booleans())
def test_no_post_and_no_edit_is_lost(
    events: list[tuple[str, int]], per_page: int, says_pages: bool
) -> None:
    wordpress = old(5)
    wordpress.says_pages = says_pages
    reader = Reader(wordpress, per_page)
    for event, number in events:
        if event == "publish":
            wordpress.publish(scheduled=timedelta(hours=number))
        elif event == "edit" and number in wordpress.posts:
            wordpress.edit(number)
        elif event == "wait":
            wordpress.now += timedelta(seconds=number)
        elif event == "killed after":
            reader.crawl(answers=number)
    reader.crawl()
    assert reader.has_all
