"""Every curl line of docs/api.md, run by a shell against a real reader, answers with what is promised."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from reader import Reader, archive_page, reading, stock
from storage_samples import NOW, article_id
from waiting import PATIENCE

from browse.exports.downloads import DOWNLOADS
from browse.routes import register_routes
from storage.selection import Selection
from storage.watches.rows import add_watch

_DOC = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINES = [
    line
    for block in _BLOCK.findall(_DOC)
    for line in block.splitlines()
    if line.startswith("curl ")
]
_MEDIA_TYPES = {
    **{f".{ending}": entry.media_type for ending, entry in DOWNLOADS.items()},
    ".atom": "application/atom+xml; charset=utf-8",
    ".feed.json": "application/feed+json; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    "/page.warc.gz": "application/warc",
    "/page.txt": "text/plain; charset=utf-8",
    "/page.source.txt": "text/plain; charset=utf-8",
}
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("data")
    with closing(stock(folder)) as db:
        address = "https://news.example/3"
        archive_page(db, folder, article_id(3), address, b"<html><p>page</p></html>")
        add_watch(db, "library", Selection(search="المكتبة"), NOW)
    with reading(folder) as reader:
        yield reader


@pytest.mark.parametrize("line", _LINES)
def test_the_line_answers(reader: Reader, tmp_path: Path, line: str) -> None:
    report = "-o body -w '%{http_code} %{content_type}'"
    command = f"WARRAQ={reader.url}; {line} {report}"
    done = subprocess.run(
        ["sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    status, _, media_type = done.stdout.partition(" ")
    assert status == "200", (tmp_path / "body").read_text()
    assert media_type in _expected(line)
    assert (tmp_path / "body").stat().st_size > 0


def _expected(line: str) -> set[str]:
    """The media types of the address' ending."""
    path = re.search(r"\$WARRAQ(/[^\s?\"]*)", line)
    assert path
    endings = [ending for ending in _MEDIA_TYPES if path[1].endswith(ending)]
    assert endings, line
    # Datasette's own: its types are its own, too.
    if path[1].startswith("/warraq/") and path[1].endswith((".csv", ".json")):
        return {"text/plain; charset=utf-8", "text/plain", "application/json; charset=utf-8"}
    return {_MEDIA_TYPES[max(endings, key=len)]}


def test_each_download_and_feed_has_an_example() -> None:
    for ending in (*DOWNLOADS, "atom", "feed.json"):
        assert [line for line in _LINES if f"$WARRAQ/search.{ending} " in line], ending
        assert ending in ("atom", "feed.json") or f"`.{ending}`" in _DOC


# Of a copy as of an article; datasette's own documents; what is no data.
_WITHOUT_EXAMPLE = re.compile(r"\^/warraq/(copies|corpus|search)|warraq\\\.db|robots")


def test_each_address_of_data_has_an_example() -> None:
    paths = {match[1] for line in _LINES if (match := re.search(r"\$WARRAQ(/[^\s?\"]*)", line))}
    patterns = [pattern for pattern, _ in register_routes() if re.search(r"\\\.", pattern)]
    with_ending = [pattern for pattern in patterns if not _WITHOUT_EXAMPLE.search(pattern)]
    assert len(with_ending) > 12
    assert [p for p in with_ending if not any(re.match(p, path) for path in paths)] == []


def test_the_limits_are_those_of_the_code() -> None:
    from browse import access
    from browse.app import _SETTINGS
    from browse.exports import feeds
    from browse.exports.downloads import MAX_DOWNLOADS, PATIENCE

    assert (MAX_DOWNLOADS, PATIENCE) == (4, 60.0)
    assert (feeds._ENTRIES, feeds._MAX_ENTRIES, feeds._MAX_CHARS) == (50, 500, 4_000_000)
    assert (_SETTINGS["default_page_size"], _SETTINGS["max_returned_rows"]) == (30, 1000)
    assert _SETTINGS["sql_time_limit_ms"] == 3000
    assert (access._MAX_QUERY_BYTES, access._MAX_PARAMETERS) == (8_192, 100)
