"""The index follows the articles, and a word is found in any of its spellings."""

import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, rows

from items import Article
from storage import search
from storage.article_rows import article_row, insert
from storage.articles import store
from storage.database import FILE, open_database, transaction
from storage.duplicates.remove import remove_text
from storage.migrations import migrations
from storage.search_query import expression, matcher, read_query
from text.folding import fold
from text.search_folding import fold_for_search
from text.urls import article_id


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path)


def found(db: Database, query: str) -> list[int]:
    sql = "SELECT rowid FROM _search WHERE _search MATCH ? ORDER BY rowid"
    return [row[0] for row in rows_of(db, sql, expression(query))]


def rows_of(db: Database, sql: str, *values: str) -> list[tuple[int]]:
    return db.execute(sql, values).fetchall()


def written(sample: int, title: str, *paragraphs: str) -> Article:
    return article(sample, title=title, paragraphs=paragraphs or ("نص قصير.",))


def keep(db: Database, *articles: Article, now: str = NOW) -> None:
    for item in articles:
        store(db, item, now=now)


@pytest.mark.parametrize(
    "query",
    [
        *("أستانة", "استانة", "آستانة", "إستانه", "أَسْتانَة", "أســتانة", "الأستانة", "أستانه"),
        *("\u200fأستانة\u200e", "بالأستانة", "ٱستانة", "«أستانة»"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(db: Database, query: str) -> None:
    keep(db, written(0, "محادثات أستانة"), written(1, "وفد", "وصل إلى الأستانةِ أمس."))
    keep(db, written(2, "باريس"))
    assert found(db, query) == [0, 1]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("إيران", "الملف الإيراني"),
        ("حكومة", "قالت حكومتهم"),
        ("جو", "في الجو"),
        ("الجو", "جو صاف"),
        ("يد", "وباليد"),
        ("علم", "والعلمية"),
        ("لغة", "للغة"),
        ("والمياه", "مياه"),
        ("وإيران", "إيرانية"),
        ("REUTERS", "Reuters'"),
        ("١٢", "عام 12"),
        ('"مجلس الأمن"', "في مجلس الأمن الدولي"),
        ("أمن مجلس", "المجلس والأمن"),
        ("مجلس -حرب", "مجلس"),
    ],
)
def test_what_a_query_finds(db: Database, query: str, text: str) -> None:
    keep(db, written(0, text))
    assert found(db, query) == [0]
    words = fold_for_search(text).split()
    assert matcher(query).hits(words)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("علم", "علماني"),
        ("الله", "له"),
        ("الآن", "الإنسان"),
        ("والد", "والدول"),
        ("السد", "السداد"),
        ('"مجلس الأمن"', "الأمن في مجلس"),
        ("مجلس -حرب", "مجلس للحرب"),
        ("…", "نص"),
        ("", "نص"),
        ('"', "نص"),
        ("NOT AND ( *", "نص"),
    ],
)
def test_what_a_query_does_not_find(db: Database, query: str, text: str) -> None:
    keep(db, written(0, text))
    assert found(db, query) == []


def test_a_pasted_page_is_a_query_like_any_other(db: Database) -> None:
    keep(db, written(0, "سؤال"))
    assert found(db, "كلمة وأخرى " * 5000) == []


def test_a_rewritten_article_is_found_by_its_new_words_alone(db: Database) -> None:
    keep(db, written(0, "عنوان", "نص قديم"))
    keep(db, written(0, "عنوان", "نص جديد"), now=LATER)
    assert (found(db, "قديم"), found(db, "جديد")) == ([], [0])


def test_an_article_that_goes_takes_its_words_along(db: Database) -> None:
    keep(db, written(0, "عنوان", "قصة أولى"), written(1, "عنوان", "قصة ثانية"))
    with transaction(db):
        db.execute("DELETE FROM articles WHERE number = 0")
        db.execute("UPDATE articles SET text = 'قصة ثالثة' WHERE number = 1")
        search.index_pending(db)
    assert (found(db, "أولى"), found(db, "ثانية"), found(db, "ثالثة")) == ([], [], [1])


