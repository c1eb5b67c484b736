"""A note that was published first, and the story that goes on from it: the story is the article."""

import random
from collections.abc import Iterator

import pytest
from duplicate_samples import DAY, check, keep, printed, reworded, story
from sqlite_utils import Database
from storage_samples import rows

from items import Article
from storage.database import open_database


@pytest.fixture
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("data")) as db:
        yield db


def corpus(db: Database) -> list[tuple[str, str]]:
    check(db)
    return rows(db, "SELECT id, text FROM articles ORDER BY id")


def busy_day() -> list[Article]:
    """Twelve stories, each with an urgent note an hour before, as one outlet or as two."""
    texts = []
    for at in range(12):
        whole = story(at, 7)
        hour = DAY.format(8 + at % 3)
        outlet = f"https://outlet{at}.example"
        note = whole[: 2 + at % 3]
        texts.append(printed(2 * at, note, published=hour, url=f"{outlet}/urgent/{at}"))
        later = DAY.format(10 + at % 3)
        url = f"{outlet if at % 2 else 'https://other.example'}/story/{at}"
        texts.append(printed(2 * at + 1, whole, published=later, url=url))
    return texts


def test_five_shuffles_of_notes_and_stories_make_one_corpus(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    chance, texts, corpora = random.Random(3), busy_day(), []
    stories = {article.id for article in texts[1::2]}
    for _ in range(5):
        chance.shuffle(texts)
        with open_database(tmp_path_factory.mktemp("data")) as db:
            keep(db, *texts)
            corpora.append(corpus(db))
            kinds = rows(db, "SELECT kind, count(*) FROM copies GROUP BY kind")
            assert kinds == [("earlier", 12)]
    assert {article_id for article_id, _ in corpora[0]} == stories
    assert all(other == corpora[0] for other in corpora)


@pytest.mark.parametrize("note_first", [True, False])
def test_the_note_is_on_record_with_its_time(db: Database, *, note_first: bool) -> None:
    whole = story(1, 6)
    note = printed(8, whole[:3], url="https://outlet.example/urgent")
    full = printed(9, whole, url="https://outlet.example/story")
    keep(db, *((note, full) if note_first else (full, note)))
    assert [article_id for article_id, _ in corpus(db)] == [full.id]
    copies = "SELECT id, kind, published, text FROM copies"
    assert rows(db, copies) == [(note.id, "earlier", DAY.format(8), note.text)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1)])
def test_two_stories_that_go_on_from_one_note_are_both_articles(
    db: Database, order: tuple[int, ...]
) -> None:
    """They share the note, and are no copies of each other."""
    note = story(1, 2)
    texts = [
        printed(7, note),
        printed(8, [*note, *story(2, 3)]),
        printed(9, [*note, *story(3, 3)]),
    ]
    keep(db, *(texts[at] for at in order))
    assert [article_id for article_id, _ in corpus(db)] == sorted(t.id for t in texts[1:])
    assert rows(db, "SELECT id, kind FROM copies") == [(texts[0].id, "earlier")]


def test_a_story_that_loses_its_second_half_is_no_longer_displaced(db: Database) -> None:
    """The longer text becomes a note's length: the one that was first is the original once more."""
    whole = story(1, 6)
    first, second = printed(8, whole[:3]), printed(9, whole)
    keep(db, first, second)
    assert [article_id for article_id, _ in corpus(db)] == [second.id]
    keep(db, printed(9, reworded(whole[:3], 40)))
    assert [article_id for article_id, _ in corpus(db)] == [first.id]


def test_a_part_from_the_middle_is_no_note(db: Database) -> None:
    whole = story(1, 12)
    keep(db, printed(8, whole[6:9]), printed(9, whole))
    assert len(corpus(db)) == 2


def test_a_longer_rewording_does_not_displace_the_first(db: Database) -> None:
    """Not all of the first is in it."""
    whole = story(1, 6)
    keep(db, printed(8, whole[:5]), printed(9, reworded(whole, 15)))
    assert rows(db, "SELECT title FROM articles") == [("عنوان 8",)]
