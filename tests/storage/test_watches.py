"""What watches find: each article once, whichever way it enters the corpus, and nothing that is old."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, article_id, rows

from storage import search
from storage.articles import store
from storage.database import open_database, transaction
from storage.duplicates.rebuild import finish_rebuild, rebuild
from storage.reprocessed_articles import empty
from storage.selection import Selection, selected
from storage.takedown.remove import forget
from storage.takedown.targets import of_site
from storage.watches import deliveries
from storage.watches.channels import Channel, add_channels, keep_channels, read_channels
from storage.watches.matching import find_matches, is_pending
from storage.watches.rows import (
    NewChannel,
    Watch,
    WatchError,
    add_watch,
    found,
    get_watch,
    remove_watch,
    watches,
)

BEFORE = "2026-10-01T06:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path)


def words(sample: int) -> tuple[str, ...]:
    """A text that is like no other sample's."""
    letters = "بتثجحدرسصطعفقلمن"
    made = [
        "".join(
            letters[(sample * 31 + n * 7 + k * (sample % 5 + 3)) % len(letters)] for k in range(5)
        )
        for n in range(60)
    ]
    return (" ".join(made), f"خبر رقم {sample}")


def watch(db: Database, name: str = "library", query: str = "المكتبة", **filters: object) -> Watch:
    return add_watch(db, name, Selection(search=query, **filters), NOW)  # type: ignore[arg-type]


def ids(db: Database, watch: Watch) -> list[str]:
    return [row["id"] for row in found(db, watch, 100)]


def test_what_comes_is_found_once_and_newest_first(db: Database) -> None:
    store(db, article(0, paragraphs=words(0)), now=NOW)
    made = watch(db)
    for sample in (1, 2):
        store(db, article(sample, paragraphs=words(sample)), now=LATER)
    store(db, article(3, paragraphs=words(3), title="غيرها"), now=LATER)
    assert find_matches(db, LATER) == 2
    assert find_matches(db, LATER) == 0
    assert ids(db, made) == [article_id(2), article_id(1)]
    assert not is_pending(db)


@pytest.mark.parametrize("spelling", ["المكتبه", "«مكتبة رقم»", "مكتب*", '"المكتبة رقم 1"'])
def test_a_watch_finds_what_the_search_finds(db: Database, spelling: str) -> None:
    made = watch(db, query=spelling)
    store(db, article(1, paragraphs=words(1)), now=LATER)
    store(db, article(2, paragraphs=words(2), title="غيرها"), now=LATER)
    find_matches(db, LATER)
    batches = selected(db, Selection(search=spelling))
    wanted = {row["id"] for batch in batches for row in batch}
    assert wanted <= {article_id(1)}
    assert set(ids(db, made)) == wanted


@pytest.mark.parametrize(
    ("filters", "samples"),
    [
        ({"sites": ("other",)}, [2]),
        ({"languages": ("fa",)}, [3]),
        ({"sections": ("رياضة",)}, [4]),
        ({"agency": "وفا"}, [5]),
        ({"since": "2026-11-01"}, [6]),
        ({"until": "2026-10-31"}, [5, 4, 3, 2, 1]),
    ],
)
def test_filters_are_those_of_a_search(
    db: Database, filters: dict[str, object], samples: list[int]
) -> None:
    made = add_watch(db, "w", Selection(**filters), NOW)  # type: ignore[arg-type]
    others = [
        {},
        {"site": "other"},
        {"language": "fa"},
        {"section": "رياضة"},
        {"agency": "وفا"},
        {"published": "2026-11-01T08:00:00Z"},
    ]
    for sample, changes in enumerate(others, 1):
        store(db, article(sample, paragraphs=words(sample), **changes), now=LATER)
    find_matches(db, LATER)
    assert ids(db, made) == [article_id(sample) for sample in samples]


def test_a_lagging_index_hides_nothing(db: Database) -> None:
    """An importer that writes rows by itself, and leaves the index to a later time."""
    made = watch(db)
    store(db, article(1, paragraphs=words(1)), now=LATER)
    with transaction(db):
        db.execute(
            "INSERT INTO articles SELECT 7, ?, site, section, title, source, agency, author, published, "
            "modified, language, tags, image, url, text, words, text_hash, found_by, first_seen, "
            "last_seen, kinds, access, gone_at, rights, reserved, refined_by FROM articles",
            [article_id(7)],
        )
    assert rows(db, "SELECT count(*) FROM _search_queue") == [(1,)]
    assert find_matches(db, LATER) == 2
    assert set(ids(db, made)) == {article_id(1), article_id(7)}
    assert rows(db, "SELECT count(*) FROM _search_queue") == [(0,)]