def test_a_number_given_anew_is_found_by_what_it_is_now(db: Database) -> None:
    keep(db, written(0, "عنوان", "قصة أولى"))
    with transaction(db):
        [row] = db.query("SELECT * FROM articles")
        db.execute("DELETE FROM articles")
        row["text"] = "قصة أخرى"
        db.execute(insert(row, "articles"), row)
        search.index_pending(db)
    assert (found(db, "أولى"), found(db, "أخرى")) == ([], [0])


def test_what_another_program_wrote_is_found_after_the_next_article(
    db: Database, tmp_path: Path
) -> None:
    keep(db, written(0, "عنوان", "قصة أولى"))
    with sqlite3.connect(tmp_path / FILE) as plain:
        plain.execute("UPDATE articles SET text = 'كتبت بيد أخرى'")
    plain.close()
    keep(db, written(1, "عنوان", "قصة ثانية"))
    assert (found(db, "أولى"), found(db, "كتبت")) == ([], [0])


def test_a_copy_and_an_aborted_article_leave_no_trace(db: Database) -> None:
    long = "قصة طويلة تنشرها الوكالة في كل مكان من العالم. " * 8
    keep(db, written(0, "عنوان", long), written(1, "عنوان آخر", long))
    with suppress(KeyError), transaction(db):
        keep(db, written(2, "مجهول"))
        raise KeyError
    assert (found(db, "قصة"), found(db, "مجهول")) == ([0], [])
    assert rows(db, "SELECT count(*) FROM _search_queue") == [(0,)]


def test_a_database_from_before_is_indexed_when_it_is_opened(tmp_path: Path) -> None:
    old = Database(tmp_path / FILE)
    migrations.apply(old, stop_before="m005_search")
    old.execute("INSERT INTO sites (name) VALUES ('news')")
    for n in range(450):
        row = article_row(written(n, f"قصة {n}"))
        row |= {"number": n, "first_seen": NOW, "last_seen": NOW}
        del row["kinds"], row["access"]  # came later
        old.execute(insert(row, "articles"), row)
    old.conn.commit()
    old.close()
    with open_database(tmp_path) as db:
        assert found(db, "قصة") == list(range(450))
        assert migrations.pending(db) == []


