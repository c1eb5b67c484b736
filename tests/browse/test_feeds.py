"""Feeds of a search, read by feedparser and, where it is installed, by newsboat."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import feedparser
import pytest
from reader import Reader, hostile, name_outlet, reading, stock, story
from storage_samples import LATER, NOW
from waiting import PATIENCE

from browse.exports import feeds
from browse.exports.article_html import article_html
from items import LineKind, Rights, RightsStatement
from storage.articles import store
from storage.database import open_database

_KINDS: tuple[LineKind, ...] = (
    *("paragraph", "heading", "list_item", "list_item", "quote", "subheading"),
    *("table_header", "table_row", "verse", "verse", "preformatted", "preformatted"),
)
_PARAGRAPHS = (
    *("نص <b>أول</b> & ثان", "فصل", "أول", "ثان", "قول", "باب"),
    *("صنف | سعر", "قمح | <i>3</i>", "صدر", "عجز", "a b", "c"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten stories, one with every kind of paragraph, one without a time, and a hostile one."""
    folder = tmp_path_factory.mktemp("data")
    with closing(stock(folder)) as db:
        rights = Rights((RightsStatement("license", "https://license.example/by", "link", NOW),))
        whole = replace(
            story(50),
            paragraphs=_PARAGRAPHS,
            kinds=_KINDS,
            author="ليلى الحموي، سامر الجندي",
            tags=("ماء", "قمح & شعير"),
            section="اقتصاد",
            published="2026-11-02T10:00:00Z",
            rights=rights,
        )
        store(db, whole, now=LATER)
        store(db, replace(story(60), published=None), now=NOW)
        store(db, hostile(), now=NOW)
        name_outlet(db)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


def parsed(reader: Reader, path: str) -> Any:
    answer = reader.client.get(reader.url + path)
    assert answer.status_code == 200, answer.text
    feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_an_entry_has_what_is_known_of_its_story(reader: Reader) -> None:
    feed = parsed(reader, "/search.atom?site=news&n=1")
    assert feed.feed.title == "Warraq: news"
    assert feed.version == "atom10"
    [entry] = feed.entries
    number = reader.json("/warraq/articles.json", _shape="array", _sort_desc="published")
    assert entry.id == f"urn:warraq:{number[0]['id']}"
    assert [author.name for author in entry.authors] == ["ليلى الحموي", "سامر الجندي"]
    assert [(tag.term, tag.scheme.rpartition(":")[2]) for tag in entry.tags] == [
        *(("اقتصاد", "section"), ("ماء", "tag"), ("قمح & شعير", "tag"))
    ]
    assert (entry.source.title, entry.source.id) == ("دار الأخبار", "https://news.example/")
    assert (entry.published, entry.rights) == ("2026-11-02T10:00:00Z", "https://license.example/by")
    links = {link.rel: link.href for link in entry.links}
    assert links["alternate"].startswith("https://news.example/")
    assert links["via"] == f"{reader.url}/warraq/articles/{number[0]['number']}"
    assert (entry.content[0].type, entry.content[0].language) == ("text/html", "ar")


def test_the_text_has_its_paragraphs_headings_lists_and_tables(reader: Reader) -> None:
    row = {"text": "\n\n".join(_PARAGRAPHS), "kinds": " ".join(_KINDS), "language": "ar"}
    text = article_html(row)
    assert balanced(text).get("dir") == "rtl"
    assert balanced(text).get("lang") == "ar"
    lines = text.splitlines()[1:-1]
    assert lines == [
        "<p>نص &lt;b&gt;أول&lt;/b&gt; &amp; ثان</p>",
        "<h2>فصل</h2>",
        "<ul><li>أول</li><li>ثان</li></ul>",
        "<blockquote><p>قول</p></blockquote>",
        "<h3>باب</h3>",
        "<table><tbody><tr><th>صنف</th><th>سعر</th></tr>"
        "<tr><td>قمح</td><td>&lt;i&gt;3&lt;/i&gt;</td></tr></tbody></table>",
        "<p>صدر<br>عجز</p>",
        "<pre>a b",
        "c</pre>",
    ]
    [entry] = reader.json("/search.feed.json", site="news", n=1)["items"]
    assert entry["content_html"] == text


def balanced(text: str) -> ET.Element:
    """Raises ParseError where an element is not closed, or closed by another."""
    return ET.fromstring(text.replace("<br>", "<br/>"))


def test_a_hostile_story_is_inert_in_both_formats(reader: Reader) -> None:
    atom = parsed(reader, f"/search.atom?q={quote('خبث')}")
    [item] = reader.json("/search.feed.json", q="خبث")["items"]
    [entry] = atom.entries
    assert entry.link.startswith(reader.url)
    assert item["url"].startswith(reader.url)
    assert "language" not in item
    tree = balanced(item["content_html"])
    assert {element.tag for element in tree.iter()} == {"div", "p"}
    assert "<script>" in "".join(tree.itertext())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", json.dumps(item, ensure_ascii=False))


def test_json_feed_has_what_its_standard_asks_for(reader: Reader) -> None:
    answer = reader.get("/search.feed.json", q="المكتبة", n=3)
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].startswith(f"{reader.url}/search.feed.json?q=")
    assert feed["home_page_url"].startswith(f"{reader.url}/search?q=")
    assert all(item["id"] and item["content_html"] for item in feed["items"])
    assert len(feed["items"]) == 3
    assert reader.json("/search.feed.json", q="شيءغيرموجود")["items"] == []