def test_numbers_may_come_in_any_order(db: Database) -> None:
    made = watch(db)
    for sample, number in ((1, 900), (2, 3), (3, 500)):
        store(db, article(sample, paragraphs=words(sample), number=number), now=LATER)
        find_matches(db, LATER)
    assert ids(db, made) == [article_id(3), article_id(2), article_id(1)]


def test_a_revision_that_matches_for_the_first_time_is_found_and_later_ones_are_not(
    db: Database,
) -> None:
    made = watch(db, query="زلزال")
    plain = article(1, paragraphs=words(1))
    store(db, plain, now=LATER)
    assert find_matches(db, LATER) == 0
    for change in ("زلزال كبير", "زلزال أكبر", "ساكن", "زلزال"):
        store(db, replace(plain, title=change), now="2026-11-02T07:00:00Z")
        find_matches(db, LATER)
    assert ids(db, made) == [article_id(1)]


def test_a_copy_is_no_news_and_neither_is_one_that_becomes_an_article(db: Database) -> None:
    made = watch(db)
    original = article(1)
    store(db, original, now=LATER)
    copy = replace(original, id=article_id(2), site="copier", url="https://copy.example/1")
    store(db, copy, now=LATER)
    assert rows(db, "SELECT count(*) FROM copies") == [(1,)]
    find_matches(db, LATER)
    first = ids(db, made)
    [left] = {article_id(1), article_id(2)} - set(first)
    [site] = rows(db, f"SELECT site FROM articles WHERE id = '{first[0]}'")[0]
    forget(db, of_site(db, site), "asked to", LATER, compact=False)
    assert rows(db, "SELECT id FROM articles") == [(left,)]
    assert find_matches(db, LATER) == 0
    assert ids(db, made) == []
    assert not is_pending(db)


def test_an_article_that_takes_the_place_of_a_found_one_is_the_same_story(db: Database) -> None:
    made = watch(db)
    store(db, article(1), now=LATER)
    find_matches(db, LATER)
    earlier = article(2, published="2026-10-30T09:30:00Z", paragraphs=article(1).paragraphs)
    store(db, replace(earlier, title=article(1).title), now="2026-11-02T07:00:00Z")
    assert rows(db, "SELECT id FROM articles") == [(article_id(2),)]
    find_matches(db, LATER)
    assert ids(db, made) == [article_id(1)]


def test_a_rebuild_finds_nothing_again(db: Database) -> None:
    old, new = article(1, paragraphs=words(1)), article(2, paragraphs=words(2))
    store(db, old, now=BEFORE)
    made = watch(db)
    store(db, new, now=LATER)
    find_matches(db, LATER)
    for _ in rebuild(db):
        pass
    finish_rebuild(db)
    with transaction(db):
        empty(db)
    for stored, now in ((old, BEFORE), (new, LATER)):
        store(db, stored, now=now)
    with transaction(db):
        search.rebuild_search(db)
    assert find_matches(db, LATER) == 0
    assert ids(db, made) == [article_id(2)]


def test_an_import_of_what_was_seen_before_is_no_news(db: Database) -> None:
    made = watch(db)
    store(db, article(1, paragraphs=words(1)), found_by="import", now=BEFORE)
    store(db, article(2, paragraphs=words(2)), found_by="import", now=LATER)
    find_matches(db, LATER)
    assert ids(db, made) == [article_id(2)]


def test_a_takedown_takes_the_matches(db: Database) -> None:
    keys = [NewChannel("a", "command")]
    made = add_watch(db, "w", Selection(search="المكتبة"), NOW, channels=keys)
    store(db, article(1, paragraphs=words(1)), now=LATER)
    find_matches(db, LATER)
    deliveries.begin_delivery(db, "a", 10)
    store(db, article(2, paragraphs=words(2)), now=LATER)
    forget(db, of_site(db, "news"), "asked to", LATER, compact=False)
    assert find_matches(db, LATER) == 0
    assert ids(db, made) == []
    assert rows(db, "SELECT count(*) FROM _watch_outbox") == [(0,)]
    assert rows(db, "SELECT count(*) FROM _watch_matches") == [(0,)]


def test_without_watches_nothing_is_queued(db: Database) -> None:
    store(db, article(1), now=NOW)
    assert not is_pending(db)
    watch(db)
    store(db, article(2, paragraphs=words(2)), now=LATER)
    assert remove_watch(db, "library")
    assert not remove_watch(db, "library")
    assert not is_pending(db)


