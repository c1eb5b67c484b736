"""The reader's pages, search, plots and exports, from a real server."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from datasette.app import Datasette
from lxml import html
from reader import Reader, reading, stock, story, texts
from storage_samples import LATER

from browse.app import application, canned_queries
from browse.search.found_words import in_context, marked
from browse.story.story_text import (
    LineGroup,
    ShownLine,
    line_groups,
    shown_lines,
    with_removed_lines,
)
from browse.story.word_diff import words
from browse.template_filters import direction, excerpt, inert, web_address, when
from items import LineKind, RemovedLine
from storage.article_rows import get
from storage.articles import store
from storage.database import open_database
from storage.formats.seed_text import render

_ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    stock(folder).close()
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


def page(reader: Reader, path: str, **query: str) -> Any:
    answer = reader.get(path, **query)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.content)


def test_the_front_page_shows_the_latest_stories_and_the_suspect_sites(reader: Reader) -> None:
    tree = page(reader, "/")
    assert texts(tree, ".story h2")[:2] == ["افتتاح المكتبة رقم 9", "افتتاح المكتبة رقم 8"]
    assert "10" in texts(tree, ".figures dd")
    assert any("3 crawls have failed in a row" in text for text in texts(tree, ".suspects li"))
    assert {"news", "حال اليوم"} <= set(texts(tree, ".sites th bdi"))


def test_a_story_is_shown_in_its_direction_with_its_metadata(reader: Reader) -> None:
    tree = page(reader, "/warraq/articles/0")
    [article] = tree.cssselect("article.text")
    assert article.get("dir") == "rtl"
    assert {p.get("dir") for p in tree.cssselect(".body p")} == {"auto"}
    assert texts(tree, "article h1") == ["افتتاح المكتبة رقم 0"]
    assert texts(tree, ".original") == ["original at news.example"]
    assert tree.cssselect("article time")[0].get("datetime") == "2026-10-20T09:30:00Z"
    assert len(texts(tree, ".events li")) == 3


def test_a_revision_shows_removed_and_added_words(reader: Reader) -> None:
    tree = page(reader, "/warraq/articles/0")
    assert set(texts(tree, ".diff del")) == {"صباح"}
    assert set(texts(tree, ".diff ins")) == {"مساء", "فقرة جديدة."}


def test_removed_lines_are_shown_in_place(reader: Reader) -> None:
    tree = page(reader, "/warraq/articles/1")
    kinds = [p.get("class") for p in tree.cssselect(".body p")]
    assert kinds == ["cut", None, None, "cut"]
    assert texts(tree, ".cut .reason") == ["section_link", "read_more"]
    assert not tree.cssselect("#cut[checked]")
    assert page(reader, "/warraq/articles/1", cut="1").cssselect("#cut[checked]")


@pytest.mark.parametrize("query", ["المكتبة", "مكتبه", "مَكْتَبَة", "والمكتبة", "مكتـبة", "ٱلمكتبة"])
def test_search_finds_any_spelling_and_shows_it_in_context(reader: Reader, query: str) -> None:
    tree = page(reader, "/search", q=query)
    assert len(tree.cssselect(".story")) == 10
    assert set(texts(tree, "h2 mark")) == {"المكتبة"}
    assert set(texts(tree, ".excerpt mark")) == {"المكتبة"}
    table = reader.json("/warraq/articles.json", _search=query, _shape="array")
    assert len(table) == 10
    assert texts(tree, "h1 small") == ["10 stories"]
    assert tree.cssselect(".story h2 a")[0].get("href").endswith(urlencode({"q": query}))


def test_a_document_of_the_corpus_is_in_the_seed_format(reader: Reader, folder: Path) -> None:
    tree = page(reader, "/warraq/corpus")
    [link, *others] = [a.get("href") for a in tree.cssselect(".document a")]
    answer = reader.client.get(reader.url + link)
    with open_database(folder) as db:
        article = get(db, 0)
    assert article is not None
    assert answer.content.decode() == render(article)
    assert answer.headers["content-disposition"].endswith(f'"000_{article.id}.txt"')
    assert len(others) == 9
    assert reader.get(f"/warraq/corpus/001_{article.id}.txt").status_code == 404


def test_every_plot_draws(reader: Reader) -> None:
    tree = page(reader, "/plots")
    drawn = {section.get("id"): section.cssselect("rect") for section in tree.cssselect(".plot")}
    assert set(drawn) == {"days", "hours", "shares", "languages", "copying", "yields", "cut"}
    assert all(drawn.values())
    assert "copier · news" in " ".join(texts(tree, "#copying title")) or texts(
        tree, "#copying rect"
    )


def test_every_canned_query_answers_as_page_and_as_json(reader: Reader) -> None:
    for name in canned_queries():
        page(reader, f"/warraq/{name}")
        assert isinstance(reader.json(f"/warraq/{name}.json", _shape="array"), list)


def test_every_table_is_a_page(reader: Reader) -> None:
    for table in reader.json("/warraq.json")["tables"]:
        assert reader.get(f"/warraq/{table['name']}").status_code == 200
    assert reader.get("/warraq/articles/77").status_code == 404
    assert reader.get("/warraq/copies/nothing").status_code == 404


def test_any_list_of_stories_is_a_feed(reader: Reader) -> None:
    for path, query in (
        ("/warraq/articles.atom", {"_search": "مكتبة", "site": "news"}),
        ("/warraq/latest.atom", {"site": "news"}),
    ):
        answer = reader.get(path, **query)
        assert answer.headers["content-type"].startswith("application/atom+xml")
        entries = ET.fromstring(answer.content).findall(f"{_ATOM}entry")
        assert len(entries) == 6
        assert all(
            (entry.findtext(f"{_ATOM}id") or "").startswith("urn:warraq:") for entry in entries
        )
        assert all(entry.findtext(f"{_ATOM}updated", "")[-1] == "Z" for entry in entries)
    assert reader.get("/warraq/crawls.atom").status_code == 400


@pytest.mark.environment
def test_csv_and_json_lines(reader: Reader) -> None:
    assert len(reader.get("/warraq/latest.csv").text.splitlines()) > 10
    lines = reader.get("/warraq/articles.json", _shape="array", _nl="on").text.splitlines()
    assert len([json.loads(line) for line in lines]) == 10


def test_datasette_still_calls_its_search_function_by_this_name() -> None:
    connection = sqlite3.connect(":memory:")
    application(Path())._prepare_connection(connection, "warraq")
    assert '"ايران"*' in connection.execute("SELECT escape_fts('إيران')").fetchone()[0]
    plain = sqlite3.connect(":memory:")
    Datasette([], memory=True)._prepare_connection(plain, "_memory")
    assert plain.execute("SELECT escape_fts('a')").fetchone() is not None
    connection.close()
    plain.close()


def test_words_in_context() -> None:
    text = " ".join(f"كلمة{n}" for n in range(50)) + " والأستانة ⟦ثم⟧ " + "نهاية " * 50
    assert in_context(text, "أستانة").startswith("… كلمة42")
    assert "⟦والأستانة⟧ [ثم]" in in_context(text, "أستانة")
    assert in_context("قصير", "آخر") == "قصير"
    assert str(marked("<b> أستانة", "استانة")) == "&lt;b&gt; <mark>أستانة</mark>"


def test_removed_lines_between_paragraphs() -> None:
    removed = [{"position": n, "text": f"cut {n}", "reason": "r"} for n in (0, 2, 9)]
    lines = with_removed_lines(shown_lines(["a", "b", "c"], None), removed)
    assert [line.text for line in lines] == ["cut 0", "a", "cut 2", "b", "c", "cut 9"]


def contents(group: LineGroup) -> tuple[str | None, list[str]]:
    return group.container, [line.text for line in group.lines]


def test_lines_stand_in_what_they_stood_in() -> None:
    kinds = "paragraph list_item*2 quote table_header table_row*2 paragraph"
    lines = shown_lines(list("abcdefgh"), kinds)
    assert list(map(contents, line_groups(lines))) == [
        (None, ["a"]),
        ("ul", ["b", "c"]),
        ("blockquote", ["d"]),
        ("table", ["e", "f", "g"]),
        (None, ["h"]),
    ]
    cut = ShownLine("x", "share")
    lines = [cut, lines[1], cut, lines[2], cut, lines[3], cut, cut]
    assert list(map(contents, line_groups(lines))) == [
        (None, ["x"]),
        ("ul", ["b", "x", "c"]),
        (None, ["x"]),
        ("blockquote", ["d"]),
        (None, ["x", "x"]),
    ]
    assert list(line_groups([])) == []
    assert list(map(contents, line_groups([cut]))) == [(None, ["x"])]


def test_the_first_level_of_headings_is_below_the_title() -> None:
    def tags(kinds: str, *texts: str) -> list[str]:
        return [line.tag for line in shown_lines(texts, kinds)]

    assert tags("heading subheading paragraph", "a", "b", "c") == ["h2", "h3", "p"]
    assert tags("paragraph subheading", "a", "b") == ["p", "h2"]
    assert tags("paragraph heading", "a", "b" * 5000) == ["p", "p"]
    assert tags("heading*9", "a", "b") == ["p", "p"]


def test_a_story_has_its_headings_lists_quotes_and_tables(tmp_path: Path) -> None:
    kinds: tuple[LineKind, ...] = (
        *("paragraph", "heading", "list_item", "list_item", "quote", "entry"),
        *("table_header", "table_row", "table_row", "verse"),
    )
    evil = "<script>x</script>"
    paragraphs = (
        *("نص", "فصل", "أول", f"{evil} ثان", "قول", "09:05"),
        *("صنف | سعر", f"قمح | {evil}", "المجموع", "بيت"),
    )
    removed = (RemovedLine(3, "اقرأ أيضا", "read_more"), RemovedLine(9, "إعلان", "advert"))
    with closing(stock(tmp_path)) as db:
        item = story(50)
        store(db, replace(item, paragraphs=paragraphs, kinds=kinds, removed=removed), now=LATER)
        stored = get(db, item.id)
    assert stored is not None
    with reading(tmp_path) as reader:
        tree = page(reader, f"/warraq/articles/{stored.number}")
    assert texts(tree, ".body h2") == ["فصل"]
    assert texts(tree, ".body ul li") == ["أول", "read_more اقرأ أيضا", f"{evil} ثان"]
    assert texts(tree, ".body blockquote p") == ["قول"]
    assert texts(tree, ".body th[scope=col]") == ["صنف", "سعر"]
    assert texts(tree, ".body td") == ["قمح", evil, "advert إعلان", "المجموع"]
    assert [cell.get("colspan") for cell in tree.cssselect(".body td")] == [None, None, "2", "2"]
    assert texts(tree, ".body p.entry") == ["09:05"]
    assert texts(tree, ".body p.verse") == ["بيت"]
    assert not tree.cssselect(".body script")


def test_words_changed_in_a_paragraph() -> None:
    assert words("قتل 3 أشخاص", "قتل 5 أشخاص") == [
        *(("same", "قتل"), ("removed", "3"), ("added", "5"), ("same", "أشخاص"))
    ]
    assert words("", "جديد") == [("added", "جديد")]
    assert [kind for kind, _ in words("x " * 5000, "y " * 5000)] == ["removed", "added"]


def test_filters_for_text_from_the_web() -> None:
    assert (
        web_address("javascript:alert(1)") is web_address("//x") is web_address("http://[") is None
    )
    assert (web_address("https://x/"), direction("12 «نعم"), direction("\u200fyes")) == (
        *("https://x/", "rtl", "rtl"),
    )
    assert inert("a\u202eb\x00c\u2066") == "abc"
    assert excerpt("كلمة " * 100, 20) == "كلمة كلمة كلمة كلمة…"
    assert "data-zoned" in when("2026-10-31T09:30:00Z")
    assert "data-zoned" not in when("2026-10-31")
    assert when("yesterday") == ""