@pytest.mark.parametrize("ending", ["atom", "feed.json"])
@pytest.mark.parametrize("size", [1, 4, 50])
def test_pages_have_each_story_once_the_newest_first(
    reader: Reader, ending: str, size: int
) -> None:
    url: str | None = f"{reader.url}/search.{ending}?n={size}"
    found: list[str] = []
    while url:
        answer = reader.client.get(url)
        if ending == "atom":
            feed = feedparser.parse(answer.content)
            entries = [entry.id for entry in feed.entries]
            url = next((link.href for link in feed.feed.links if link.rel == "next"), None)
        else:
            entries = [item["id"] for item in answer.json()["items"]]
            url = answer.json().get("next_url")
        assert 0 < len(entries) <= size
        found += entries
    rows = reader.json("/warraq/articles.json", _shape="array", _size="max")
    rows.sort(key=lambda row: (row["published"] or "", row["number"]), reverse=True)
    assert found == [f"urn:warraq:{row['id']}" for row in rows]


def test_a_page_is_bounded_by_its_texts(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_MAX_CHARS", 1000)
    feed = reader.json("/search.feed.json", site="news")
    assert 1 <= len(feed["items"]) < 5
    assert feed["next_url"]


@pytest.mark.parametrize(
    "query", ["n=0", "n=501", "n=x", "n=-1", "before=x", "before=1,", "since=yesterday", "n=²"]
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(reader: Reader, query: str) -> None:
    for ending in ("atom", "feed.json"):
        answer = reader.client.get(f"{reader.url}/search.{ending}?{query}")
        assert (answer.status_code, answer.text.count("\n")) == (400, 1)


def test_a_reader_that_has_it_already_is_told_so(tmp_path: Path) -> None:
    stock(tmp_path).close()
    with reading(tmp_path) as reader:
        url = f"{reader.url}/search.atom?q={quote('المكتبة')}"
        first = reader.client.get(url)
        tag, changed = first.headers["etag"], first.headers["last-modified"]
        for headers in (
            *({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}),
            *({"If-Modified-Since": changed}, {"If-None-Match": "*"}),
        ):
            answer = reader.client.get(url, headers=headers)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
        for headers in (
            {"If-None-Match": '"x"', "If-Modified-Since": changed},
            {"If-Modified-Since": "x"},
        ):
            assert reader.client.get(url, headers=headers).status_code == 200
        [before] = [e for e in feedparser.parse(first.content).entries if e.title.endswith("رقم 3")]
        with open_database(tmp_path) as db:
            store(db, replace(story(3), paragraphs=(*story(3).paragraphs, "خبر جديد.")), now=LATER)
        second = reader.client.get(url, headers={"If-None-Match": tag})
        assert second.status_code == 200
        assert second.headers["etag"] != tag
        [after] = [e for e in feedparser.parse(second.content).entries if e.title.endswith("رقم 3")]
        assert (before.id, before.published) == (after.id, after.published)
        assert before.updated < after.updated == LATER


def test_a_time_to_come_does_not_hold_the_feed(reader: Reader, tmp_path: Path) -> None:
    with closing(stock(tmp_path)) as db:
        day = "2099-01-01T00:00:00Z"
        store(db, replace(story(70), published=day, modified=day), now=NOW)
    with reading(tmp_path) as other:
        feed = parsed(other, "/search.atom")
    assert feed.feed.updated <= LATER
    assert feed.entries[0].updated == NOW


@pytest.mark.parametrize("path", ["/warraq/articles.atom?site=news", "/warraq/latest.atom"])
def test_tables_and_queries_are_feeds_of_the_same_kind(reader: Reader, path: str) -> None:
    feed = parsed(reader, path)
    assert len(feed.entries) >= 6
    assert all(entry.content[0].type == "text/html" for entry in feed.entries)
    assert feed.feed.links[0].href == reader.url + path
    # Where datasette sets the status, nothing may be left out.
    answer = reader.client.get(reader.url + path, headers={"If-None-Match": "*"})
    assert (answer.status_code, bool(answer.content)) == (200, True)


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="no newsboat on this machine")
def test_newsboat_reads_what_it_gets(reader: Reader, tmp_path: Path) -> None:
    query = f"?q={quote('المكتبة')}&site=news"
    urls = tmp_path / "urls"
    urls.write_text(f"{reader.url}/search.atom{query}\n{reader.url}/search.atom?n=1&site=news\n")
    config = tmp_path / "config"
    config.write_text("cleanup-on-quit no\n")
    cache = tmp_path / "cache.db"
    command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", str(config), "-x", "reload"]
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(cache)) as db:
        db.row_factory = sqlite3.Row
        items = db.execute("SELECT * FROM rss_item ORDER BY pubDate DESC").fetchall()
    expected = reader.json("/search.feed.json", q="المكتبة", site="news")["items"]
    [whole] = reader.json("/search.feed.json", n=1, site="news")["items"]
    by_title = {item["title"]: item for item in items}
    assert {item["title"] for item in (*expected, whole)} == set(by_title)
    assert by_title[whole["title"]]["content"] == whole["content_html"]
    assert by_title[whole["title"]]["url"] == whole["url"]
    assert "ليلى الحموي" in by_title[whole["title"]]["author"]
