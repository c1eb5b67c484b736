"""What the reader refuses, and that text from the web stays text."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lxml import html
from reader import BIDI, EVIL, Reader, hostile, reading, stock, story
from storage_samples import LATER, NOW

from browse.access import allow_hosts, is_introspection, refuse
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
    queries = ["latest", "days", "hours", "shares", "copying", "yields", "cut"]
    paths = ["/", "/plots", f"/warraq/articles/{number}", f"/warraq/articles/{number}?cut=1"]
    paths += ["/warraq/articles?_search=خبث", "/warraq/articles?_facet=author&_facet_array=tags"]
    paths += [
        "/warraq/revisions/1",
        "/warraq/revisions/2",
        f"/search?q={EVIL}",
        "/search",
        "/search?q=خبث",
    ]
    paths += [f"/warraq/articles?section={EVIL}", f"/warraq/articles?_search={EVIL}"]
    return paths + [f"/warraq/{name}" for name in tables + queries]


def test_a_hostile_article_is_inert_on_every_page(reader: Reader, number: int) -> None:
    for path in pages(number):
        answer = reader.client.get(reader.url + path)
        assert answer.status_code == 200, path
        tree: Any = html.document_fromstring(answer.content)
        # Data, which no browser runs, stands in the heads of stories.
        data = [s for s in tree.iter("script") if s.get("type") == "application/ld+json"]
        assert not any("<" in script.text for script in data), path
        scripts = [script.get("src") for script in tree.iter("script") if script not in data]
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


@pytest.mark.parametrize("table", ["related", "removed_lines", "copies", "boilerplate", "crawls"])
@pytest.mark.parametrize("keys", ["1", "1,2,3,4", "~2C", "x", ","])
def test_a_row_s_address_with_wrong_keys_is_no_fault_of_ours(
    reader: Reader, table: str, keys: str
) -> None:
    for ending in ("", ".json"):
        assert reader.get(f"/warraq/{table}/{keys}{ending}").status_code in (200, 302, 400, 404)


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


# Where one facet fails, datasette drops the others unawaited.
_UNAWAITED = pytest.mark.filterwarnings(
    "ignore:coroutine:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


PARAMETERS = (
    *("_through", "_sort", "_sort_desc", "_size", "_next", "_facet", "_facet_array", "_facet_date"),
    *("_facet_size", "_where", "_shape", "_json", "_col", "_nocol", "_search", "_searchmode"),
    *("_search_title", "_search_nosuch", "_fts_table", "_fts_pk", "_labels", "_label", "_trace"),
    *("_extra", "_nl", "_ttl", "_timelimit", "_stream", "_dl", "_blob_column", "_header"),
    *(
        "_filter_column",
        "_filter_op",
        "number",
        "number__gt",
        "tags__arraycontains",
        "title__nosuch",
    ),
    *("published__date", "nosuch", "__proto__", "q", "since", "page", "language", "sql"),
)
HOSTILE = (
    *(
        "",
        "{}",
        "[]",
        "null",
        "-1",
        "9" * 40,
        "1.5",
        "\0",
        "'",
        '"',
        "a,b",
        "*",
        "(",
        "nosuch",
        "%",
    ),
    *('{"table": []}', '{"table": "copies", "column": "nosuch", "value": "1"}', "\r\nX: y"),
    *('{"table": "nosuch", "column": "x", "value": "1"}', "x" * 3000, "text", "array", "id"),
)


@pytest.mark.slow
@_UNAWAITED
@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/plots",
            "/warraq",
            "/warraq/articles",
            "/warraq/articles.json",
            "/warraq/copies.csv",
        ),
        *("/warraq/articles.atom", "/warraq/articles/1", "/search", "/warraq/latest.json"),
        *("/warraq/revisions/1.json", "/warraq/corpus"),
    ],
)
def test_no_parameter_breaks_a_page(reader: Reader, path: str) -> None:
    """Every parameter with a sixth of the values, and every value with a sixth of the parameters."""
    for at, name in enumerate(PARAMETERS):
        for value in HOSTILE[at % 6 :: 6]:
            answer = reader.get(path, **{name: value})
            assert answer.status_code < 500, (path, name, value)
            assert "Traceback" not in answer.text, (path, name, value)
            assert "content-security-policy" in answer.headers


@_UNAWAITED
@pytest.mark.parametrize("query", ["_through={}", "_sort=nosuch", "_facet=nosuch", "_next=a,b,c,d"])
@pytest.mark.parametrize("path", ["/warraq/articles", "/warraq/articles.json"])
def test_a_parameter_that_is_not_understood_is_the_request_s_fault(
    reader: Reader, path: str, query: str
) -> None:
    answer = reader.client.get(f"{reader.url}{path}?{query}")
    assert answer.status_code in (200, 400)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("/%00", "/%", "/%zz", "/%ff", "/warraq/articles/%00", "/warraq/%2e%2e/x", "/..%2f..%2fetc"),
        *("/warraq/articles/~ff", "/warraq/~", "/warraq/articles/1,2,3", "/assets/%00", "/a%0d%0ab"),
        *("/assets/../app.py", "/warraq/articles/" + "9" * 15, "/warraq/articles/" + "9" * 30, "//a"),
        *("/warraq/articles?%ff=%fe", "/warraq/articles?_sort=%ff", "/warraq/articles?" + "a&" * 5000),
        *("/warraq/articles.nosuch", "/warraq/articles/1.blob", "/__proto__", "/warraq/__proto__"),
    ],
)  # fmt: skip
def test_no_path_breaks_the_reader(reader: Reader, path: str) -> None:
    answer = reader.client.get(reader.url + path)
    assert 200 <= answer.status_code < 500
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("localhost", 200), ("127.0.0.1:1", 200), ("[::1]:80", 200), ("LOCALHOST:", 200)),
        *(("attacker.example", 421), ("attacker.example:8001", 421), ("127.0.0.1.a.example", 421)),
        *(("localhost.a.example", 421), ("169.254.169.254", 421), ("", 421), ("127.0.0.1@x", 421)),
    ],
)
def test_only_this_machine_s_names_are_answered(reader: Reader, host: str, status: int) -> None:
    """DNS rebinding: a page's own name may resolve to this machine, but it is named."""
    for path in (
        "/",
        "/warraq/articles.json",
        "/assets/warraq.css",
        "/robots.txt",
        "/-/static/app.css",
    ):
        answer = reader.client.get(reader.url + path, headers={"Host": host})
        assert answer.status_code == status
        assert status == 200 or answer.text.startswith("This host is not served here")


