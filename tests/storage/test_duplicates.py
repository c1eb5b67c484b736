"""One copy of every story: what becomes of texts that are alike, whenever they come in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from duplicate_samples import DAY, check, clusters, keep, printed, reworded, story
from sqlite_utils import Database
from storage_samples import LATER, NOW, article_id, rows

from items import RemovedLine
from storage.article_rows import get, iterate
from storage.articles import Stored, store
from storage.boilerplate.apply import rewrite_text
from storage.database import open_database, transaction
from storage.duplicates.shingles import SHORTEST

LATEST = "2026-11-03T06:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as db:
        yield db
        check(db)


def copies(db: Database) -> list[tuple[object, ...]]:
    return rows(db, "SELECT id, original, kind FROM copies ORDER BY id")


def corpus(db: Database) -> dict[int | None, str]:
    return {article.number: article.id for article in iterate(db)}


def test_a_wire_story_is_kept_once_with_all_places_it_ran_in(db: Database) -> None:
    text = story(1)
    versions = [text, reworded(text, 12), text[:2], [*story(2, 2), *text], list(text)]
    stored = keep(db, *(printed(n, version) for n, version in enumerate(versions)))
    assert [result.outcome for result in stored] == ["new", "copy", "copy", "copy", "copy"]
    assert corpus(db) == {0: article_id(0)}
    kinds = ["near", "shortened", "extended", "exact"]
    assert {(id_, kind) for id_, _, kind in copies(db)} == {
        (article_id(n), kind) for n, kind in enumerate(kinds, 1)
    }


def test_a_copy_says_of_what_how_sure_and_why(db: Database) -> None:
    text = ["وصلت 12 سفينة إلى المرفأ أمس.", *story(1)]
    keep(
        db,
        printed(1, text, agency="وكالة الأناضول"),
        printed(
            3, reworded(text, 15), source="الأناضول", removed=(RemovedLine(0, "سطر", "share"),)
        ),
    )
    [row] = db.query("SELECT * FROM copies")
    assert (row["original"], row["original_url"], row["original_published"]) == (
        *(0, "https://outlet1.example/story/1", DAY.format("01")),
    )
    assert (row["url"], row["published"], row["title"]) == (
        *("https://outlet3.example/story/3", DAY.format("03"), "عنوان 3"),
    )
    assert 0.5 < row["jaccard"] < row["containment"] < 0.95
    assert row["evidence"] == ("both credit الأناضول; published 2 h apart; 1 of 1 numbers agree")
    assert row["text"].startswith("وصلت 12 سفينة")
    assert json.loads(row["removed"]) == [[0, "share", "سطر"]]


def test_an_earlier_one_that_comes_later_takes_the_place(db: Database) -> None:
    text = story(1)
    assert keep(db, printed(5, text, removed=(RemovedLine(2, "شارك", "share"),))) == [
        Stored("new", 0)
    ]
    assert keep(db, printed(6, reworded(text, 15)), printed(4, reworded(text, 20))) == [
        Stored("copy", None),
        Stored("new", 1),
    ]
    assert corpus(db) == {1: article_id(4)}
    assert copies(db) == sorted([(article_id(5), 1, "near"), (article_id(6), 1, "near")])
    assert rows(db, "SELECT number, removed FROM copies WHERE number NOTNULL") == [
        (0, '[[2, "share", "شارك"]]')
    ]
    assert keep(db, printed(9, story(3))) == [Stored("new", 2)]


def test_numbers_and_all_that_belongs_to_an_article_come_back_with_it(db: Database) -> None:
    text = story(1)
    line = RemovedLine(2, "شارك", "share")
    store(db, printed(5, story(9), removed=(line,)), now=NOW)
    store(db, printed(5, text, removed=(line,)), now=LATER)
    before = db.query("SELECT * FROM revisions"), get(db, 0)
    revisions = [{**row, "revision": 0} for row in before[0]]
    store(db, printed(4, list(text)), now=LATER)
    assert rows(db, "SELECT count(*) FROM revisions") == [(0,)]
    store(db, printed(4, story(8)), now=LATEST)
    assert get(db, 0) == before[1]
    back = [{**row, "revision": 0} for row in db.query("SELECT * FROM revisions WHERE article = 0")]
    assert back == revisions


def test_undated_texts_go_by_when_they_were_first_seen(db: Database) -> None:
    text = story(1)
    keep(db, printed(1, text, published=None), now=LATER)
    keep(db, printed(2, [*text, *story(2, 1)], published=None), now=LATEST)
    assert corpus(db) == {0: article_id(1)}
    keep(db, printed(3, text, published="2026-10-01"))
    assert corpus(db) == {1: article_id(3)}


def test_of_equal_times_the_first_seen_stays_among_equal_texts(db: Database) -> None:
    text = story(1)
    day = "2026-10-30"
    keep(db, *(printed(n, text, published=day) for n in (3, 1, 2)))
    assert corpus(db) == {0: article_id(3)}


def test_a_date_found_later_changes_roles(db: Database) -> None:
    text = story(1)
    keep(db, printed(1, text), printed(2, reworded(text, 15), published=None))
    assert corpus(db) == {0: article_id(1)}
    known = printed(2, reworded(text, 15), published="2026-10-29")
    assert keep(db, known, now=LATER) == [Stored("new", 1)]
    assert (corpus(db), copies(db)) == ({1: article_id(2)}, [(article_id(1), 1, "near")])


def test_an_edit_that_makes_a_copy_of_an_article(db: Database) -> None:
    keep(db, printed(1, story(1)), printed(2, story(2)))
    edited = printed(2, reworded(story(1), 15))
    assert keep(db, edited, now=LATER) == [Stored("copy")]
    [row] = db.query("SELECT * FROM copies")
    assert (row["number"], row["original"]) == (1, 0)
    [kept] = json.loads(row["revisions"])
    assert kept["text"] == "\n\n".join(story(2))
    assert (kept["valid_from"], kept["valid_to"]) == (NOW, LATER)
    own = keep(db, printed(2, story(3)), now=LATEST)
    assert own == [Stored("new", 1)]
    assert rows(db, "SELECT valid_from, valid_to FROM revisions ORDER BY revision") == [
        (NOW, LATER),
        (LATER, LATEST),
    ]


def test_an_edit_of_the_original_leaves_its_copies_a_home(db: Database) -> None:
    text = story(1)
    keep(db, printed(1, text), printed(2, reworded(text, 15)), printed(3, list(text)))
    assert keep(db, printed(1, story(5)), now=LATER) == [Stored("revised", 0)]
    assert corpus(db) == {0: article_id(1), 1: article_id(2)}
    assert copies(db) == [(article_id(3), 1, "near")]


def test_an_edit_of_a_copy_is_kept_on_its_record(db: Database) -> None:
    text = story(1)
    keep(db, printed(1, text), printed(2, reworded(text, 15)))
    assert keep(db, printed(2, reworded(text, 20)), now=LATER) == [Stored("copy")]
    assert keep(db, printed(2, reworded(text, 20)), now=LATEST) == [Stored("copy")]
    [row] = db.query("SELECT * FROM copies")
    [kept] = json.loads(row["revisions"])
    assert kept["text"] == "\n\n".join(reworded(text, 15))
    assert (row["last_seen"], row["jaccard"] > 0.6) == (LATEST, True)


def test_a_round_up_is_linked_and_hidden_from_no_one(db: Database) -> None:
    part = story(1)
    roundup = [*story(2, 12), *part, *story(3, 4)]
    assert [s.outcome for s in keep(db, printed(2, part), printed(1, roundup))] == ["new", "new"]
    [link] = rows(db, "SELECT article, other, kind, containment FROM related")
    assert link[:3] == (1, 0, "contains")
    assert link[3] > 0.9


def test_links_follow_when_roles_change(db: Database) -> None:
    part = story(1)
    roundup = [*story(2, 12), *part, *story(3, 4)]
    keep(db, printed(5, part), printed(6, roundup))
    earlier = reworded(part, 25)
    assert keep(db, printed(4, earlier)) == [Stored("new", 2)]
    assert rows(db, "SELECT article, other, kind FROM related") == [(1, 2, "contains")]
    assert keep(db, printed(3, roundup)) == [Stored("new", 3)]
    assert rows(db, "SELECT article, other, kind FROM related") == [(3, 2, "contains")]
    keep(db, printed(6, story(7)), printed(3, story(8)), now=LATER)
    assert rows(db, "SELECT * FROM related") == []


def test_a_chain_of_small_changes_is_not_one_story(db: Database) -> None:
    """A live report that loses its oldest paragraph with each new one."""
    paragraphs = story(1, 30)
    keep(db, *(printed(n, paragraphs[n : n + 8]) for n in range(22)))
    assert 4 <= len(corpus(db)) < 22
    ends = rows(db, "SELECT min(jaccard), min(containment) FROM copies")
    assert ends[0][0] > 0.3
    assert ends[0][1] >= 0.6
    assert rows(db, "SELECT count(*) FROM related")[0][0] > 0


def test_short_texts_are_held_against_nothing(db: Database) -> None:
    short = "تأجلت المباراة بسبب المطر حتى إشعار آخر."
    assert len(short) < SHORTEST
    keep(db, printed(1, [short]), printed(2, [short]))
    assert len(corpus(db)) == 2
    assert rows(db, "SELECT * FROM _duplicate_entries") == []


def test_a_text_that_grows_or_shrinks_over_the_limit(db: Database) -> None:
    text, short = story(1), ["تأجلت المباراة."]
    keep(db, printed(1, text), printed(2, short))
    assert keep(db, printed(2, reworded(text, 15)), now=LATER) == [Stored("copy")]
    assert keep(db, printed(2, short), now=LATEST) == [Stored("new", 1)]
    assert copies(db) == []


def test_a_story_that_ran_in_very_many_places(db: Database) -> None:
    """More of them than are compared with each other: those that follow are found too, and
    an original that comes at the end takes over all of them.
    """
    text = story(1, 3)
    places = [
        printed(n, reworded(text, 10, seed=n), published=DAY.format(12)) for n in range(1, 70)
    ]
    keep(db, *places)
    assert len(corpus(db)) == 1
    [late] = keep(db, printed(100, text, published=DAY.format("05")))
    assert corpus(db) == {late.number: article_id(100)}
    assert rows(db, "SELECT original, count(*) FROM copies GROUP BY original") == [
        (late.number, 69)
    ]


def test_two_hundred_templates_stop_no_one_from_finding_a_copy(db: Database) -> None:
    form = story(1, 6)
    for n in range(60):
        day = [f"{words} {n * 7 + place * 31}" for place, words in enumerate(form)]
        keep(db, printed(n, day, published="2026-10-30"))
    assert len(corpus(db)) == 60
    same = [f"{words} {30 * 7 + place * 31}" for place, words in enumerate(form)]
    assert keep(db, printed(99, same, published="2026-10-30")) == [Stored("copy")]
    assert clusters(db) >= {frozenset({article_id(30), article_id(99)})}


def test_a_cleaner_text_is_judged_at_once(db: Database) -> None:
    """The boilerplate is learned later, and taken out of what was stored."""
    text, furniture = story(1, 2), story(2, 2)
    keep(db, printed(1, text), printed(2, [*furniture, *text]))
    assert len(corpus(db)) == 2
    loaded = get(db, 1)
    assert loaded
    with transaction(db):
        rewrite_text(db, replace(loaded, paragraphs=tuple(text)))
    assert corpus(db) == {0: article_id(1)}
    keep(db, printed(8, story(8)))
