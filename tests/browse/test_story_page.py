"""The page of a story: all its outlets on one time line, comparisons, and the record to check it by."""

import gzip
import io
import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from fastwarc.warc import ArchiveIterator
from lxml import html
from reader import EVIL, Reader, archive_page, reading, story, texts
from storage_samples import LATER, NOW, article_id
from takedowns import crawl_story, secret
from takedowns import story as crawled_story

from browse.story.page_text import visible_text
from browse.story.timeline import changes, headlines, in_time, publications, shares_of, with_sources
from browse.story.timeline_chart import timeline_chart
from browse.story.word_diff import DiffRow, diff_rows, share_in_common, words
from cli.main import warraq
from items import Exchange, Heads, Page, RemovedLine
from storage.archive.page_rows import PageOutcome, insert_page
from storage.archive.pointer import archive_folder
from storage.archive.rest_responses import RestResponse, response_parts, write_response
from storage.archive.warc_file import WarcWriter
from storage.articles import store
from storage.database import open_database, transaction
from storage.formats.export import export
from storage.takedown.remove import forget
from storage.takedown.targets import of_references
from text.alignment import AlignmentBudget, aligned, longest_common

BODY = "<html><head><title>عنوان</title></head><body><nav>القائمة</nav><p>نص &amp; <b>خبر</b></p>"
BODY += "<script>alert(1)</script><table><tr><td>أ<td>ب</table></body></html>"


