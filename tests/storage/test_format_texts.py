"""Whatever a field holds, each format is what it says to a reader of other people's, and has the text."""

import io
import re
import sqlite3
import zipfile
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
import yaml
from format_readers import READERS, read_md, read_tei
from hostile_rows import FACTS, FIELDS, HOSTILE, hostile_row, row_of_all_kinds

from storage.article_rows import Row, article_from
from storage.formats.file_formats import FORMATS
from storage.formats.seed_text import render
from storage.selection import Selection

# WARC is read in test_export_formats.py.
NAMES = sorted(READERS)
LOSSLESS = ("csv", "xlsx", "jsonl", "parquet", "hf")
BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029\x0b\x0c\x1c-\x1e]")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def written(name: str, rows: list[Row]) -> bytes:
    return b"".join(FORMATS[name].write(rows, replace(FACTS, count=len(rows))))


def read(name: str, rows: list[Row]) -> list[dict[str, Any]]:
    return READERS[name](written(name, rows))


def test_every_format_has_a_reader_here() -> None:
    assert {*NAMES, "warc"} == {*FORMATS}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", LOSSLESS)
def test_every_field_comes_back(name: str, kind: str) -> None:
    rows = [hostile_row(n, **{field: HOSTILE[kind]}) for n, field in enumerate(FIELDS)]
    for row, article in zip(rows, read(name, rows), strict=True):
        for field in ("id", "site", "url", *FIELDS):
            assert article[field] == row[field], field


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("count", [1, 2])
def test_markdown_reads_as_the_text_was_written(kind: str, count: int) -> None:
    value = HOSTILE[kind]
    row = hostile_row(7, title=value, text=value, section=value, author=value)
    for article in read_md(written("md", [row] * count)):
        # Above it is the file's, in which metadata are as they are; of a NUL CommonMark makes U+FFFD.
        text = value.replace("\0", "\ufffd")
        assert article["title"] == BREAKS.sub(" ", text)
        assert article["lines"] == [("p", BREAKS.sub("\n", text))]
        assert (article["section"], article["author"], article["id"]) == (value, value, row["id"])


@pytest.mark.parametrize("kind", HOSTILE)
def test_markdown_has_every_kind_of_line(kind: str) -> None:
    value = HOSTILE[kind]
    (article,) = read_md(written("md", [row_of_all_kinds(value)]))
    text = value.replace("\0", "\ufffd")
    line, lines = BREAKS.sub(" ", text), BREAKS.sub("\n", text)
    found = [pair for pair in article["lines"] if pair[1] != "بين"]
    expected = {
        "caption": ("p", line),
        "entry": ("p", line),
        "heading": ("h2", line),
        "list_item": ("li", lines),
        "paragraph": ("p", lines),
        "quote": ("blockquote", lines),
        "subheading": ("h3", line),
        "verse": ("p", lines),
    }
    for pair in expected.values():
        assert pair in found
    cells = [text for tag, text in found if tag in ("th", "td")]
    assert [cell for cell in cells if cell] == line.split(" | ") * 2
    # The end of a file of a line each is the parser's.
    code = next(text for tag, text in found if tag == "code")
    assert BREAKS.sub("\n", code).rstrip("\n") == lines.rstrip("\n")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("count", [1, 2])
def test_tei_has_the_texts_of_all_kinds(kind: str, count: int) -> None:
    value = HOSTILE[kind]
    row = {**row_of_all_kinds(value), **{name: value for name in FIELDS if name != "text"}}
    shown = FORBIDDEN.sub("\ufffd", value)
    rows = [{**row, "id": f"{n:016x}"} for n in range(count)]
    for article in read_tei(written("tei", rows)):
        for name in ("title", "author", "section", "agency", "source"):
            assert article[name] == shown
        found = [text for _, text in article["lines"] if text != "بين"]
        cells = shown.split(" | ")
        assert sorted(found) == sorted([shown] * 9 + cells * 2)