def test_a_proxy_s_host_is_answered_where_it_is_named(folder: Path) -> None:
    assert refuse(request("News.Example:443")) is not None
    try:
        allow_hosts(["news.example"])
        assert refuse(request("News.Example:443")) is None
        assert refuse(request("other.example")) is not None
    finally:
        allow_hosts([])


def request(host: str) -> dict[str, Any]:
    return {
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_is_written_by_any_method(reader: Reader, method: str) -> None:
    for path in ("/", "/warraq/articles", "/-/messages", "/warraq"):
        assert reader.client.request(method, reader.url + path).status_code == 405


def test_a_language_is_found_by_any_of_its_names(reader: Reader) -> None:
    for name in ("ar-EG", "Arabic", "ara"):
        assert len(reader.json("/warraq/articles.json", language=name, _shape="array")) > 5


def test_the_csv_of_a_table_holds_no_formula(tmp_path: Path) -> None:
    with stock(tmp_path) as db:
        store(db, replace(story(77), title="=1+1", section="＝1", author="-x"), now=NOW)
    with reading(tmp_path) as reader:
        rows = csv.DictReader(reader.get("/warraq/articles.csv", id=story(77).id).text.splitlines())
        row = next(rows)
    assert (row["title"], row["section"], row["author"]) == ("'=1+1", "'＝1", "'-x")
    assert row["number"].isdecimal()


@pytest.mark.parametrize(
    "path", ["/assets/app.css/x", "/-/static/app.css/x", f"/assets/{'a' * 300}", "/assets/a/" * 500]
)
def test_a_path_that_no_file_can_have_is_not_found(reader: Reader, path: str) -> None:
    assert reader.get(path).status_code == 404