def test_any_sqlite_opens_every_table_and_view(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        keep(db, article(0), article(1))
    plain = sqlite3.connect(tmp_path / FILE)
    names = plain.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    for (name,) in names.fetchall():
        plain.execute(f"SELECT * FROM [{name}]").fetchall()
    plain.execute("DELETE FROM articles WHERE number = 1")
    plain.execute("INSERT INTO _search (_search) VALUES ('integrity-check')")
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    plain.close()


@pytest.mark.parametrize(
    "query",
    [
        "+".join(["زراعة"] * 5000),
        "زراعة " * 5000,
        "ز" * 50_000,
        f'"{"زراعة " * 5000}"',
        "-a+" * 9000,
    ],
    ids=["one part", "words", "one word", "phrase", "excluded"],
)
def test_a_pasted_page_is_no_longer_a_query_than_others(query: str) -> None:
    assert len(expression(query)) < 100_000
    assert len(read_query(query).terms) <= 32


def copied(number: int, of: Article, title: str) -> Article:
    url = f"https://copy.example/{number}"
    return replace(of, id=article_id(url), url=url, site="copier", title=title)


_LONG = "قصة طويلة تنشرها الوكالة في كل مكان من العالم. " * 8


def test_a_story_is_found_by_the_headlines_of_its_copies(db: Database) -> None:
    first = written(0, "عنوان", _LONG)
    keep(db, first, copied(1, first, "مشروع ضخم"), written(1, "آخر", "نص آخر"))
    assert (found(db, "مشروع"), found(db, "مشروع قصة")) == ([0], [0])
    with transaction(db):
        sql = "UPDATE copies SET title = 'خطة كبيرة' WHERE id = ?"
        db.execute(sql, [copied(1, first, "").id])
        search.index_pending(db)
    assert (found(db, "مشروع"), found(db, "خطة")) == ([], [0])
    keep(db, copied(2, first, "برنامج جديد"))
    assert (found(db, "خطة برنامج"), found(db, "قصة")) == ([0], [0])
    with transaction(db):
        remove_text(db, copied(1, first, "").id)
        search.index_pending(db)
    assert (found(db, "خطة"), found(db, "برنامج")) == ([], [0])
    assert rows(db, "SELECT count(*) FROM _search_terms WHERE term = 'خطه'") == [(0,)]


def test_a_copy_that_takes_the_place_of_its_story_takes_its_headline_along(db: Database) -> None:
    first = written(0, "عنوان", _LONG)
    keep(db, first, copied(1, first, "مشروع ضخم"))
    with transaction(db):
        remove_text(db, first.id)
        search.index_pending(db)
    [(number, title)] = rows(db, "SELECT number, title FROM articles")
    assert title == "مشروع ضخم"
    assert (found(db, "مشروع"), found(db, "عنوان")) == ([number], [])
    db.execute("INSERT INTO _search (_search) VALUES ('integrity-check')")


def test_names_are_kept_as_long_as_a_story_has_them(db: Database) -> None:
    keep(db, replace(written(0, "أ"), author="ليلى سالم", agency="أ ف ب"))
    keep(db, replace(written(1, "ب"), author="ليلى سالم"))
    names = "SELECT kind, name, folded FROM _credits ORDER BY kind"
    both = [("agency", "أ ف ب", "ا ف ب"), ("author", "ليلى سالم", "ليلي سالم")]
    assert rows(db, names) == both
    with transaction(db):
        db.execute("DELETE FROM articles WHERE number = 0")
        search.index_pending(db)
    assert rows(db, names) == both[1:]
    with transaction(db):
        db.execute("UPDATE articles SET author = 'سلمى'")
        search.index_pending(db)
    assert rows(db, names) == [("author", "سلمى", "سلمي")]


def before_m027(folder: Path, stories: int) -> None:
    """A database of the version before, with an index folded as it was."""
    old = Database(folder / FILE)
    migrations.apply(old, stop_before="m027_search")
    old.execute("INSERT INTO sites (name) VALUES ('news')")
    for n in range(stories):
        row = article_row(written(n, f"Élan {n}")) | {"first_seen": NOW, "last_seen": NOW}
        old.execute(insert(row | {"number": n}, "articles"), row | {"number": n})
        values = {"n": n, "title": fold(row["title"]), "text": fold(row["text"])}
        old.execute("INSERT INTO _search (rowid, title, text) VALUES (:n, :title, :text)", values)
    old.execute("DELETE FROM _search_queue")
    old.conn.commit()
    old.close()


def test_an_index_of_the_folding_before_is_made_anew(tmp_path: Path) -> None:
    before_m027(tmp_path, 450)
    with open_database(tmp_path) as db:
        assert found(db, "elan") == list(range(450))
        assert rows(db, "SELECT count(*) FROM _search_queue") == [(0,)]
        with transaction(db):
            db.execute("DELETE FROM articles WHERE number < 449")
            search.index_pending(db)
        assert found(db, "elan") == [449]
        db.execute("INSERT INTO _search (_search) VALUES ('integrity-check')")


def test_making_the_index_anew_goes_on_where_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_m027(tmp_path, 700)
    monkeypatch.setattr(search, "_STEP", 200)
    add, steps = search.index_pending, []

    def killed(db: Database, most: int | None = None) -> int:
        steps.append(most)
        if len(steps) == 3:
            raise KeyboardInterrupt
        return add(db, most)

    monkeypatch.setattr(search, "index_pending", killed)
    with pytest.raises(KeyboardInterrupt):
        open_database(tmp_path)
    plain = sqlite3.connect(tmp_path / FILE)
    # The newest are there already, and what is stored meanwhile is, too.
    assert plain.execute("SELECT min(rowid), count(*) FROM _search").fetchone() == (300, 400)
    plain.close()
    monkeypatch.setattr(search, "index_pending", add)
    with open_database(tmp_path) as db:
        assert found(db, "elan") == list(range(700))


def test_a_backlog_does_not_hold_back_a_story(db: Database) -> None:
    keep(db, *(written(n, f"قصة {n}") for n in range(450)))
    with transaction(db):
        db.execute("INSERT INTO _search (_search) VALUES ('delete-all')")
        db.execute("INSERT INTO _search_queue (number) SELECT number FROM articles")
    keep(db, written(450, "قصة جديدة"))
    assert found(db, "جديدة") == [450]
    assert rows(db, "SELECT count(*) FROM _search_queue") == [(251,)]
    keep(db, written(451, "قصة"), written(452, "قصة"))
    assert len(found(db, "قصة")) == 453
