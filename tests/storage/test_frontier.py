"""The frontier: addresses are queued, taken, finished, and queued once more when they change."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, rows

from items import Hints, Link, Validators
from storage import frontier, frontier_states, http_validators
from storage.articles import store
from text.timestamps import add_seconds


def link(number: int, html: str | None = None, **hints: object) -> Link:
    url = f"https://news.example/{number}"
    return Link(url, url + "?from=feed", "feed", Hints(**hints), html)  # type: ignore[arg-type]


def taken(db: Database, now: str = NOW, n: int = 100) -> list[str]:
    return [queued.link.url[-1] for queued in frontier.take(db, "news", n, now=now)]


def test_links_come_back_as_they_were_found(db: Database) -> None:
    full = link(
        *(1, "<p>نص \ud83d</p>"),
        title="عنوان",
        published=NOW,
        modified=NOW,
        sections=("محليات",),
        tags=("ثقافة",),
    )
    assert frontier.add(db, "news", [full, link(2)], now=NOW) == 2
    assert frontier.take(db, "news", 9, now=LATER) == [
        frontier.Queued(full, 0),
        frontier.Queued(link(2), 0),
    ]
    assert frontier.known(db, [full.url, "https://news.example/9"]) == {full.url}


def test_a_known_address_is_queued_once(db: Database) -> None:
    assert frontier.add(db, "news", [link(1), link(1), link(2)], now=NOW) == 2
    assert frontier.add(db, "news", [link(1), link(2)], now=LATER) == 0
    assert frontier.counts(db) == {"queued": 2}
    assert frontier.counts(db, "news") == {"queued": 2}
    assert frontier.counts(db, "other") == {}


def test_the_newest_come_first_and_those_in_flight_not_again(db: Database) -> None:
    days = {1: "2026-10-01", 2: "2026-10-03", 3: "2026-10-02"}
    links = [link(number, published=f"{day}T00:00:00Z") for number, day in days.items()]
    frontier.add(db, "news", [*links, link(4), link(5)], now=NOW)
    assert taken(db) == ["4", "5", "2", "3", "1"]
    assert taken(db, n=2) == ["4", "5"]
    flying = {"https://news.example/4", "https://news.example/2"}
    left = frontier.take(db, "news", 2, now=NOW, exclude=flying)
    assert [queued.link.url[-1] for queued in left] == ["5", "3"]


def test_storing_an_article_settles_its_address_and_the_one_it_led_to(db: Database) -> None:
    short = Link("https://news.example/?p=1", "https://news.example/?p=1", "feed", html="<p>")
    frontier.add(db, "news", [short, link(2)], now=NOW)
    store(db, article(1), key=short.url, now=NOW)
    assert taken(db) == ["2"]
    sql = "SELECT url, state, article, payload FROM frontier WHERE state = 'done' ORDER BY url"
    assert rows(db, sql) == [
        ("https://news.example/1", "done", article(1).id, None),
        ("https://news.example/?p=1", "done", article(1).id, None),
    ]
    assert frontier.add(db, "news", [link(1)], now=LATER) == 0


@pytest.mark.parametrize(
    ("stored", "modified", "queued"),
    [
        (NOW, LATER, True),
        (NOW, NOW, False),
        (LATER, NOW, False),
        (NOW, None, False),
        (None, None, False),
        # No time was known when it was stored: then the time of the fetch counts.
        (None, "2026-10-30T06:00:00Z", False),
        (None, LATER, True),
    ],
)
def test_a_stored_address_comes_back_when_modified_since(
    db: Database, stored: str | None, modified: str | None, queued: bool
) -> None:
    frontier.add(db, "news", [link(1, modified=stored)], now=NOW)
    store(db, article(1), now=NOW)
    changed = link(1, "<p>نص معدّل</p>", modified=modified)
    assert frontier.add(db, "news", [changed], now=LATER) == int(queued)
    assert frontier.take(db, "news", 9, now=LATER) == (
        [frontier.Queued(changed, 0)] if queued else []
    )
    store(db, article(1, paragraphs=("نص معدّل",)), now=LATER)
    assert frontier.add(db, "news", [changed], now="2026-11-03T06:00:00Z") == 0


def test_what_the_page_says_of_its_modification_counts_too(db: Database) -> None:
    frontier.add(db, "news", [link(1, modified=NOW)], now=NOW)
    store(db, article(1, modified=LATER), now=LATER)
    assert frontier.add(db, "news", [link(1, modified=LATER)], now=LATER) == 0


def test_a_site_that_says_every_time_that_all_is_new_is_believed_less_and_less(
    db: Database,
) -> None:
    waits = []
    frontier.add(db, "news", [link(1)], now=NOW)
    now = NOW
    for _ in range(6):
        store(db, article(1), now=now)
        now = add_seconds(now, 60)
        assert frontier.add(db, "news", [link(1, modified=now)], now=now) == 1
        waits.append(
            [wait for wait in (0, 3600, 4 * 3600) if taken(db, add_seconds(now, wait))][:1]
        )
    assert waits == [[0], [0], [0], [3600], [4 * 3600], []]


def test_of_two_findings_of_a_waiting_address_the_newer_is_right(db: Database) -> None:
    frontier.add(db, "news", [link(1, modified=NOW, title="قديم", author="سعاد")], now=NOW)
    frontier.add(db, "news", [link(1, "<p>نص</p>", modified=LATER, title="جديد")], now=NOW)
    frontier.add(db, "news", [link(1, tags=("ثقافة",), title="آخر")], now=NOW)
    [queued] = frontier.take(db, "news", 9, now=NOW)
    assert queued.link.html == "<p>نص</p>"
    assert queued.link.hints == Hints(title="جديد", author="سعاد", modified=LATER, tags=("ثقافة",))


def test_failures_are_tried_again_ever_later_and_then_given_up(db: Database) -> None:
    frontier.add(db, "news", [link(1, "<p>")], now=NOW)
    url, now, waits = link(1).url, NOW, []
    for attempt in range(1, 5):
        frontier_states.retry(db, url, "503", now=now)
        [(due,)] = rows(db, "SELECT due FROM frontier")
        waits.append(
            next(minutes for minutes in (4, 16, 64, 256) if add_seconds(now, minutes * 60) <= due)
        )
        assert due <= add_seconds(now, 5 * 4 ** (attempt - 1) * 60 * 1.2)
        assert frontier.take(db, "news", 1, now=now) == []
        now = due
        assert frontier.take(db, "news", 1, now=now) == [frontier.Queued(link(1, "<p>"), attempt)]
    frontier_states.retry(db, url, "503", now=now)
    assert rows(db, "SELECT state, reason, payload, due FROM frontier") == [
        ("failed", "503", None, None)
    ]
    frontier_states.retry(db, "https://nowhere.example/", "503", now=now)


def test_waits_grow_fourfold(db: Database) -> None:
    frontier.add(db, "news", [link(1)], now=NOW)
    for minutes in (5, 20, 80, 320):
        frontier_states.retry(db, link(1).url, "timeout", now=NOW)
        [(due,)] = rows(db, "SELECT due FROM frontier")
        assert add_seconds(NOW, minutes * 48) <= due <= add_seconds(NOW, minutes * 72)


def test_settled_for_good_and_postponed(db: Database) -> None:
    states = ("gone", "denied", "rejected", "failed")
    frontier.add(db, "news", [link(number, "<p>") for number in range(5)], now=NOW)
    for number, state in enumerate(states):
        frontier_states.finish_url(db, link(number).url, state, reason="لأنه\x00", now=NOW)  # type: ignore[arg-type]
    frontier_states.finish_url(db, link(4).url, "queued", reason="429", now=NOW, retry_at=LATER)
    assert frontier.counts(db) == {**dict.fromkeys(states, 1), "queued": 1}
    assert rows(db, "SELECT DISTINCT reason FROM frontier WHERE payload IS NULL") == [("لأنه",)]
    assert taken(db, NOW) == []
    assert taken(db, LATER) == ["4"]
    newer = [link(number, modified=LATER) for number in range(4)]
    assert frontier.add(db, "news", newer, now=LATER) == 2
    assert frontier.counts(db) == {"gone": 1, "denied": 1, "queued": 3}


def test_validators_are_saved_with_what_the_document_held(db: Database) -> None:
    feed = Validators("https://news.example/feed", '"abc"', "Sun, 01 Nov 2026 06:00:00 GMT")
    frontier.add(db, "news", [link(1)], [feed], now=NOW)
    assert http_validators.validators(db, feed.url) == feed
    rest = replace(feed, cursor='{"after": "2026-11-01"}')
    http_validators.save_validators(db, rest, NOW)
    assert http_validators.validators(db, feed.url) == rest
    assert http_validators.validators(db, "https://news.example/other") is None

    class Broken(Exception):
        pass

    def breaking() -> Iterator[Link]:
        yield link(2)
        raise Broken

    with pytest.raises(Broken):
        frontier.add(db, "news", breaking(), [feed], now=NOW)  # type: ignore[arg-type]
    assert http_validators.validators(db, feed.url) == rest
    assert frontier.known(db, [link(2).url]) == set()


def test_hostile_addresses_are_stored(db: Database) -> None:
    hostile = "https://news.example/\ud83d\x00'; DROP TABLE frontier; --"
    found = Link(hostile, hostile, "feed", Hints(title="\ud83d\x00"), "\ud83d\x00")
    assert frontier.add(db, "news", [found], [Validators(hostile, "\ud83d")], now=NOW) == 1
    assert frontier.known(db, [hostile]) == {hostile}
    [queued] = frontier.take(db, "news", 1, now=NOW)
    assert queued.link.html == "\ud83d\x00"
    frontier_states.retry(db, hostile, "\ud83d", now=NOW)
    store(db, article(1), key=hostile, now=NOW)
    assert frontier.counts(db) == {"done": 2}
