"""Whole results as files: their contents, and readers that are slow, leave, or are too many."""

import csv
import io
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
import pytest
from reader import Reader, hostile, reading, stock, story
from storage_samples import NOW
from waiting import PATIENCE, until

from browse.exports import download_names, downloads
from browse.exports.download_names import (
    content_disposition,
    export_command,
    file_stem,
    offered_files,
)
from browse.exports.downloads import DOWNLOADS, MAX_DOWNLOADS
from storage import maintenance
from storage.articles import store
from storage.database import open_database
from storage.formats.file_formats import FORMATS, FileFormat
from storage.selection import Selection, selection_from

_ROOT = Path(__file__).parents[2]
_LONG = "كلمة " * 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with closing(stock(folder)) as db:
        store(db, hostile(), now=NOW)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    until(lambda: not downloads._running)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 MB of texts: more than any buffer between the two ends holds."""
    folder = tmp_path_factory.mktemp("large")
    with closing(stock(folder)) as db:
        for number in range(100, 300):
            first = story(number).paragraphs
            store(db, replace(story(number), paragraphs=(*first, f"{number} {_LONG}")), now=NOW)
    return folder


@pytest.mark.parametrize("ending", DOWNLOADS)
def test_a_file_is_what_export_writes(
    reader: Reader, folder: Path, tmp_path: Path, ending: str
) -> None:
    answer = reader.get(f"/search.{ending}", q="المكتبة", site="news")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == DOWNLOADS[ending].media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-articles"] == "6"
    name = answer.headers["content-disposition"]
    assert name.startswith(f'attachment; filename="warraq-news.{ending}"; filename*=UTF-8')
    written = tmp_path / f"corpus.{ending}"
    selection = selection_from([("q", "المكتبة"), ("site", "news")])
    from storage.formats.export import export

    with open_database(folder) as db:
        assert export(db, written, DOWNLOADS[ending].name, selection=selection) == 6
    assert _without_times(answer.content) == _without_times(written.read_bytes())


def _without_times(content: bytes) -> bytes:
    """A file says to the second when it was made; a ZIP is compared by the length of its texts."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert packed.testzip() is None
            files = {name: packed.read(name) for name in packed.namelist()}
        content = json.dumps({n: _without_times(f).hex() for n, f in files.items()}).encode()
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"TIME", content)


def test_articles_come_by_number_each_once(reader: Reader) -> None:
    lines = reader.get("/search.jsonl").text.splitlines()
    numbers = [json.loads(line)["number"] for line in lines]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == int(reader.get("/search.csv").headers["x-articles"]) == 11


def test_a_hostile_story_is_text_in_every_format(reader: Reader) -> None:
    csv.field_size_limit(10_000_000)
    text = reader.get("/search.csv", q="خبث").text
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert not any(str(cell).startswith(("=", "+", "@")) for cell in row.values())
    tree = ET.fromstring(reader.get("/search.tei.xml", q="خبث").content)
    assert "script" not in {element.tag.rpartition("}")[2] for element in tree.iter()}
    with zipfile.ZipFile(io.BytesIO(reader.get("/search.txt.zip", q="خبث").content)) as packed:
        assert all(re.fullmatch(r"[\w.-]+", name) for name in packed.namelist())


def test_nothing_found_is_an_empty_file(reader: Reader) -> None:
    for ending in DOWNLOADS:
        answer = reader.get(f"/search.{ending}", q="شيءغيرموجود")
        assert (answer.status_code, answer.headers["x-articles"]) == (200, "0")
    assert len(reader.get("/search.csv", q="شيءغيرموجود").text.splitlines()) == 1
    assert reader.get("/search.jsonl", q="شيءغيرموجود").content == b""


def test_head_says_the_same_without_the_file(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = reader.get("/search.jsonl", site="news")

    def refuse(self: Any, least: int = 0) -> bytes:
        raise AssertionError("HEAD reads no article")

    monkeypatch.setattr(downloads._FileSource, "chunk", refuse)
    head = reader.client.head(f"{reader.url}/search.jsonl?site=news")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-disposition", "x-articles"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("query", "status"), [("since=yesterday", 400), ("q=%22", 200), ("q=-x", 200), ("site=x", 200)]
)
def test_what_an_address_asks_for(reader: Reader, query: str, status: int) -> None:
    answer = reader.client.get(f"{reader.url}/search.csv?{query}")
    assert answer.status_code == status
    if status == 400:
        assert answer.text.count("\n") == 1


def test_other_endings_are_no_download(reader: Reader) -> None:
    for ending in ("warc", "db", "csv.gz", "tei", "CSV", "zip"):
        assert reader.get(f"/search.{ending}").status_code in (400, 404)
    assert reader.client.post(f"{reader.url}/search.csv").status_code == 405