@pytest.mark.parametrize("kind", HOSTILE)
def test_text_files_are_documents_of_the_corpus(kind: str) -> None:
    rows = [hostile_row(n, **{field: HOSTILE[kind]}) for n, field in enumerate(FIELDS)]
    assert [a["text"] for a in read("txt", rows)] == [render(article_from(row)) for row in rows]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["bib", "ris"])
def test_bibliographies_have_the_words(name: str, kind: str) -> None:
    value = HOSTILE[kind]
    rows = [hostile_row(n, title=value, author=value) for n in range(2)]
    articles = read(name, rows)
    assert len(articles) == 2
    kept = "".join(c if c.isprintable() or c in "\u200c\u200d\u200e\u200f" else " " for c in value)
    for article in articles:
        assert article["title"].split() == kept.split()
        authors = article["author"] if name == "bib" else " ".join(article["authors"])
        assert set(re.findall(r"\w+", kept)) <= set(re.findall(r"\w+", authors))


def test_bibliographies_have_what_is_cited() -> None:
    row = hostile_row(3, gone_at="2026-11-20T00:00:00Z", author="سعاد حمدان، Ann Lee")
    (entry,) = read("bib", [row])
    assert (entry["key"], entry["type"]) == (f"river-{row['id']}", "article")
    assert entry["author"] == "سعاد حمدان and Ann Lee"
    assert entry["journal"] == "نهر & <الأخبار> {\\x}"
    assert (entry["date"], entry["urldate"]) == ("2026-10-31", "2026-11-02")
    assert entry["langid"] == "arabic"
    assert "gone from its site since 2026-11-20" in entry["note"]
    assert entry["url"].isascii()
    (record,) = read("ris", [row])
    assert record["type_of_reference"] == "NEWS"
    assert record["authors"] == ["سعاد حمدان", "Ann Lee"]
    assert (record["date"], record["access_date"]) == ("2026/10/31", "2026/11/02")
    assert record["keywords"] == ["وسم", "a, b"]
    assert record["urls"] == [entry["url"]]


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Smith, John", ["Smith, John"]),
        ("Ann Lee, Bo Li", ["Ann Lee", "Bo Li"]),
        ("سعاد، علي", ["سعاد", "علي"]),
        (None, ["سانا"]),
    ],
)
def test_authors_are_parted_where_they_were_joined(author: str | None, names: list[str]) -> None:
    (record,) = read("ris", [hostile_row(author=author)])
    assert record["authors"] == names


def test_an_article_of_no_outlet_is_cited_by_its_address() -> None:
    (entry,) = read("bib", [hostile_row(site=None, published=None, author=None, agency=None)])
    assert entry["type"] == "online"
    assert "date" not in entry
    assert entry["author"] == ""


@pytest.mark.parametrize("name", NAMES)
def test_no_article_is_a_file_as_well(name: str) -> None:
    data = written(name, [])
    if name == "md":
        assert yaml.safe_load(data.decode().split("---\n")[1])["software"].startswith("Warraq")
    elif name == "tei":
        assert read_tei(data)[0]["lines"] == []
    else:
        assert read(name, []) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_is_missing(name: str) -> None:
    """The columns that a row may have empty."""
    optional = (
        "title",
        "section",
        "source",
        "agency",
        "author",
        "url",
        "site",
        "published",
        "tags",
    )
    row = hostile_row(1, **dict.fromkeys((*optional, "modified", "language", "image")))
    (article,) = read(name, [row])
    assert "None" not in str({k: v for k, v in article.items() if v is not None and v != []})


@pytest.mark.parametrize("name", NAMES)
def test_the_first_bytes_do_not_wait_for_the_articles(name: str) -> None:
    """Of a file that takes minutes, the first bytes come with the first articles."""
    taken = 0

    def rows() -> Any:
        nonlocal taken
        for number in range(30_000):
            taken += 1
            yield hostile_row(number)

    first = next(FORMATS[name].write(rows(), replace(FACTS, count=30_000)))
    assert first
    assert taken <= 50


