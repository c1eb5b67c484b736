"""One copy of every article: what becomes of a text that comes in."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, article_id, rows

from items import Article, RemovedLine
from storage.article_rows import METADATA, get, iterate
from storage.articles import Stored, store
from storage.database import FILE
from storage.formats.seed_text import render
from storage.revisions import corrected


def test_an_article_comes_back_as_it_went_in(db: Database) -> None:
    assert store(db, article(), now=NOW) == Stored("new", 0)
    stored = replace(article(), number=0, paragraphs=tuple(map(str.strip, article().paragraphs)))
    assert get(db, 0) == stored
    assert get(db, article_id(0)) == stored
    assert list(iterate(db)) == [stored]
    assert get(db, 1) is None
    assert get(db, article_id(1)) is None


def test_numbers_are_kept_where_free_and_count_on_from_the_highest(db: Database) -> None:
    numbers = [
        store(db, article(sample, number=wanted), now=NOW).number
        for sample, wanted in enumerate([None, 7, 7, 3, None, -1])
    ]
    assert numbers == [0, 7, 8, 3, 9, 10]


def test_the_corpus_is_the_seed_format(db: Database) -> None:
    shapes = [
        article(0),
        article(1, section=None),
        article(2, title=None, source=None),
        article(3, section=None, title=None, source=None),
        article(
            1234, section="", paragraphs=("فقرة أولى\nوثانية", "", " \n", "وثالثة  "), number=1234
        ),
    ]
    for shape in shapes:
        store(db, shape, now=NOW)
    corpus = dict(rows(db, "SELECT name, text FROM corpus"))
    assert corpus[f"1234_{article_id(1234)}.txt"] == (
        "افتتاح المكتبة رقم 1234\n\nوكالة الأنباء\n\nفقرة أولى\n\nوثانية\n\nوثالثة"
    )
    assert list(corpus)[:1] == [f"000_{article_id(0)}.txt"]
    assert list(corpus.values()) == [render(shape) for shape in shapes]
    assert list(corpus.values()) == [render(stored) for stored in iterate(db)]


def test_the_same_again_changes_only_when_it_was_seen(db: Database) -> None:
    store(db, article(), now=NOW, found_by="feed")
    assert store(db, article(), now=LATER, found_by="section") == Stored("unchanged", 0)
    assert rows(db, "SELECT first_seen, last_seen, found_by FROM articles") == [
        (NOW, LATER, "feed")
    ]
    assert rows(db, "SELECT * FROM revisions") == []
    assert len(rows(db, "SELECT * FROM removed_lines")) == 2


def test_a_later_visit_fills_in_what_was_missing_and_overwrites_nothing(db: Database) -> None:
    store(db, article(author=None, published=None, title=None, modified=NOW), now=NOW)
    found = article(author="سعاد حداد", section="ثقافة", modified=LATER)
    assert store(db, found, now=LATER).outcome == "unchanged"
    stored = get(db, 0)
    assert stored is not None
    assert (stored.author, stored.published) == ("سعاد حداد", "2026-10-31T09:30:00Z")
    assert (stored.title, stored.section) == (article().title, "محليات")
    assert stored.modified == LATER


def test_a_new_text_is_a_revision_and_the_old_one_is_kept(db: Database) -> None:
    store(db, article(), now=NOW)
    second = article(paragraphs=("نص معدّل.",), removed=(RemovedLine(1, "شارك", "share"),))
    assert store(db, second, now=LATER) == Stored("revised", 0)
    third = replace(second, title="عنوان آخر")
    assert store(db, third, now="2026-11-03T06:00:00Z") == Stored("revised", 0)
    assert [stored.text for stored in iterate(db)] == ["نص معدّل."]
    assert [stored.removed for stored in iterate(db)] == [second.removed]
    sql = "SELECT article, valid_from, valid_to, title, text FROM revisions ORDER BY revision"
    kept = rows(db, sql)
    old = "\n\n".join(map(str.strip, article().paragraphs))
    assert kept == [
        (0, NOW, LATER, article().title, old),
        (0, LATER, "2026-11-03T06:00:00Z", article().title, "نص معدّل."),
    ]
    removed = rows(db, "SELECT value ->> 1 FROM revisions, json_each(removed) WHERE revision = 1")
    assert removed == [("section_link",), ("read_more",)]


def test_an_equal_text_elsewhere_is_a_copy_on_the_record(db: Database) -> None:
    store(db, article(), now=NOW)
    # Another spelling of the same words, as another outlet writes them.
    spelled = tuple(text.replace("الأ", "الا").replace("،", " ،") for text in article().paragraphs)
    copy = article(1, paragraphs=spelled, site="other", published=LATER, title="عنوان مختلف")
    assert store(db, copy, now=LATER) == Stored("copy", None)
    assert [stored.id for stored in iterate(db)] == [article_id(0)]
    sql = (
        "SELECT id, original, kind, jaccard, containment, url, original_url, published, "
        "original_published FROM copies"
    )
    assert rows(db, sql) == [
        (
            *(article_id(1), 0, "exact", 1.0, 1.0),
            *("https://news.example/1", "https://news.example/0"),
            *(LATER, "2026-10-31T09:30:00Z"),
        )
    ]
    assert rows(db, "SELECT text FROM copies") == [("\n\n".join(map(str.strip, spelled)),)]
    assert store(db, copy, now="2026-11-03T06:00:00Z").outcome == "copy"
    assert rows(db, "SELECT first_seen, last_seen FROM copies") == [(LATER, "2026-11-03T06:00:00Z")]


def test_short_texts_are_equal_by_chance(db: Database) -> None:
    for sample in (0, 1):
        assert store(db, article(sample, paragraphs=("تأجلت المباراة.",)), now=NOW).outcome == "new"


def test_a_copy_that_gets_a_text_of_its_own_enters_the_corpus(db: Database) -> None:
    store(db, article(), now=NOW)
    copy = article(1, paragraphs=article().paragraphs)
    store(db, copy, now=NOW)
    own = replace(copy, paragraphs=("خبر كتبه الموقع بنفسه.",))
    assert store(db, own, now=LATER) == Stored("new", 1)
    assert rows(db, "SELECT * FROM copies") == []
    assert rows(db, "SELECT article, valid_from, valid_to FROM revisions") == [(1, NOW, LATER)]


HOSTILE = {
    "nul": "قبل\x00بعد",
    "escape": "قبل\x1b[2Jبعد",
    "lone surrogates": "قبل \ud83d بعد \ude00",
    "bidi override": "قبل\u202eبعد\u2066",
    "markup": "<script>alert(1)</script> & \"'; DROP TABLE articles; --",
    "decomposed": "cafe\u0301",
    "separators": "واحد\u2028اثنان\x0bثلاثة\x85أربعة",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_stored_and_comes_back_the_same_every_time(db: Database, text: str) -> None:
    names = ("site", "title", "section", "source", "agency", "author", "language", "image")
    hostile = article(
        url=f"https://news.example/{text}",
        paragraphs=(text, text),
        tags=(text, ""),
        removed=(RemovedLine(0, text, text),),
    )
    hostile = replace(hostile, **dict.fromkeys(names, text))  # type: ignore[arg-type]
    assert store(db, hostile, now=NOW, key=text, found_by="feed") == Stored("new", 0)
    assert store(db, hostile, now=NOW, key=text, found_by="feed") == Stored("unchanged", 0)
    stored = get(db, 0)
    assert stored is not None
    assert rows(db, "SELECT text FROM corpus") == [(render(stored),)]
    assert render(hostile) == render(stored)
    assert not set("\x00\x1b\ud83d\x85\u2028") & set(render(stored))


def test_a_paragraph_of_two_megabytes(db: Database) -> None:
    text = "كلمة " * 400_000
    store(db, article(paragraphs=(text,)), now=NOW)
    assert rows(db, "SELECT length(text), words FROM articles") == [(1_999_999, 400_000)]


@pytest.mark.parametrize(
    "broken",
    [
        article(paragraphs=()),
        article(paragraphs=(" ", "\x00")),
        article(id="../../etc/passwd"),
        article(id="E7B9692485539719"),
        article(id=""),
    ],
    ids=["no text", "blank text", "path", "capitals", "no id"],
)
def test_what_is_no_article_is_refused(db: Database, broken: Article) -> None:
    with pytest.raises(ValueError, match="not an article"):
        store(db, broken, now=NOW)
    assert rows(db, "SELECT count(*) FROM frontier") == [(0,)]


def test_any_sqlite_opens_every_table_and_view(db: Database, tmp_path: Path) -> None:
    store(db, article(), now=NOW)
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("the sqlite3 shell is not installed")
    names = [*db.table_names(), *db.view_names()]
    assert "corpus" in names
    queries = [f"SELECT count(*) FROM [{name}];" for name in names]
    run = subprocess.run(
        [shell, "-bail", tmp_path / FILE, *queries], capture_output=True, check=False, text=True
    )
    assert (run.stderr, run.returncode) == ("", 0)
    assert len(run.stdout.split()) == len(names)


def test_a_page_that_lost_its_date_corrects_no_date() -> None:
    current = dict.fromkeys(METADATA) | {"published": "2026-10-01T00:00:00Z"}
    undated = dict.fromkeys(METADATA) | {"title": "عنوان جديد"}
    assert corrected(current, undated, dated=False) == {"title": "عنوان جديد"}