def test_a_format_that_is_not_installed_is_said_so(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = replace(FORMATS["parquet"], needs="a_module_that_nobody_has")
    monkeypatch.setitem(DOWNLOADS, "parquet", lacking)
    monkeypatch.setitem(FORMATS, "parquet", lacking)
    answer = reader.get("/search.parquet")
    assert answer.status_code == 501
    assert "pip install" in answer.text
    [line] = [file for file in offered_files("") if file.ending == ".parquet"]
    assert "pip install 'warraq[parquet]'" in line.lacks


def test_one_story(reader: Reader) -> None:
    [row] = reader.json("/warraq/articles.json", _shape="array", number=3)
    for ending, sign in (("bib", "@"), ("ris", "TY  - "), ("md", "افتتاح"), ("tei.xml", "<?xml")):
        answer = reader.get(f"/warraq/articles/3.{ending}")
        assert answer.status_code == 200
        assert sign in answer.text[:400]
        assert answer.headers["content-type"] == DOWNLOADS[ending].media_type
        assert f'filename="003_{row["id"]}.{ending}"' in answer.headers["content-disposition"]
        assert reader.get(f"/warraq/articles/99999.{ending}").status_code == 404
    # What datasette has there stays.
    assert reader.json("/warraq/articles/3.json", _shape="objects")["rows"][0]["number"] == 3


def raw_request(reader: Reader, path: str) -> socket.socket:
    """A connection whose buffer is small, on which a file was asked for and nothing is read yet."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, port = reader.url.removeprefix("http://").split(":")
    connection.connect((host, int(port)))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return connection


@pytest.fixture
def chunks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what was made of files, as it is made."""
    made: list[int] = []
    original = downloads._FileSource.chunk

    def counted(self: Any, least: int = downloads._CHUNK_BYTES) -> bytes:
        chunk = original(self, least)
        made.append(len(chunk))
        return chunk

    monkeypatch.setattr(downloads._FileSource, "chunk", counted)
    return made


def test_a_slow_reader_holds_the_file_back_and_nobody_else(large: Path, chunks: list[int]) -> None:
    with reading(large) as reader, closing(raw_request(reader, "/search.jsonl")) as slow:
        until(lambda: len(chunks) > 1)
        # All others are answered, and what was made is bounded by the buffers of the system.
        for number in range(20):
            assert reader.get("/search", q=number).status_code in (200, 404)
        whole = reader.get("/search.jsonl").content
        assert len(whole) > 30_000_000
        made_for_slow = sum(chunks) - len(whole)
        assert made_for_slow < 12_000_000
        # The write-ahead log can be emptied meanwhile.
        with open_database(large) as db:
            store(db, story(900), now=NOW)
            assert maintenance.checkpoint(db)
        slow.settimeout(60)
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received = received[-16:] + slow.recv(1 << 16)


def test_a_reader_that_leaves_ends_the_thread_and_the_connection(
    large: Path, chunks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = threading.Event()
    original = downloads._FileSource.close

    def close(self: Any) -> None:
        original(self)
        with pytest.raises(Exception, match="closed"):
            self._connection.execute("SELECT 1")
        closed.set()

    monkeypatch.setattr(downloads._FileSource, "close", close)
    with reading(large) as reader:
        connection = raw_request(reader, "/search.jsonl")
        until(lambda: len(chunks) > 1)
        connection.close()
        assert closed.wait(60)
        until(lambda: not downloads._running)
        assert sum(chunks) < 30_000_000


def test_a_reader_that_takes_nothing_is_given_up(
    large: Path, chunks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE", 0.05)
    with reading(large) as reader, closing(raw_request(reader, "/search.jsonl")):
        until(lambda: len(chunks) > 1)
        until(lambda: not downloads._running)
        assert sum(chunks) < 30_000_000


def test_too_many_at_once_are_asked_to_come_later(large: Path, chunks: list[int]) -> None:
    with reading(large) as reader:
        taken = [raw_request(reader, "/search.jsonl") for _ in range(MAX_DOWNLOADS)]
        until(lambda: len(downloads._running) == MAX_DOWNLOADS)
        answer = reader.get("/search.csv", q="المكتبة")
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
        assert answer.text.strip().endswith(".")
        # One story is none of them.
        assert reader.get("/warraq/articles/3.bib").status_code == 200
        taken.pop().close()
        until(lambda: len(downloads._running) < MAX_DOWNLOADS)
        assert reader.get("/search.csv", q="رقم 3").status_code == 200
        for connection in taken:
            connection.close()


def test_a_file_that_fails_half_way_does_not_look_whole(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(self: FileFormat, rows: Any, facts: Any) -> Iterator[bytes]:
        yield b"first\n"
        yield b"x" * 100_000
        raise OSError("the disk is gone")

    monkeypatch.setattr(FileFormat, "write", write)
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        reader.get("/search.jsonl")


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_stopped_ends_its_downloads(large: Path, sign: signal.Signals) -> None:
    command = [sys.executable, "-m", "cli", "--data", str(large), "browse", "--port", "0"]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert url
        with (
            httpx.Client(timeout=PATIENCE) as client,
            closing(raw_request(Reader(url[0], client), "/search.jsonl")) as connection,
        ):
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            process.send_signal(sign)
            code = process.wait(PATIENCE)
            received = b""
            with suppress(ConnectionResetError):
                while part := connection.recv(1 << 16):
                    received = received[-16:] + part
        assert not received.endswith(b"0\r\n\r\n")
        assert code in (0, -sign)
    with open_database(large) as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("query", "stem"),
    [
        ("", "warraq"),
        ("q=السد&site=waha", "warraq-السد-waha"),
        ("q=%22../../etc/passwd%22", "warraq-etc-passwd"),
        ("q=a%0d%0aSet-Cookie:x", "warraq-a-Set-Cookie-x"),
        ("q=أَسْتانة", "warraq-أستانة"),
        ("q=%E2%80%AEexe", "warraq-exe"),
        ("since=2026-01-02", "warraq-2026-01-02"),
    ],
)
def test_a_file_is_called_by_what_it_has(query: str, stem: str) -> None:
    from urllib.parse import parse_qsl

    name = file_stem(selection_from(parse_qsl(query)))
    assert name == stem
    header = content_disposition(f"{name}.tei.xml")
    assert header.isascii()
    assert header.isprintable()
    assert ("filename*=" in header) != stem.isascii()


def test_a_long_name_is_cut() -> None:
    assert len(file_stem(Selection(search="كلمة " * 400))) <= 60
    assert content_disposition("السد.csv").startswith('attachment; filename="warraq.csv"; ')


@pytest.mark.parametrize(
    "value",
    [
        *("السد", "two words", "it's", '"phrase" -not', "$(reboot)", "`reboot`", "a;b|c&d", "-x"),
        *("*", "~root", "!!", "\\", "a\nb", "\x1b[2J", "\u202eexe"),
    ],
)
def test_the_command_selects_the_same(value: str) -> None:
    command = export_command(urlencode({"q": value, "site": "news", "n": "9"}), ".jsonl")
    assert command.isprintable()
    words = shlex.split(command)
    assert words[:2] == ["warraq", "export"]
    plain = " ".join(value.replace("\x1b", "").replace("\u202e", "").split())
    assert words[2:4] == [f"--search={plain}", "--site=news"]
    assert words[-1].endswith(".jsonl")


@pytest.mark.slow
@pytest.mark.parametrize(
    "parameters",
    [
        [("q", '"المكتبة رقم" -9'), ("site", "news"), ("site", "حال اليوم"), ("language", "ar")],
        [("section", "محليات"), ("since", "2026-10-22"), ("until", "2026-10-25")],
        [("agency", "it's; $(reboot) `x`"), ("author", "-x"), ("q", "مكتبة")],
    ],
)
def test_a_shell_makes_the_same_file_of_the_command(
    reader: Reader, folder: Path, tmp_path: Path, parameters: list[tuple[str, str]]
) -> None:
    query = urlencode(parameters)
    offered = reader.client.get(f"{reader.url}/search.csv?{query}")
    script = 'warraq() { "$PYTHON" -m cli --data "$DATA" "$@"; }; '
    environment = {"PYTHON": sys.executable, "DATA": str(folder), "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        ["sh", "-c", script + export_command(query)],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    if offered.headers["x-articles"] != "0":
        [file] = tmp_path.iterdir()
        assert file.name == f"{file_stem(selection_from(parameters))}.csv"
        assert file.read_bytes() == offered.content
    assert "Usage" not in done.stderr
    assert "Error: No such option" not in done.stderr


def test_the_page_offers_each_format_with_what_it_is_for(reader: Reader) -> None:
    query = urlencode([("q", "السد"), ("site", "news"), ("page", "3")])
    files = offered_files(query)
    assert [file.ending.removeprefix(".") for file in files] == list(DOWNLOADS)
    assert all(file.purpose for file in files)
    for file in files:
        assert file.path == f"/search{file.ending}?{urlencode([('q', 'السد'), ('site', 'news')])}"
        assert reader.client.get(reader.url + file.path).status_code == 200
    for _, media_type, path in download_names.feed_links(query):
        answer = reader.client.get(reader.url + path)
        assert answer.headers["content-type"].startswith(media_type)
    assert offered_files("since=never")[0].path == "/search.csv"
