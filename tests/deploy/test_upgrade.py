"""A corpus of version 0.1.0, made by that version, under this one's commands."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from machine_network import pip_environment
from waiting import until

ROOT = Path(__file__).parents[2]
# The last commit whose database had the names of 0.1.0.
FORMER = "26d9c24"
KEPT = ("url", "site", "title", "text", "published", "author", "language", "id")


def _has_former() -> bool:
    asked = ["git", "-C", str(ROOT), "cat-file", "-e", f"{FORMER}^{{commit}}"]
    return subprocess.run(asked, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.install,
    pytest.mark.skipif(not _has_former(), reason=f"this clone has no commit {FORMER}"),
]


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of that version, installed as a package."""
    folder = tmp_path_factory.mktemp("former")
    archived = subprocess.run(
        ["git", "-C", ROOT, "archive", FORMER], check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(archived)) as archive:
        archive.extractall(folder / "source", filter="data")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run(
        [folder / "venv/bin/pip", "install", "--quiet", folder / "source"],
        env=os.environ | pip_environment(),
        check=True,
    )
    return folder / "venv/bin/warraq"


@pytest.fixture(scope="module")
def data(former: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that it filled, with the sites it was filled from, which still run."""
    folder = tmp_path_factory.mktemp("corpus")
    with (folder / "demo.log").open("wb") as log:
        demo = subprocess.Popen(
            [former, "demo", "--data", folder / "data", "--keep-serving"],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        log_file = folder / "demo.log"
        until(lambda: "Ctrl-C" in log_file.read_text() or demo.poll() is not None, "the demo")
        assert demo.poll() is None, log_file.read_text()
        yield folder / "data"
    finally:
        demo.terminate()
        demo.wait()


def _rows(data: Path) -> list[tuple[Any, ...]]:
    sql = f"SELECT {', '.join(KEPT)} FROM articles ORDER BY url"
    with closing(sqlite3.connect(f"file:{data / 'warraq.db'}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def _today(data: Path, *words: str, code: int = 0, **variables: str) -> str:
    """What this version's command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--data", data, *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_a_corpus_of_0_1_0_is_kept_shown_exported_and_continued(data: Path, tmp_path: Path) -> None:
    before = _rows(data)
    assert len(before) > 40
    # No service runs, hence 1.
    status = json.loads(_today(data, "status", "--json", code=1))
    with closing(sqlite3.connect(data / "warraq.db")) as db:
        applied = {name for (name,) in db.execute("SELECT name FROM _sqlite_migrations")}
    shipped = {file.stem for file in (ROOT / "storage/migrations").glob("m*.*")}
    assert {name for name in shipped if name not in applied} == set()
    assert _rows(data) == before
    assert sum(site["articles"] for site in status["sites"]) == len(before)
    assert not any(site["suspect"] for site in status["sites"])

    assert before[0][2] in _today(data, "show", before[0][-1])
    _today(data, "export", str(tmp_path / "corpus.jsonl"))
    exported = [json.loads(line) for line in (tmp_path / "corpus.jsonl").read_text().splitlines()]
    assert {row["url"] for row in exported} == {row[0] for row in before}
    _today(data, "archive")
    clusters = dict(
        line.split("\t") for line in _today(data, "duplicates", "clusters").splitlines()
    )
    assert clusters.keys() >= {row[0] for row in before}

    names = [file.stem for file in (data / "demo").glob("*.toml")]
    crawled = _today(data, "--sites", str(data / "demo"), "crawl", *names)
    assert [row[0] for row in _rows(data)] == [row[0] for row in before], crawled


def test_a_setting_that_is_gone_is_named_with_what_replaces_it(data: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    settings.write_text("WARRAQ_CLUSTER_CRAWLS=off\n")
    printed = _today(data, "run", code=78, WARRAQ_SETTINGS=str(settings))
    assert re.search(r"WARRAQ_CLUSTER_CRAWLS is gone: .*delete the setting", printed)
