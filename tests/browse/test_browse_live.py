"""Reading while a writer is active and while none is; the command itself."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from reader import reading, stock, story
from sqlite_utils import Database
from storage_samples import LATER
from waiting import PATIENCE

from storage import maintenance
from storage.articles import store
from storage.database import FILE, open_database

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_PATHS = (
    "/",
    "/plots",
    "/warraq/articles?_search=مكتبة",
    "/search?q=مكتبة",
    "/warraq/corpus",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stock(tmp_path).close()
    return tmp_path


def test_a_new_article_is_found_at_once(folder: Path) -> None:
    with reading(folder) as reader, open_database(folder) as db:
        for number in range(10, 40):
            store(db, story(number), now=LATER)
            rows = reader.json("/search.json", q=f"المكتبة {number}")["stories"]
            assert rows[0]["number"] == number


def test_readers_and_a_writer_do_not_block_each_other(folder: Path) -> None:
    errors: list[str] = []
    done = threading.Event()

    def read(url: str) -> None:
        with httpx.Client(timeout=PATIENCE) as client:
            while not done.is_set():
                for path in _PATHS:
                    answer = client.get(url + path)
                    if answer.status_code != 200:
                        errors.append(f"{path}: {answer.status_code} {answer.text}")

    with reading(folder) as reader, open_database(folder) as db:
        db.execute("PRAGMA busy_timeout = 0")
        readers = [threading.Thread(target=read, args=[reader.url]) for _ in range(3)]
        for thread in readers:
            thread.start()
        write_some(db, 800)
        checkpointed = [maintenance.checkpoint(db) for _ in range(5)]
        done.set()
        for thread in readers:
            thread.join()
    assert errors == []
    # The service does it every hour: no reader may keep the write-ahead log from being emptied.
    assert any(checkpointed)


def write_some(db: Database, count: int) -> None:
    for number in range(100, 100 + count):
        store(db, story(number), now=LATER)


def test_the_reader_works_without_a_writer(folder: Path) -> None:
    assert not (folder / f"{FILE}-wal").exists()
    with reading(folder) as reader:
        assert len(reader.json("/warraq/latest.json", _shape="array")) == 10
        with open_database(folder) as db:
            store(db, story(50), now=LATER)
        assert len(reader.json("/warraq/latest.json", _shape="array")) == 11
    with open_database(folder) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_reader_never_writes(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    with reading(folder) as reader:
        for path in _PATHS:
            assert reader.client.get(reader.url + path).status_code == 200
    assert (folder / FILE).read_bytes() == before


@contextmanager
def browsing(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [
        sys.executable,
        "-m",
        "cli",
        "--data",
        str(folder),
        "browse",
        "--port",
        "0",
        *options,
    ]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert url, line
        try:
            yield process, url[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def test_the_command_listens_on_loopback_until_it_is_interrupted(folder: Path) -> None:
    with browsing(folder) as (process, url):
        assert httpx.get(url).status_code == 200
        port = int(url.rsplit(":", 1)[1].strip("/"))
        listening = Path(f"/proc/{process.pid}/net/tcp").read_text()
        assert f"0100007F:{port:04X}" in listening
        assert f"00000000:{port:04X}" not in listening
    assert process.returncode == 0


def test_the_command_without_a_database_fails(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "--data", str(tmp_path), "browse", "--port", "0"]
    result = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 1
    assert "There is no database" in result.stderr
