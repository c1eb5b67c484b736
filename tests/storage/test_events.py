"""The stories of one event, found in a real database of made-up news."""

from dataclasses import replace

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from storage.articles import store
from storage.database import open_database
from storage.events import EVENT_DAYS, event_of, own_words, stored_words, word_weights

# site, published, title, first sentence
_NEWS = [
    ("a", "2026-10-05T08:00:00Z", "حريق في ميناء الزهور", "اندلع حريق هائل في ميناء الزهور وأصيب خمسة عمال من الحراس"),
    ("b", "2026-10-05T10:00:00Z", "إصابة عمال بحريق ميناء الزهور", "أصيب خمسة عمال في حريق هائل اندلع بميناء الزهور قرب الأرصفة"),
    ("c", "2026-10-06", "الزهور: السيطرة على حريق الميناء", "سيطر الإطفاء على حريق هائل في ميناء الزهور أصيب فيه خمسة عمال"),
    ("b", "2026-10-20", "حريق في ميناء الزهور", "تجدد حريق الأمس في ميناء الزهور دون إصابات بين البحارة"),
    ("d", "2026-10-05", "أسعار القمح", "تراجعت أسعار القمح في أسواق السهل مع بداية الموسم الجديد"),
    ("a", None, "حريق ميناء الزهور", "اندلع حريق هائل في ميناء الزهور وأصيب خمسة عمال ليلا"),
]  # fmt: skip


def _database(folder: object, news: list[tuple[str, str | None, str, str]]) -> Database:
    db = open_database(folder)  # type: ignore[arg-type]
    for number, (site, published, title, sentence) in enumerate(news):
        own = " ".join(f"تفصيل{number}x{n}" for n in range(3))
        one = article(number, site=site, title=title, published=published)
        store(db, replace(one, paragraphs=(sentence, own)), now=NOW)
    return db


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    filler = [
        (
            "d",
            f"2026-10-0{1 + n % 9}",
            f"خبر{n}a عادي",
            f"جملة{n}b عن موضوع{n}c في بلدة{n}d بعيدة{n}e",
        )
        for n in range(60)
    ]
    return _database(tmp_path_factory.mktemp("data"), [*_NEWS, *filler])


def _found(db: Database, number: int) -> list[int]:
    event = event_of(db.conn, number, word_weights(db.conn))
    assert event is not None
    return sorted(story.number for story in event.others)


@pytest.mark.parametrize(
    ("number", "others"), [(0, [1, 2]), (1, [0, 2]), (2, [0, 1]), (3, []), (4, []), (5, [])]
)
def test_the_others_of_an_event_are_found_within_days(
    db: Database, number: int, others: list[int]
) -> None:
    assert _found(db, number) == others


def test_what_binds_and_what_is_an_outlet_s_own(db: Database) -> None:
    event = event_of(db.conn, 0, word_weights(db.conn))
    assert event is not None
    assert {"ميناء", "الزهور"} & set(event.others[0].likeness.shared)
    own = own_words(event, 40)
    assert set(own) == {"a", "b", "c"}
    assert not set(own["a"]) & set(own["b"])
    assert "حريق" not in own["a"]


def test_a_number_without_a_story_and_a_corpus_of_one(tmp_path: object) -> None:
    with _database(tmp_path, _NEWS[:1]) as db:
        assert event_of(db.conn, 7, word_weights(db.conn)) is None
        assert _found(db, 0) == []


def test_a_hostile_story_is_read_within_bounds(tmp_path: object) -> None:
    many = " ".join(f"w{n}" for n in range(200_000))
    news = [*_NEWS[:2], ("x", "2026-10-05", '") OR * NEAR("a" AND', f'"; DROP TABLE {many}')]
    with _database(
        tmp_path, [*news, ("x", "9999-99-99", "…", "؟"), ("x", "0001-01-01", "", "a b")]
    ) as db:
        weights = word_weights(db.conn)
        for number in range(5):
            event = event_of(db.conn, number, weights)
            assert event is not None
            assert len(event.others) <= 30
        assert max(len(story.words.body) for story in stored_words(db.conn, range(5))) <= 400


def test_days_around_are_few() -> None:
    assert EVENT_DAYS == 3