@pytest.mark.parametrize("name", NAMES)
def test_equal_articles_give_equal_bytes(name: str) -> None:
    rows = [hostile_row(n) for n in range(3)]
    assert written(name, rows) == written(name, rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_a_megabyte_is_whole(name: str) -> None:
    text = "كلمة طويلة 😀 " * 90_000
    row = hostile_row(text=text.strip())
    if name in ("bib", "ris"):
        pytest.skip("it has no text")
    (article,) = read(name, [row])
    found = article.get("text") or article["lines"][-1][1]
    assert found.endswith(row["text"])


@pytest.mark.parametrize("name", ["md", "tei"])
def test_a_table_of_many_rows(name: str) -> None:
    lines = ["الاسم | العدد", *(f"اسم {n} | {n}" for n in range(10_000))]
    row = hostile_row(text="\n\n".join(lines), kinds="table_header table_row*10000")
    (article,) = read(name, [row])
    assert len(article["lines"]) == 2 * 10_001
    assert article["lines"][-1][1] == "9999"


def test_rows_of_unequal_length_lose_no_cell() -> None:
    row = hostile_row(text="a | b\n\n1\n\n1 | 2 | 3 | 4", kinds="table_header table_row*2")
    (article,) = read_md(written("md", [row]))
    assert [cell for _, cell in article["lines"] if cell] == ["a", "b", "1", "1", "2", "3", "4"]


def test_lone_surrogates_do_not_reach_a_format() -> None:
    """The database takes none."""
    with pytest.raises(UnicodeEncodeError):
        sqlite3.connect(":memory:").execute("SELECT ?", ["\ud800"])


def test_a_data_set_has_shards_and_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.formats.hugging_face.ARTICLES_A_SHARD", 2)
    rights = '{"read": ["meta"], "statements": [{"term": "license", "value": "CC BY", "source": "meta"}]}'
    rows = [
        *(hostile_row(n, rights=rights) for n in range(3)),
        hostile_row(3, language="en", published="2025-01-01", gone_at="2026-11-01T00:00:00Z"),
        hostile_row(4, site=None, reserved="noai, robots.txt", language=None),
    ]
    chosen = Selection(search="a|b", without_gone=True)
    facts = replace(FACTS, count=5, selection=chosen)
    with zipfile.ZipFile(io.BytesIO(b"".join(FORMATS["hf"].write(rows, facts)))) as packed:
        names = packed.namelist()
        text = packed.read("README.md").decode()
    assert names == [*(f"data/train-0000{n}-of-00003.parquet" for n in range(3)), "README.md"]
    card = yaml.safe_load(text.split("---\n")[1])
    assert card["language"] == ["ar", "en"]
    assert card["size_categories"] == ["n<1K"]
    assert card["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.parquet"}]
    for part in (
        "5 articles", "1 of them gone", "| ar | 3 |", "| 2025 | 1 |", "| imported |  | 1 |",
        "https://river.example/", "| noai | 1 |", "| CC BY | 3 |", "| q | a\\|b |",
        "gone from their site", "Warraq 0", "2026-11-28",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(("counted", "there"), [(5, 3), (2, 5), (0, 2)])
def test_shards_have_all_articles_though_the_corpus_has_changed(
    monkeypatch: pytest.MonkeyPatch, counted: int, there: int
) -> None:
    monkeypatch.setattr("storage.formats.hugging_face.ARTICLES_A_SHARD", 2)
    rows = [hostile_row(n) for n in range(there)]
    data = b"".join(FORMATS["hf"].write(rows, replace(FACTS, count=counted)))
    assert [row["number"] for row in READERS["hf"](data)] == list(range(there))


def test_a_file_is_made_of_no_more_than_is_asked_for() -> None:
    """Whoever stops reading stops the reading of rows."""

    def rows() -> Any:
        yield from (hostile_row(n) for n in range(100))
        raise AssertionError("read too far")

    chunks = FORMATS["csv"].write(rows(), FACTS)
    assert len(list(islice(chunks, 100))) == 100
