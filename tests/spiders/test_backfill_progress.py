"""What a backfill says of itself."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from items import Site
from spiders.backfill_progress import describe_backfill, duration, seconds_left
from spiders.crawl_status import BackfillCounts
from spiders.fetching.host_pace import pace

SITE = Site("ex", homepage="https://ex.org/", delay=1.0)


def session(counts: BackfillCounts | None, finished: int = 0, **numbers: int) -> Any:
    return SimpleNamespace(
        backfill=counts,
        site=SITE,
        counts=Counter({name.replace("_", " "): number for name, number in numbers.items()}),
        finished_pages=finished,
    )


def test_the_rest_takes_what_the_pace_allows() -> None:
    # 3 600 addresses and 400 pages of sources, a second each.
    crawl = session(BackfillCounts(read=10, due=400, queued=3600, finished=0))
    assert seconds_left(crawl, 5) == 4000
    crawl.finished_pages = 600
    assert seconds_left(crawl, 5) == 3400, "never faster than the pace, however fast it was"
    assert seconds_left(crawl, 1200) == 6800, "as slow as it was, where the site is slow"


def test_a_crawl_delay_counts() -> None:
    pace.keep_crawl_delay("ex.org", 30)
    assert seconds_left(session(BackfillCounts(1, 0, 10, 0)), 5) == 300


def test_a_line_says_how_far_it_is() -> None:
    counts = BackfillCounts(read=9, due=3, queued=100, finished=20)
    crawl = session(counts, 50, queued=150, new=40, copies=2, source_pages=9)
    assert describe_backfill(crawl, 50.0) == (
        "9 of 12 source pages, 150 addresses found, 42 stored, 1.0/s, 1 min or more left"
    )
    crawl.backfill = replace(counts, due=0)
    assert describe_backfill(crawl, 50.0).endswith(", 1 min left")
    assert describe_backfill(session(None), 5) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute"),
        (90, "2 min"),
        (3600, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (200_000, "2 d 7 h"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