def test_a_new_watch_has_nothing_of_what_is_queued(db: Database) -> None:
    first = watch(db, "first")
    store(db, article(1, paragraphs=words(1)), now=NOW)
    second = watch(db, "second")
    find_matches(db, LATER)
    assert (len(ids(db, first)), len(ids(db, second))) == (1, 0)


def test_a_killed_look_is_done_again(db: Database, tmp_path: Path) -> None:
    """The rows of matches are written with the mark of what has been looked at, or not at all."""
    made = watch(db)
    store(db, article(1, paragraphs=words(1)), now=LATER)
    db.execute(
        "CREATE TRIGGER broken BEFORE DELETE ON _watch_queue BEGIN SELECT raise(ABORT, 'x'); END"
    )
    with pytest.raises(Exception, match="x"):
        find_matches(db, LATER)
    assert ids(db, made) == []
    db.execute("DROP TRIGGER broken")
    with open_database(tmp_path) as other:
        assert find_matches(other, LATER) == 1


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 61, "a.atom", "a\x1b[2J", "-x"])
def test_names_that_are_none(db: Database, name: str) -> None:
    with pytest.raises(WatchError, match="name"):
        watch(db, name)


def test_names_are_letters_of_any_language(db: Database) -> None:
    watch(db, "زلزال-1")
    with pytest.raises(WatchError, match="already"):
        watch(db, "زلزال-1")
    assert [known.name for known in watches(db)] == ["زلزال-1"]
    known = get_watch(db, "زلزال-1")
    assert known
    assert known.selection == Selection(search="المكتبة")


def test_channels_are_in_a_file_of_the_owner_s(tmp_path: Path) -> None:
    channels = [
        Channel("command", ("tell", "me")),
        Channel("apprise", ("tgram://token/chat",)),
    ]
    first, second = add_channels(tmp_path, channels)
    [third] = add_channels(tmp_path, [Channel("apprise", ("env:NAME",))])
    assert list(read_channels(tmp_path)) == [first, second, third]
    assert (tmp_path / "watch-channels.json").stat().st_mode & 0o777 == 0o600
    assert [channel.in_words() for channel in read_channels(tmp_path).values()] == [
        "the command tell …",
        "tgram://…",
        "env:NAME",
    ]
    keep_channels(tmp_path, {second})
    assert list(read_channels(tmp_path)) == [second]


def test_a_delivery_is_the_same_until_it_succeeds(db: Database) -> None:
    keys = [NewChannel("a", "command")]
    add_watch(db, "w", Selection(), NOW, channels=keys)
    for sample in range(3):
        store(db, article(sample, paragraphs=words(sample)), now=LATER)
    find_matches(db, LATER)
    assert deliveries.due_channels(db, LATER) == ["a"]
    deliveries.begin_delivery(db, "a", 2)
    [state] = deliveries.unfinished(db)
    assert state.delivery == "a-1"
    batch = [row["id"] for row in deliveries.contents(db, "a-1")]
    assert batch == [article_id(0), article_id(1)]
    pauses = []
    for _ in range(12):
        [state] = deliveries.unfinished(db)
        deliveries.fail(db, state, "no", LATER)
        pauses.append(deliveries.unfinished(db)[0].due_at)
        deliveries.fail(db, state, "an attempt is counted once", LATER)
    assert pauses == sorted(pauses)
    assert pauses[0] == "2026-11-02T06:00:30Z"
    assert pauses[-1] == "2026-11-02T12:00:00Z"
    assert not deliveries.is_due(db, LATER)
    assert [row["id"] for row in deliveries.contents(db, "a-1")] == batch
    assert deliveries.finish(db, deliveries.unfinished(db)[0], LATER) == 2
    assert deliveries.due_channels(db, LATER) == ["a"]
    assert deliveries.failing(db) == []


def test_a_pace_holds_deliveries_back_and_a_wrong_clock_does_not(db: Database) -> None:
    keys = [NewChannel("a", "command")]
    add_watch(db, "w", Selection(), NOW, pace=86_400, channels=keys)
    store(db, article(1, paragraphs=words(1)), now=NOW)
    find_matches(db, NOW)
    assert deliveries.due_channels(db, "2026-11-02T05:59:59Z") == []
    assert deliveries.due_channels(db, "2026-11-02T06:00:00Z") == ["a"]
    assert deliveries.due_channels(db, "2020-01-01T00:00:00Z") == ["a"]
