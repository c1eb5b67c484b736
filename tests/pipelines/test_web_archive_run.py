"""Imports of web archives that meet damage, kills and Ctrl-C; and what wget fetches of the demo."""

import gzip
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from demo_world import World
from foreign_warcs import Record, Story, stories, write
from import_command import folder, rows, run
from waiting import PATIENCE

from demo.server import serve
from demo.site_files import write_site_files
from pipelines.ingest import web_archive
from pipelines.ingest.web_archive import WarcSlice
from storage.database import FILE, open_database

pytestmark = pytest.mark.slow

# Of when it was done, each run says another thing.
RUN = {"began", "finished", "imported_at", "applied_at", "name", "learned_at"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folder(tmp_path)


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(data: Path, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.warc.gz", stories(3))
    broken.write_bytes(broken.read_bytes()[:-40])
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(write(tmp_path / "plain", stories(2), gzip=False).read_bytes()))
    fine = write(tmp_path / "fine.warc.gz", [Record("https://x.example/7", Story(7).html())])
    result = run(data, broken, whole, tmp_path / "missing.warc.gz", fine)
    assert result.exit_code == 1
    assert "1 broken records" in result.output
    assert "gunzip" in result.output
    assert "missing.warc.gz: cannot be read" in result.output
    assert "3 new, 0 revised, 0 unchanged, 0 copies, 3 failed" in result.output


def test_a_file_that_vanishes_meanwhile_stops_nothing_else(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path / "a.warc.gz", stories(2))
    second = write(tmp_path / "b.warc.gz", [Record("https://x.example/7", Story(7).html())])
    real = web_archive.cut_archive

    def vanishing(file: Any, name: str, *rest: Any) -> Iterator[WarcSlice]:
        for part in real(file, name, *rest):
            first.unlink(missing_ok=True)
            yield part

    monkeypatch.setattr("pipelines.ingest.web_archive_run.cut_archive", vanishing)
    result = run(data, first, second)
    assert result.exit_code == 1
    assert "a.warc.gz: cannot be read any more" in result.output
    assert "1 new" in result.output


def test_a_url_is_read_where_it_lies(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    file = write(tmp_path / "a.warc.gz", stories(2))
    assert "2 new" in run(data, f"file://{file}").output


# `warraq`, which says when it has stored so many pages, and goes on when it is told to: in the midst
# of a slice, and of its transaction.
HELD = """
import sys
from cli.main import main
from pipelines.ingest import web_archive
store, stored = web_archive.store_capture, 0
def store_and_wait(*arguments):
    global stored
    stored += 1
    if stored == HELD_AT:
        sys.stdout.write("held\\n")
        sys.stdout.flush()
        sys.stdin.readline()
    return store(*arguments)
web_archive.store_capture = store_and_wait
main()
"""
HELD_AT = 250


def options(data: Path, file: Path) -> list[str]:
    return ["--data", str(data), "--sites", str(data / "sites"), "import", str(file)]


def command(data: Path, file: Path) -> list[str]:
    return [sys.executable, "-m", "cli", *options(data, file)]


def settled(data: Path) -> int:
    if not (data / FILE).exists():
        return 0
    with open_database(data) as db:
        found = db.execute("SELECT coalesce(sum(done_until), 0) FROM _jobs").fetchone()
    return int(found[0])


def started(data: Path, file: Path) -> "subprocess.Popen[str]":
    """An import that has settled a slice and waits in the midst of the next."""
    program = HELD.replace("HELD_AT", str(HELD_AT))
    process = subprocess.Popen(
        [sys.executable, "-c", program, *options(data, file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def everything(data: Path) -> dict[str, list[dict[str, object]]]:
    with open_database(data) as db:
        return {
            name: sorted(
                ({k: v for k, v in row.items() if k not in RUN} for row in db[name].rows), key=repr
            )
            for name in db.table_names()
            if not name.startswith(("_search", "_sqlite"))
        }


def test_a_killed_import_goes_on_and_ends_as_one_that_was_not(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(500))
    other = tmp_path / "other"
    shutil.copytree(data, other)
    for sent in (signal.SIGKILL, signal.SIGKILL):
        process = started(data, file)
        process.send_signal(sent)
        process.communicate()
        assert process.returncode == -sent
        assert 0 < settled(data) < file.stat().st_size
    last = subprocess.run(command(data, file), capture_output=True, text=True, check=True)
    assert "500 new" not in last.stdout
    whole = subprocess.run(command(other, file), capture_output=True, text=True, check=True)
    assert "500 new" in whole.stdout
    assert everything(data) == everything(other)


def test_ctrl_c_ends_an_import_in_order(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(500))
    process = started(data, file)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate("go on\n", timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "Interrupted: the next run goes on from here." in output
    # A slow machine is told from time to time how far it has come.
    assert [line for line in errors.splitlines() if not line.startswith("importing: ")] == []
    stored = rows(data, "SELECT count(*) FROM articles")[0]
    assert stored == 400
    repeated = run(data, file)
    assert f"{500 - stored} new" in repeated.output


@pytest.fixture(scope="module")
def crawled_and_fetched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demo's sites, crawled, and the same ones fetched by wget into archives."""
    if not shutil.which("wget"):
        pytest.skip("wget is not installed")
    folder = tmp_path_factory.mktemp("wget")
    with serve() as rooms:
        world = World(rooms, folder / "crawled")
        world.crawl()
        write_site_files(rooms.values(), folder / "imported" / "sites")
        for name, room in rooms.items():
            # The demo's server ends each connection, and wget would not notice it in time.
            options = [
                "--quiet",
                "--recursive",
                "--level=inf",
                "--delete-after",
                "--no-http-keep-alive",
            ]
            place = [f"--directory-prefix={folder / 'pages'}", f"--warc-file={folder / name}"]
            # What is gone, or forbidden, is a failure to wget.
            subprocess.run(["wget", *options, *place, f"{room.base}/"], check=False)
    return folder / "crawled", folder


# Only a crawl can know these: when and how it came, in which order; what a sitemap, robots.txt or another
# file of the site says. And an
# answer of WordPress's REST interface has no page around the article, of which lines are removed.
OTHERWISE = {
    *("number", "original", "first_seen", "last_seen", "found_by", "modified", "removed"),
    *("rights", "reserved"),
}


def test_what_wget_fetched_becomes_what_a_crawl_stores(
    crawled_and_fetched: tuple[Path, Path],
) -> None:
    crawled, folder = crawled_and_fetched
    result = run(folder / "imported", *sorted(folder.glob("*.warc.gz")))
    assert result.exit_code == 0, result.output
    item, other = texts(crawled), texts(folder / "imported")
    assert len(item) == 61
    assert other.keys() == item.keys()
    assert [_differences(other[url], item[url]) for url in item if other[url] != item[url]] == []


def _differences(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {
        name: (one.get(name), other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    }


def texts(data: Path) -> dict[str, dict[str, object]]:
    """Articles and copies by their address."""
    with open_database(data) as db:
        found = [row | {"table": name} for name in ("articles", "copies") for row in db[name].rows]
    return {row["url"]: {k: v for k, v in row.items() if k not in OTHERWISE} for row in found}
