"""What the reader refuses, and that text from the web stays text."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lxml import html
from reader import BIDI, EVIL, Reader, hostile, reading, stock
from storage_samples import LATER, NOW

from browse.access import is_introspection
from storage.articles import store

_INTERNAL = [
    *("_search", "_search_data", "_search_queue", "_http_validators", "_site_state", "_leases"),
    "_sqlite_migrations",
]
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\x00]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with stock(folder) as db:
        evil = hostile()
        store(db, evil, now=NOW)
        changed = (*evil.paragraphs, f"{EVIL} {BIDI}")
        store(db, replace(evil, paragraphs=changed), now=LATER)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


@pytest.fixture(scope="module")
def number(reader: Reader) -> int:
    rows = reader.json("/warraq/articles.json", url="javascript:alert(1)", _shape="array")
    return int(rows[0]["number"])


def pages(number: int) -> list[str]:
    tables = ["articles", "corpus", "copies", "revisions", "removed_lines", "sites", "frontier"]
    queries = ["search?q=خبث", "latest", "days", "hours", "shares", "copying", "yields", "cut"]
    paths = ["/", "/plots", f"/warraq/articles/{number}", f"/warraq/articles/{number}?cut=1"]
    paths += ["/warraq/articles?_search=خبث", "/warraq/articles?_facet=author&_facet_array=tags"]
    paths += ["/warraq/revisions/1", "/warraq/revisions/2", f"/warraq/search?q={EVIL}"]
    paths += [f"/warraq/articles?section={EVIL}", f"/warraq/articles?_search={EVIL}"]
    return paths + [f"/warraq/{name}" for name in tables + queries]


def test_a_hostile_article_is_inert_on_every_page(reader: Reader, number: int) -> None:
    for path in pages(number):
        answer = reader.client.get(reader.url + path)
        assert answer.status_code == 200, path
        tree: Any = html.document_fromstring(answer.content)
        scripts = [script.get("src") for script in tree.iter("script")]
        assert scripts == ["/assets/warraq.js"], path
        assert not tree.xpath("//img | //iframe | //style | //svg[@onload]"), path
        assert not tree.xpath("//@*[starts-with(name(), 'on')]"), path
        links: Any = tree.xpath("//@href | //@src | //@action")
        assert all(re.match(r"https?://|/|[?#]|$", link.strip()) for link in links), path
        assert not _CONTROLS.search(answer.text), path


def test_a_hostile_article_is_readable(reader: Reader, number: int) -> None:
    tree: Any = html.document_fromstring(reader.get(f"/warraq/articles/{number}").content)
    text = tree.text_content()
    assert text.count(EVIL) >= 4
    assert "{{ 7 * 7 }}" in text
    assert not tree.cssselect(".original")
    assert tree.cssselect("article.text")[0].get("lang") is None


def test_the_feed_of_a_hostile_article_is_well_formed(reader: Reader) -> None:
    answer = reader.get("/warraq/articles.atom", _search="خبث")
    links = [link.get("href") for link in ET.fromstring(answer.content).iter("{*}link")]
    assert EVIL in answer.text.replace("&lt;", "<").replace("&gt;", ">")
    assert all(link and link.startswith(reader.url) for link in links)
    assert not _CONTROLS.search(answer.text)


def test_a_document_is_a_plain_text_attachment(reader: Reader, number: int) -> None:
    [row] = reader.json("/warraq/articles.json", number=str(number), _shape="array")
    answer = reader.get(f"/warraq/corpus/{number:03}_{row['id']}.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("table", _INTERNAL)
def test_internal_tables_are_denied_by_every_url(reader: Reader, table: str) -> None:
    for path in ("", ".json", ".csv", ".atom", "/1", "/1.json", "/1.blob?_blob_column=block"):
        answer = reader.client.get(f"{reader.url}/warraq/{table}{path}")
        assert answer.status_code == 403, path
    upper = reader.get(f"/warraq/{table.upper()}.json")
    assert upper.status_code in (403, 404)
    through = json.dumps({"table": table, "column": "id", "value": "1"})
    assert reader.get("/warraq/articles.json", _through=through).status_code == 403
    listed = reader.json("/warraq.json", _show_hidden="1")["tables"]
    assert table not in [row["name"] for row in listed]
    assert table not in reader.get("/").text + reader.get("/warraq", _show_hidden="1").text


def test_sql_and_downloads_are_denied(reader: Reader) -> None:
    assert reader.get("/warraq", sql="select 1").status_code == 403
    assert reader.get("/warraq.json", sql="select 1").status_code == 403
    assert reader.get("/warraq/articles", _where="1=1").status_code == 403
    assert reader.get("/warraq.db").status_code == 403
    assert reader.get("/warraq/articles.csv", _stream="on").status_code == 400
    assert reader.client.post(f"{reader.url}/warraq/articles").status_code >= 400


def test_trusted_readers_may_run_sql_and_download(folder: Path) -> None:
    with reading(folder, trusted=True) as reader:
        assert reader.json("/warraq.json", sql="select 41 + 1 as n")["rows"] == [[42]]
        assert "<textarea" in reader.get("/warraq", sql="select 1").text
        assert reader.get("/warraq.db").content.startswith(b"SQLite format 3")
        streamed = reader.get("/warraq/removed_lines.csv", _stream="on", _size="2")
        assert len(streamed.text.splitlines()) > 10
        assert reader.get("/warraq/_search.json").status_code == 403
        assert reader.get("/warraq", sql="delete from articles").status_code == 400
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []


def test_every_response_has_security_headers(reader: Reader) -> None:
    for path in ("/", "/warraq/articles.json", "/assets/warraq.css", "/nothing", "/-/databases"):
        headers = reader.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert "access-control-allow-origin" not in headers
    assert reader.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_pages_about_the_machine_do_not_exist(reader: Reader, folder: Path) -> None:
    for path in ("databases", "plugins", "versions", "settings", "threads", "metadata", "patterns"):
        assert reader.get(f"/-/{path}").status_code == 404
        assert reader.get(f"/-/{path}.json").status_code == 404
    assert is_introspection("/-/static-plugins/x")
    assert not is_introspection("/-/static/app.css")
    errors = [reader.get(path).text for path in ("/warraq/articles/99999", "/x", "/warraq/x")]
    assert not any(str(folder) in error for error in errors)


@pytest.mark.parametrize(
    "query",
    [
        *({"_search": '"'}, {"_search": "x OR ("}, {"_searchmode": "raw", "_search": "x"}),
        *({"_fts_table": "articles", "_search": "x"}, {"_next": "x,y"}, {"_sort": "no"}),
        *({"_size": "-1"}, {"number": "9" * 40}),
    ],
)
def test_malformed_queries_do_not_raise(reader: Reader, query: dict[str, str]) -> None:
    answer = reader.get("/warraq/articles", **query)
    assert answer.status_code < 600
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/assets/app.css/x", "/-/static/app.css/x", f"/assets/{'a' * 300}", "/assets/a/" * 500]
)
def test_a_path_that_no_file_can_have_is_not_found(reader: Reader, path: str) -> None:
    assert reader.get(path).status_code == 404
