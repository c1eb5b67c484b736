"""The order in which texts come in does not matter, nor does what they were before."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from duplicate_samples import check, clusters, printed, reworded, story
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from storage_samples import NOW

from items import Article
from storage.articles import store
from storage.database import open_database
from text.timestamps import add_seconds

BASES = [story(seed, 14) for seed in range(3)]
TIMES = [None, "2026-10-30", "2026-10-30T05:00:00Z", "2026-10-30T15:00:00Z", "2026-11-01T12:00:00Z"]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("data")) as db:
        yield db


@st.composite
def versions(draw: st.DrawFn) -> list[str]:
    """A stretch of a story, more or less reworded; stretches overlap, so that there are chains."""
    base = draw(st.sampled_from(BASES))
    first, length = draw(st.integers(0, 8)), draw(st.integers(2, 8))
    every, seed = draw(st.integers(6, 60)), draw(st.integers(0, 2))
    return reworded(base[first : first + length], every, seed)


@st.composite
def papers(draw: st.DrawFn) -> list[Article]:
    texts = draw(st.lists(versions(), min_size=3, max_size=14))
    return [
        printed(
            number,
            text,
            published=draw(st.sampled_from(TIMES)),
            url=f"https://outlet{draw(st.integers(0, 5))}.example/{number}",
        )
        for number, text in enumerate(texts)
    ]


def clusters_after(db: Database, articles: list[Article]) -> set[frozenset[str]]:
    """The clusters once these are stored, one a minute; they are deleted afterwards."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for minute, article in enumerate(articles):
            store(db, article, now=add_seconds(NOW, 60 * minute))
        check(db)
        return clusters(db)
    finally:
        db.execute("ROLLBACK")


slowly = settings(max_examples=40)


@slowly
@given(papers(), st.randoms(use_true_random=False))
def test_shuffled_texts_make_the_same_stories(
    db: Database, articles: list[Article], chance: random.Random
) -> None:
    first = clusters_after(db, articles)
    for _ in range(2):
        chance.shuffle(articles)
        assert clusters_after(db, articles) == first


@slowly
@given(papers(), st.data())
def test_edited_texts_make_the_stories_of_their_last_versions(
    db: Database, articles: list[Article], data: st.DataObject
) -> None:
    edits = data.draw(st.lists(st.tuples(st.sampled_from(articles), versions()), max_size=6))
    latest = {article.id: article for article in articles}
    history = list(articles)
    for article, text in edits:
        history.append(replace(article, paragraphs=tuple(text)))
        latest[article.id] = history[-1]
    assert clusters_after(db, history) == clusters_after(db, list(latest.values()))


def test_five_orders_of_a_busy_day(db: Database) -> None:
    chance = random.Random(5)
    articles = [
        printed(n, reworded(story(n % 60, 4), chance.randint(8, 40), n), published="2026-10-30")
        for n in range(240)
    ]
    first = clusters_after(db, articles)
    assert 60 <= len(first) < 120
    for _ in range(4):
        chance.shuffle(articles)
        assert clusters_after(db, articles) == first


def test_paths_are_not_joined_end_to_end(db: Database, tmp_path: Path) -> None:
    """Of three texts in a row, each like the next, the middle one holds them together if it is the
    earliest; if an end is, the other end stands alone. In any order.
    """
    base = BASES[0]
    start, middle, last = (base[first : first + 6] for first in (0, 2, 4))
    days = ["2026-10-30T05:00:00Z", "2026-10-30T06:00:00Z", "2026-10-30T07:00:00Z"]
    for middle_first, expected in ((True, 1), (False, 2)):
        times = [days[1], days[0], days[2]] if middle_first else days
        texts = [
            printed(n, text, published=time)
            for n, (text, time) in enumerate(zip((start, middle, last), times, strict=True))
        ]
        for order in (texts, texts[::-1], [texts[1], texts[2], texts[0]]):
            assert len(clusters_after(db, order)) == expected