def row(number: int, site: str, published: str | None, **columns: Any) -> dict[str, Any]:
    empty = {"title": f"خبر {number}", "agency": None, "source": None, "containment": 1.0}
    known = {"number": number, "id": article_id(number), "site": site, "published": published}
    return empty | known | {"first_seen": NOW} | columns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A story with a copy by another outlet, a revision of either, and an archived page."""
    first = replace(story(0), tags=("ثقافة",), section="محليات", author="كاتب")
    copy = replace(first, id=article_id(99), url="https://copy.example/1", site="copier")
    copy = replace(copy, published="2026-10-20T10:00:00Z", title="مكتبة جديدة رقم 0")
    with open_database(tmp_path) as db:
        store(db, first, now=NOW, refined_by="0.2.0")
        store(db, copy, now="2026-11-01T07:00:00Z")
        longer = (*first.paragraphs, "فقرة أضيفت بعد يوم.")
        store(db, replace(first, paragraphs=longer), now="2026-11-02T06:00:00Z")
        store(db, replace(copy, paragraphs=longer), now="2026-11-03T06:00:00Z")
        store(db, story(1), now=NOW)
        with transaction(db):
            db.execute("UPDATE articles SET first_seen = '2026-11-01T08:00:00Z' WHERE number = 0")
        archive_page(db, tmp_path, first.id, first.url or "", BODY.encode())
    return tmp_path


@pytest.fixture
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


# Alignment and word diffs.


def _length(old: list[str], new: list[str]) -> int:
    """Of the longest common subsequence, by the table of the textbook."""
    line = [0] * (len(new) + 1)
    for item in old:
        before = line
        line = [0]
        for j, other in enumerate(new):
            line.append(before[j] + 1 if item == other else max(before[j + 1], line[j]))
    return line[-1]


def test_the_longest_common_subsequence_is_the_longest() -> None:
    source = random.Random(7)
    for _ in range(500):
        old = source.choices("abcd", k=source.randrange(14))
        new = source.choices("abcde", k=source.randrange(14))
        pairs = longest_common(old, new)
        assert len(pairs) == _length(old, new)
        for found in (pairs, aligned(old, new, AlignmentBudget())):
            assert all(old[i] == new[j] for i, j in found)
            assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(found))


def test_a_diff_has_every_word_of_both_texts() -> None:
    source = random.Random(8)
    for _ in range(200):
        old, new = (source.choices(["أ", "ب", "ت", "ث", "ج"], k=source.randrange(30)) for _ in "12")
        runs = words(" ".join(old), " ".join(new))
        assert " ".join(text for kind, text in runs if kind != "added").split() == old
        assert " ".join(text for kind, text in runs if kind != "removed").split() == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["نعم لا"] * 20_000, ["لا نعم ربما"] * 20_000),
        (["أ", "ب"] * 20_000, ["ب", "أ", "ت"] * 15_000),
        (["نعم لا " * 100_000], ["لا نعم ربما " * 70_000]),
        (["س" * 1_000_000], ["ص" * 1_000_000]),
        ([str(n) for n in range(30_000)], [str(n) for n in reversed(range(30_000))]),
        ([" ".join(f"{n} x" for n in range(80_000))], [" ".join(f"{n} y" for n in range(80_000))]),
    ],
    ids=["paragraphs", "alternating", "words", "letters", "reversed", "every-second"],
)
def test_hostile_texts_take_no_more_than_the_budget(old: list[str], new: list[str]) -> None:
    budget = AlignmentBudget()
    rows = diff_rows(old, new, budget)
    assert budget.pairs >= 0
    assert all(len(row.words) <= 2_000 for row in rows)
    assert sum(row.paragraphs for row in rows if row.kind == "same") <= min(len(old), len(new))


def test_beyond_the_budget_a_paragraph_is_shown_before_and_after() -> None:
    assert words("a b a b", "b a c b a", AlignmentBudget(3)) == [
        ("removed", "a b a b"),
        ("added", "b a c b a"),
    ]


def test_paragraphs_are_folded_moved_and_matched_by_their_words() -> None:
    old = ["one two three four", "stays", "stays too", "goes elsewhere now", "end of it"]
    new = ["goes elsewhere now", "one two three five", "stays", "stays too", "end of it", "more"]
    rows = diff_rows(old, new)
    assert [(row.kind, row.paragraphs) for row in rows] == [
        ("moved_here", 1),
        ("changed", 1),
        ("same", 2),
        ("moved_away", 1),
        ("same", 1),
        ("added", 1),
    ]
    assert rows[1].left == [("same", "one two three"), ("removed", "four")]
    assert rows[1].right == [("same", "one two three"), ("added", "five")]
    assert share_in_common([DiffRow("changed", rows[1].words)], old[0], new[1]) == (0.75, 0.75)


# Who had it first.


def test_the_order_is_by_the_outlets_times_and_says_where_it_was_seen_otherwise() -> None:
    late = row(1, "b", "2026-10-31T08:00:00+00:00", first_seen="2026-11-02T06:00:00Z")
    found = publications(
        row(0, "a", "2026-10-31T11:00:00+02:00"),
        [late, row(2, "c", None), row(3, "d", "nonsense", first_seen="0")],
        [row(4, "e", "2026-10-31", kind="variant")],
    )
    assert [entry.row["site"] for entry in found] == ["e", "b", "a", "c"]
    assert [entry.seen_later for entry in found] == [False, True, False, False]
    assert [entry.claimed for entry in found] == [True, True, True, False]


@pytest.mark.parametrize(
    ("columns", "kind", "name"),
    [
        ({"source": "نقلا عن دفتر المدينة"}, "named", "daftar"),
        ({"agency": "رويترز"}, "agency", "رويترز"),
        ({"agency": "وكالة الأنباء"}, "closest", "daftar"),
        ({}, "closest", "daftar"),
    ],
)
def test_who_took_it_over_from_whom(columns: dict[str, str], kind: str, name: str) -> None:
    first = row(0, "daftar", "2026-10-31T08:00:00Z")
    copy = row(1, "mizan", "2026-10-31T09:00:00Z", **columns)
    names = {"daftar": "دفتر المدينة", "mizan": "ميزان الأخبار"}
    found = with_sources(publications(first, [copy], []), names, shares_of(first, [copy], []))
    assert found[0].source is None
    assert found[1].source is not None
    assert (found[1].source.kind, found[1].source.name or found[1].source.site) == (kind, name)


def test_headlines_are_told_apart_by_their_words() -> None:
    rows = [row(n, "a", f"2026-10-3{n}", title=t) for n, t in enumerate(["أ ب ج", "أ د ج"])]
    found = headlines(publications(rows[0], rows[1:], []))
    assert [headline.words for headline in found] == [
        [("same", "أ ب ج")],
        [("same", "أ"), ("added", "د"), ("same", "ج")],
    ]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_time_line_runs_either_way(mirrored: bool) -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    copies = [row(n, f"s{n}", (start + timedelta(hours=n**3)).isoformat()) for n in range(1, 40)]
    entries = in_time(publications(row(0, "s0", start.isoformat()), copies, []))
    chart = timeline_chart(entries, {}, [""] * 40, mirrored=mirrored)
    across = [point.x for point in chart.points]
    assert across == sorted(across, reverse=mirrored)
    assert all(0 <= x <= chart.width for x in across)
    assert (len(chart.lanes), chart.left_out) == (12, 28)
    assert len({tick.label for tick in chart.ticks}) == len(chart.ticks) > 2


def test_changes_lead_from_each_text_to_the_next() -> None:
    past = [
        {"revision": n, "valid_to": f"2026-11-0{n}T06:00:00Z", "title": "", "cause": None}
        for n in (3, 5)
    ]
    found = changes(row(7, "a", None), past, [], [{"gone_at": NOW, "back_at": None}])
    assert [(entry.left, entry.right) for entry in found] == [
        ("revision-3", "revision-5"),
        ("revision-5", "story-7"),
        ("", ""),
    ]


# The pages.


def test_a_story_has_all_outlets_on_one_time_line(reader: Reader) -> None:
    tree = reader.tree("/warraq/articles/0")
    events = texts(tree, ".events li")
    assert [("copier" in event, "changed it" in event) for event in events] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]
    assert "seen here only" in events[0]
    assert texts(tree, ".first")[0].startswith("حال اليوم had it first")
    assert texts(tree, ".first")[0].endswith("It was seen here first at copier.")
    assert len(tree.cssselect("svg.timeline circle")) == 2
    assert texts(tree, ".headlines ins") == ["مكتبة جديدة"]
    for link in tree.cssselect(".events a[href*=compare]"):
        assert reader.client.get(reader.url + link.get("href")).status_code == 200


def test_a_story_links_to_searches_and_back_to_the_results(reader: Reader) -> None:
    tree = reader.tree("/warraq/articles/0", q="المكتبة", site="news", since="2026-01-01")
    links = {a.get("href") for a in tree.cssselect("article.text a")}
    assert {link.partition("=")[0] for link in links if link.startswith("/search")} >= {
        "/search?site",
        "/search?author",
        "/search?q",
    }
    [back] = tree.cssselect(".to-results a")
    assert back.get("href").startswith("/search?q=")
    assert "since=2026-01-01" in back.get("href")
    assert set(texts(tree, "h1 mark, .body mark")) == {"المكتبة"}
    assert not reader.tree("/warraq/articles/0").cssselect("mark, .to-results")
    assert not reader.tree("/warraq/articles/0", q="x", since="never").cssselect(".to-results")


def test_a_copy_has_a_page_that_says_so(reader: Reader) -> None:
    tree = reader.tree(f"/warraq/copies/{article_id(99)}")
    assert "This is a copy at copier of" in texts(tree, ".copy-of")[0]
    assert texts(tree, "article h1") == ["مكتبة جديدة رقم 0"]
    assert "مكتبة جديدة" in texts(tree, ".about .diff ins")
    assert len(texts(tree, ".revision")) == 1
    assert reader.get("/warraq/copies/0000000000000000").status_code == 404
    assert reader.get(f"/warraq/copies/{article_id(99)}.json").status_code == 200


@pytest.mark.parametrize(
    ("left", "right", "added"),
    [
        ("", "", "فقرة أضيفت بعد يوم."),
        ("story-0", f"copy-{article_id(99)}", "مكتبة جديدة"),
        (f"copy-{article_id(99)}-0", f"copy-{article_id(99)}", "فقرة أضيفت بعد يوم."),
        ("revision-1", f"copy-{article_id(99)}", "فقرة أضيفت بعد يوم."),
    ],
)
def test_any_two_texts_are_compared(reader: Reader, left: str, right: str, added: str) -> None:
    query = {"left": left, "right": right} if left else {}
    tree = reader.tree(f"/warraq/articles/0/compare?{urlencode(query)}")
    assert added in texts(tree, ".diff ins")
    assert added in texts(tree, ".sides ins")
    options = {option.get("value") for option in tree.cssselect("#left option")}
    assert len(options) == 4
    assert [len(tree.cssselect(f"#{side} option[selected]")) for side in ("left", "right")] == [
        1,
        1,
    ]


@pytest.mark.parametrize(
    "key", ["story-77", "copy-00", "revision-99", "x", "copy-" + "0" * 16, EVIL]
)
def test_a_text_that_is_not_there_is_not_found(reader: Reader, key: str) -> None:
    answer = reader.get("/warraq/articles/0/compare", left=key, right="story-0")
    assert answer.status_code == 404
    assert EVIL not in answer.text


def test_two_stories_can_be_compared(reader: Reader) -> None:
    tree = reader.tree("/warraq/articles/0/compare?with=1")
    assert tree.cssselect("#right option[selected]")[0].get("value") == "story-1"


def test_the_record_says_what_is_known_and_what_is_not(reader: Reader) -> None:
    [known, unknown] = (
        " ".join(texts(reader.tree(f"/warraq/articles/{n}"), ".sentences, .fetches, .none"))
        for n in (0, 1)
    )
    assert "HTTP/1.1 200 OK" in known
    assert 'etag: "abc"' in known
    assert "kept no note of itself" in known + unknown
    assert "No page of it is archived" in unknown
    assert "nothing was read of what the site declares" in unknown


@pytest.mark.parametrize("language", ["ar", "en", "fa", "fr"])
def test_headings_are_in_order_in_every_language(reader: Reader, language: str) -> None:
    for path in (
        "/warraq/articles/0",
        "/warraq/articles/0/compare",
        f"/warraq/copies/{article_id(99)}",
    ):
        tree = reader.tree(path, language)
        levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3")]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
        ids = [element.get("id") for element in tree.cssselect("[id]")]
        assert len(ids) == len(set(ids))


# What is taken along.


def test_the_page_goes_out_as_its_records(reader: Reader, folder: Path) -> None:
    answer = reader.get("/warraq/articles/0/page.warc.gz")
    assert answer.headers["content-type"] == "application/warc"
    assert answer.headers["content-disposition"].startswith("attachment")
    kinds = []
    for record in ArchiveIterator(
        io.BytesIO(answer.content), parse_http=False, verify_digests=True
    ):
        kinds.append(record.headers["WARC-Type"])
        if kinds[-1] == "response":
            assert BODY.encode() in record.reader.read()
    assert kinds == ["warcinfo", "response", "request"]
    [archived] = archive_folder(folder).glob("*.warc.gz")
    members = gzip.decompress(answer.content).partition(b"WARC/1.1\r\nWARC-Type: response")
    assert members[1] + members[2] in gzip.decompress(archived.read_bytes())


def test_warcio_finds_nothing_wrong(reader: Reader, tmp_path: Path) -> None:
    checker = pytest.importorskip("warcio.checker")
    path = tmp_path / "page.warc.gz"
    path.write_bytes(reader.get("/warraq/articles/0/page.warc.gz").content)
    options = type("Options", (), {"inputs": [str(path)], "verbose": False})
    check = checker.Checker(options)
    check.process_all()
    assert not check.exit_value


def test_the_page_goes_out_as_text_and_never_as_html(reader: Reader) -> None:
    for name, text in (
        ("page.txt", "عنوان\nالقائمة\nنص & خبر\nأ | ب\n"),
        ("page.source.txt", BODY),
    ):
        answer = reader.get(f"/warraq/articles/0/{name}")
        assert answer.text == text
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["page.warc.gz", "page.txt", "page.source.txt"])
def test_what_is_not_archived_is_not_found(reader: Reader, folder: Path, name: str) -> None:
    assert reader.get(f"/warraq/articles/1/{name}").status_code == 404
    assert reader.get(f"/warraq/articles/0/{name}", fetch="77").status_code == 404
    assert reader.get(f"/warraq/articles/0/{name}", fetch="1").status_code == 200
    assert reader.get(f"/warraq/copies/{article_id(99)}/{name}").status_code == 404
    for file in archive_folder(folder).iterdir():
        file.unlink()
    answer = reader.get(f"/warraq/articles/0/{name}")
    assert answer.status_code == 404
    assert "not in the archive any more" in answer.text
    assert "no longer in the archive" in reader.get("/warraq/articles/0").text


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 300000,
        b"<" * 300000,
        b'<a b="' * 200000,
        b"<!--" * 200000,
        b"<script>" * 100000,
        b"&#9" * 100000,
        b"&#" + b"9" * 1000000,
        b"\xff\xfe<\x00p\x00",
    ],
    ids=["nested", "open", "quotes", "comments", "scripts", "entities", "number", "bytes"],
)
def test_hostile_pages_become_text(body: bytes) -> None:
    url = "https://news.example/"
    text = visible_text(Page(key=url, url=url, body=body + b"<p>end", fetched=NOW))
    assert len(text) <= len(body) + 5
    assert "\x00" not in text


def test_a_thousand_outlets_and_revisions_are_listed_in_part(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        store(db, story(0), now=NOW)
        fill(db, copies=120, revisions=60)
    with reading(tmp_path) as reader:
        tree = reader.tree("/warraq/articles/0")
        assert len(tree.cssselect(".events li")) == 40
        assert len(tree.cssselect(".revision")) == 3
        assert "All 181 entries" in texts(tree, ".next a")
        whole = reader.tree("/warraq/articles/0", all="1")
        assert len(whole.cssselect(".events li")) == 181
        assert len(whole.cssselect(".revision")) == 60


def fill(db: Any, copies: int, revisions: int) -> None:
    """Copies and revisions of story 0, as rows."""
    with transaction(db):
        for n in range(copies):
            db.execute("INSERT OR IGNORE INTO sites (name) VALUES (?)", [f"site{n}"])
            db.execute(
                "INSERT INTO copies (id, original, kind, jaccard, containment, first_seen, last_seen, "
                "site, title, text, words, text_hash, published) SELECT ?, 0, 'near', .8, .9, "
                "first_seen, last_seen, ?, title || ?, text, words, text_hash, "
                "strftime('%Y-%m-%dT%H:%M:%SZ', published, ?) FROM articles WHERE number = 0",
                [f"{n + 1000:016x}", f"site{n}", f" {n % 9}", f"+{n * 7} minutes"],
            )
        for n in range(revisions):
            db.execute(
                "INSERT INTO revisions (article, valid_from, valid_to, title, text, text_hash) "
                "SELECT 0, strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, ?), "
                "strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, ?), title, text || ?, '' "
                "FROM articles WHERE number = 0",
                [f"+{n} hours", f"+{n + 1} hours", f" {n}"],
            )


def test_hostile_rows_stay_text(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        first = replace(story(0), site=EVIL, title=EVIL, agency=EVIL, source=EVIL)
        store(db, first, now=NOW, refined_by=EVIL)
        copy = replace(first, id=article_id(99), url="https://copy.example/1", site="copier")
        copy = replace(copy, removed=(RemovedLine(0, EVIL, EVIL),))
        store(db, copy, now=NOW)
        archive_page(db, tmp_path, first.id, "https://news.example/0", EVIL.encode())
    with reading(tmp_path) as reader:
        for path in ("articles/0", f"copies/{article_id(99)}", "articles/0/compare"):
            answer = reader.get(f"/warraq/{path}", q=EVIL)
            assert answer.status_code == 200
            tree = html.document_fromstring(answer.content)
            assert {s.get("src") for s in tree.cssselect("script[src]")} == {"/assets/warraq.js"}
            assert {s.get("type") for s in tree.cssselect("script:not([src])")} <= {
                "application/ld+json"
            }
            assert not tree.cssselect("img")
        assert reader.get("/warraq/articles/0/page.txt").text == "\n"


def test_broken_columns_break_no_page(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "warraq.db")) as db:
        past = json.dumps([{"title": None, "text": "x", "valid_from": "?", "valid_to": "?"}])
        db.execute("UPDATE copies SET revisions = ?, published = 'soon', title = NULL", [past])
        db.execute("UPDATE articles SET published = '99999-01-01', title = NULL")
        db.commit()
    with reading(folder) as reader:
        assert reader.get("/warraq/articles/0").status_code == 200
        assert reader.get("/warraq/articles/0/compare").status_code == 200


def test_nothing_of_what_was_taken_out_is_handed_out(tmp_path: Path) -> None:
    addresses = ("", "/compare", "/page.warc.gz", "/page.txt", "/page.source.txt")
    with open_database(tmp_path) as db, reading(tmp_path) as reader:
        writer = WarcWriter(archive_folder(tmp_path), {})
        for number in (1, 2):
            crawl_story(db, writer, crawled_story(number))
        numbers = {
            number: db.execute(
                "SELECT number FROM articles WHERE id = ?", [crawled_story(number).id]
            ).fetchone()[0]
            for number in (1, 2)
        }
        before = [reader.get(f"/warraq/articles/{numbers[1]}{address}") for address in addresses]
        assert [answer.status_code for answer in before] == [200] * 5
        forget(db, of_references(db, [crawled_story(1).url or ""]), "asked to", LATER)
        writer.finish()
        for number, status in ((1, 404), (2, 200)):
            answers = [
                reader.get(f"/warraq/articles/{numbers[number]}{address}") for address in addresses
            ]
            assert [answer.status_code for answer in answers] == [status] * 5
            assert all(secret(1) not in answer.text for answer in answers)
        records = reader.get(f"/warraq/articles/{numbers[2]}/page.warc.gz").content
        assert secret(1).encode() not in gzip.decompress(records)
        assert secret(2) in reader.get(f"/warraq/articles/{numbers[2]}/page.txt").text


def test_a_repeated_page_goes_out_with_the_one_that_it_repeats(tmp_path: Path) -> None:
    with open_database(tmp_path) as db, reading(tmp_path) as reader:
        writer = WarcWriter(archive_folder(tmp_path), {})
        for now in (NOW, LATER):
            crawl_story(db, writer, crawled_story(1), now)
        records = reader.get("/warraq/articles/0/page.warc.gz").content
        kinds = [r.headers["WARC-Type"] for r in ArchiveIterator(io.BytesIO(records))]
        assert (kinds[0], kinds[1]) == ("warcinfo", "revisit")
        assert {"response", "resource"} & set(kinds)
        assert "the same bytes as before" in reader.get("/warraq/articles/0").text
        assert secret(1) in reader.get("/warraq/articles/0/page.txt").text
        writer.finish()


def test_the_version_goes_out_and_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with open_database(tmp_path / "a") as db:
        store(db, story(0), now=NOW, refined_by="0.1.9")
        export(db, file, "jsonl")
    lines = file.read_text("utf-8")
    file.write_text(
        lines + lines.replace("0.1.9", "\\u001b[31m").replace(article_id(0), article_id(5)), "utf-8"
    )
    for command in (["import", str(file)], ["show", "0"]):
        result = CliRunner().invoke(warraq, ["--data", str(tmp_path / "b"), *command])
        assert result.exit_code in (0, 1), result.output
    assert "refined   by version 0.1.9" in result.output
    with open_database(tmp_path / "b") as db:
        found = db.execute(
            "SELECT refined_by FROM articles UNION ALL SELECT refined_by FROM copies"
        )
        assert sorted(found.fetchall(), key=str) == [("0.1.9",), (None,)]


def test_a_text_of_a_list_of_posts_has_the_whole_response_as_its_record(tmp_path: Path) -> None:
    posts = [{"content": {"rendered": f"<p>متن {n}</p>"}} for n in range(3)]
    body = json.dumps(posts).encode()
    url = "https://news.example/0"
    with open_database(tmp_path) as db:
        store(db, replace(story(0), url=url), now=NOW)
        heads = Heads("HTTP/1.1 200 OK", (("Content-Type", "application/json"),))
        exchange = Exchange(
            "https://news.example/wp-json/wp/v2/posts", Heads("GET / HTTP/1.1", ()), heads
        )
        writer = WarcWriter(archive_folder(tmp_path), {})
        response = RestResponse(exchange, body, NOW, response_parts(body))
        at = replace(write_response(writer, response), part=1)
        html_of_post = posts[1]["content"]["rendered"].encode()
        fetched = Page(
            key=url, url=url, body=html_of_post, fetched=NOW, charset="utf-8", fragment=True
        )
        with transaction(db):
            insert_page(db, fetched, at, PageOutcome("new", "", "news", story(0).id, 0), NOW)
        writer.finish()
    with reading(tmp_path) as reader:
        assert reader.get("/warraq/articles/0/page.txt").text == "متن 1\n"
        records = gzip.decompress(reader.get("/warraq/articles/0/page.warc.gz").content)
        assert body in records
        shown = " ".join(texts(reader.tree("/warraq/articles/0"), ".fetches li"))
        assert "part of a list of posts; the record is all of it" in shown
        assert "wp-json" in shown
